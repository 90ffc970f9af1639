import { Refusal } from "#sandbox/actions/refusal.ts";
import type { SandboxContext } from "#sandbox/context.ts";
import { html, isRecord, json, readJson } from "#sandbox/http.ts";
import type { Handler, SandboxRequest, SandboxResponse } from "#sandbox/http.ts";
import { encode } from "#sandbox/store/persist.ts";
import { appRoutes } from "./app-routes.ts";
import { commerceRoutes } from "./commerce-routes.ts";
import { inspectorPage } from "./inspector.ts";
import type { ControlCall, Route } from "./route.ts";
import { webhookRoutes } from "./webhook-routes.ts";

const PREFIX = "/__sandbox";

/** The control API under `/__sandbox`, for tests, the demo and people; README.md lists it. */
export function controlHandler(context: SandboxContext, reset: () => Promise<void>): Handler {
  const routes: Record<string, Route> = { ...commerceRoutes, ...webhookRoutes, ...appRoutes };
  return async (request) => {
    const { pathname } = request.url;
    if (pathname !== PREFIX && !pathname.startsWith(`${PREFIX}/`)) return undefined;
    const path = pathname.slice(PREFIX.length).replace(/^\/|\/$/g, "");
    if (path === "") return html(200, inspectorPage(context));
    if (path === "reset" && request.method === "POST") {
      await reset();
      return json(200, { ok: true });
    }
    if (path === "state" && request.method === "GET") return dumpState(context, request);
    return callRoute(context, routes, request, path);
  };
}

async function callRoute(
  context: SandboxContext,
  routes: Readonly<Record<string, Route>>,
  request: SandboxRequest,
  path: string,
): Promise<SandboxResponse> {
  const found = findRoute(routes, request.method, path);
  if (found === undefined)
    return json(404, { error: { code: "not_found", message: `No control call ${request.method} ${path}` } });
  const body = request.method === "GET" ? {} : readJson(request);
  if (body === undefined)
    return json(400, { error: { code: "bad_json", message: "The body is not a JSON object" } });
  const shop =
    request.url.searchParams.get("shop") ?? (typeof body["shop"] === "string" ? body["shop"] : request.shop);
  if (context.store.findShop(shop) === undefined)
    return json(404, { error: { code: "unknown_shop", message: `No shop ${shop}` } });
  const { shop: _shop, ...input } = body;
  const call: ControlCall = {
    context,
    shop,
    state: context.store.shop(shop),
    id: found.id,
    body: input,
    query: request.url.searchParams,
  };
  try {
    const answer = await found.route(call);
    return isResponse(answer) ? answer : json(200, answer);
  } catch (error) {
    if (error instanceof Refusal) {
      return json(422, {
        error: {
          code: error.userErrors[0]?.code.toLowerCase() ?? "refused",
          message: error.message,
          userErrors: error.userErrors,
        },
      });
    }
    if (error instanceof TypeError || error instanceof RangeError) {
      return json(400, { error: { code: "bad_request", message: error.message } });
    }
    throw error;
  }
}

/** Routes are named `METHOD path`, where one part of the path may be `:id`. */
function findRoute(
  routes: Readonly<Record<string, Route>>,
  method: string,
  path: string,
): { route: Route; id: string } | undefined {
  const exact = routes[`${method} ${path}`];
  if (exact !== undefined) return { route: exact, id: "" };
  const parts = path.split("/");
  const id = decodeURIComponent(parts[1] ?? "");
  const named = routes[`${method} ${[parts[0], ":id", ...parts.slice(2)].join("/")}`];
  return named === undefined || id === ""
    ? undefined
    : { route: named, id: id.replace(/^gid:\/\/shopify\/\w+\//, "") };
}

function isResponse(value: unknown): value is SandboxResponse {
  return (
    isRecord(value) && typeof value["status"] === "number" && "body" in value && isRecord(value["headers"])
  );
}

/** The whole state, or of one shop; access tokens are left out. */
function dumpState(context: SandboxContext, request: SandboxRequest): SandboxResponse {
  const wanted = request.url.searchParams.get("shop");
  const shops = [...context.store.state.shops.values()].filter(
    (state) => wanted === null || state.shop.domain === wanted,
  );
  const dump = shops.map((state) => ({ ...state, tokens: state.tokens.size }));
  return { ...json(200, {}), body: encode({ shops: dump }) };
}
