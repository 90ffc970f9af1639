import { execute, getOperationAST, parse, validate, GraphQLError } from "graphql";
import type { DocumentNode, ExecutionResult, GraphQLFieldResolver, OperationDefinitionNode } from "graphql";
import type { SandboxContext } from "#sandbox/context.ts";
import type { Fault } from "#sandbox/faults.ts";
import { isRecord, json, readJson } from "#sandbox/http.ts";
import type { Handler, SandboxRequest, SandboxResponse } from "#sandbox/http.ts";
import { authenticate } from "#sandbox/oauth/tokens.ts";
import type { Caller } from "#sandbox/oauth/tokens.ts";
import type { Api, Args } from "./api.ts";
import { MAX_QUERY_COST, actualCost, requestedCost } from "./cost.ts";
import { refusedPayload } from "./mutation.ts";
import { orderConnection, orderNode } from "./resources/order-node.ts";
import { rootFields } from "./resources/root.ts";
import { adminSchema } from "./schema.ts";
import { checkScopes } from "./scopes.ts";
import { createThrottle } from "./throttle.ts";
import type { Throttle } from "./throttle.ts";

export const API_PATH = "/admin/api/2026-10/graphql.json";

interface Call {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  variables: Record<string, unknown>;
  /** The operation's name and its root fields: what a fault may name. */
  names: string[];
}

/** The Admin API: validated against Shopify's schema, metered and scoped as Shopify's. */
export function graphqlHandler(sandbox: SandboxContext): Handler {
  const throttle = createThrottle();
  return async (request) => {
    if (!/^\/admin\/api\/[^/]+\/graphql\.json$/.test(request.url.pathname)) return undefined;
    if (request.url.pathname !== API_PATH)
      return json(404, { errors: "Not Found: the sandbox serves API version 2026-10 only" });
    if (request.method !== "POST") return json(405, { errors: "Method Not Allowed" });
    const started = performance.now();
    const call = readCall(request);
    const fault = "errors" in call ? undefined : sandbox.faults.take(request.shop, call.names);
    const answered = await answer(sandbox, throttle, request, call, fault);
    const cost = costOf(answered.result);
    sandbox.apiLog.add({
      at: sandbox.now().toISOString(),
      shop: request.shop,
      kind: "graphql",
      name: "errors" in call ? "invalid" : call.names.join(" · "),
      status: answered.response.status,
      ms: Math.round(performance.now() - started),
      requestedCost: cost?.requested ?? null,
      actualCost: cost?.actual ?? null,
      fault: fault?.kind ?? null,
      error: firstError(answered.result),
    });
    return answered.response;
  };
}

interface Answer {
  response: SandboxResponse;
  result: unknown;
}

function plain(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return { response: json(status, body, headers), result: body };
}

async function answer(
  sandbox: SandboxContext,
  throttle: Throttle,
  request: SandboxRequest,
  call: Call | { errors: readonly GraphQLError[] },
  fault: Fault | undefined,
): Promise<Answer> {
  const state = sandbox.store.shop(request.shop);
  const token = request.headers.get("x-shopify-access-token");
  const caller = fault?.kind === "revoked_token" ? undefined : authenticate(sandbox, state, token);
  if (caller === undefined) {
    if (fault?.kind === "revoked_token" && token !== null) state.tokens.delete(token);
    return plain(401, {
      errors: "[API] Invalid API key or access token (unrecognized login or wrong password)",
    });
  }
  if ("errors" in call) return plain(200, { errors: call.errors.map((error) => error.toJSON()) });
  if (fault?.kind === "timeout_before") return hangUp(fault.ms);
  if (fault?.kind === "http_500" || fault?.kind === "http_502") {
    return plain(fault.kind === "http_500" ? 500 : 502, {
      errors: fault.kind === "http_500" ? "Internal Server Error" : "Bad Gateway",
    });
  }
  if (fault?.kind === "throttled") throttle.drain(`${request.shop} ${caller.isAdmin}`, sandbox.now());
  if (fault?.kind === "slow") await new Promise((resolve) => setTimeout(resolve, fault.ms));
  const result = await run(sandbox, throttle, request.shop, caller, call, fault);
  if (fault?.kind === "timeout_after") return hangUp(fault.ms);
  return plain(200, result);
}

/** Keeps the connection open, then closes it without a word. */
async function hangUp(ms: number): Promise<Answer> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return { response: { status: 0 }, result: undefined };
}

function readCall(request: SandboxRequest): Call | { errors: readonly GraphQLError[] } {
  const body = readJson(request);
  const query = body?.["query"];
  if (typeof query !== "string") return { errors: [new GraphQLError("query is missing")] };
  try {
    const document = parse(query);
    const errors = validate(adminSchema(), document);
    if (errors.length > 0) return { errors };
    const name = body?.["operationName"];
    const operation = getOperationAST(document, typeof name === "string" && name !== "" ? name : undefined);
    if (operation === null || operation === undefined)
      return { errors: [new GraphQLError("An operation name is required")] };
    const variables = isRecord(body?.["variables"]) ? body["variables"] : {};
    const roots = new Set(
      operation.selectionSet.selections.flatMap((one) => (one.kind === "Field" ? [one.name.value] : [])),
    );
    return {
      document,
      operation,
      variables,
      names: [...(operation.name === undefined ? [] : [operation.name.value]), ...roots],
    };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}

async function run(
  sandbox: SandboxContext,
  throttle: Throttle,
  shop: string,
  caller: Caller,
  call: Call,
  fault: Fault | undefined,
) {
  const isMutation = call.operation.operation === "mutation";
  const requested = requestedCost(adminSchema(), call.document, call.operation, call.variables);
  if (requested > MAX_QUERY_COST) {
    const message = `Query cost is ${requested}, which exceeds the single query max cost limit (${MAX_QUERY_COST}).`;
    return {
      errors: [
        { message, extensions: { code: "MAX_COST_EXCEEDED", cost: requested, maxCost: MAX_QUERY_COST } },
      ],
    };
  }
  const bucket = `${shop} ${caller.isAdmin}`;
  const taken = throttle.take(bucket, requested, sandbox.now());
  if (!taken.allowed) {
    return {
      errors: [
        {
          message: "Throttled",
          extensions: { code: "THROTTLED", documentation: "https://shopify.dev/api/usage/rate-limits" },
        },
      ],
      extensions: {
        cost: { requestedQueryCost: requested, actualQueryCost: null, throttleStatus: taken.status },
      },
    };
  }
  const api = makeApi(sandbox, shop, caller);
  const result = await execute({
    schema: adminSchema(),
    document: call.document,
    contextValue: api,
    variableValues: call.variables,
    operationName: call.operation.name?.value,
    fieldResolver: fault?.kind === "user_errors" && isMutation ? refusing(fault) : resolveField,
  });
  const actual = actualCost(result.data, requested, isMutation);
  const throttleStatus = throttle.giveBack(bucket, requested - actual);
  return present(result, { requestedQueryCost: requested, actualQueryCost: actual, throttleStatus });
}

function makeApi(sandbox: SandboxContext, shop: string, caller: Caller): Api {
  const api: Api = {
    sandbox,
    shop,
    state: sandbox.store.shop(shop),
    caller,
    nodes: { order: orderNode, orders: orderConnection },
    isBulk: false,
    runBulk,
  };
  return api;

  async function runBulk(query: string) {
    try {
      const document = parse(query);
      const errors = validate(adminSchema(), document);
      const contextValue: Api = { ...api, isBulk: true };
      const result =
        errors.length > 0
          ? { errors, data: null }
          : await execute({ schema: adminSchema(), document, contextValue, fieldResolver: resolveField });
      return { data: result.data, error: result.errors?.[0]?.message ?? null };
    } catch (error) {
      return { data: null, error: error instanceof Error ? error.message : String(error) };
    }
  }
}

function present(result: ExecutionResult, cost: unknown) {
  return {
    data: result.data,
    ...(result.errors === undefined ? {} : { errors: result.errors.map((error) => error.toJSON()) }),
    extensions: { cost },
  };
}

/** Root fields come from the resources; every other field from its source, and one that is not there is said so. */
const resolveField: GraphQLFieldResolver<unknown, Api, Args> = (source, args, api, info) => {
  checkScopes(api, info);
  if (info.path.prev === undefined) {
    const resolver = Object.hasOwn(rootFields, info.fieldName) ? rootFields[info.fieldName] : undefined;
    if (resolver === undefined) throw notImplemented(info.parentType.name, info.fieldName);
    return resolver(whole(args, api), api, info);
  }
  if (!isRecord(source) || !(info.fieldName in source))
    throw notImplemented(info.parentType.name, info.fieldName);
  const value = source[info.fieldName];
  return typeof value === "function" ? (value as (args: Args) => unknown)(whole(args, api)) : value;
};

/** In a bulk operation connections are not paged. */
function whole(args: Args, api: Api): Args {
  return api.isBulk ? { ...args, first: Number.MAX_SAFE_INTEGER } : args;
}

/** Mutations answer with the userErrors of a fault and change nothing. */
function refusing(fault: Fault): GraphQLFieldResolver<unknown, Api, Args> {
  return (source, args, api, info) =>
    info.path.prev === undefined
      ? refusedPayload(info, fault.userErrors)
      : resolveField(source, args, api, info);
}

function notImplemented(typeName: string, fieldName: string): GraphQLError {
  return new GraphQLError(`The sandbox does not implement ${typeName}.${fieldName}.`, {
    extensions: { code: "SANDBOX_NOT_IMPLEMENTED" },
  });
}

function costOf(result: unknown): { requested: number; actual: number } | undefined {
  const extensions = isRecord(result) ? result["extensions"] : undefined;
  const cost = isRecord(extensions) ? extensions["cost"] : undefined;
  if (!isRecord(cost)) return undefined;
  return { requested: Number(cost["requestedQueryCost"]), actual: Number(cost["actualQueryCost"] ?? 0) };
}

function firstError(result: unknown): string | null {
  if (!isRecord(result)) return null;
  const { errors, data } = result;
  if (typeof errors === "string") return errors;
  if (Array.isArray(errors) && isRecord(errors[0])) return String(errors[0]["message"]);
  for (const value of isRecord(data) ? Object.values(data) : []) {
    const userErrors = isRecord(value) ? value["userErrors"] : undefined;
    if (Array.isArray(userErrors) && isRecord(userErrors[0]))
      return `userErrors: ${String(userErrors[0]["message"])}`;
  }
  return null;
}
