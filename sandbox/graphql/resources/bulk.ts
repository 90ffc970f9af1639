import { refuse } from "#sandbox/actions/refusal.ts";
import { isRecord } from "#sandbox/http.ts";
import type { BulkOperation } from "#sandbox/store/types.ts";
import { gid, restTime } from "#sandbox/webhooks/payload-values.ts";
import type { Api, Resolvers, Source } from "../api.ts";
import { sortedConnection } from "../connection.ts";
import { mutate } from "../mutation.ts";
import { dateTime, idArg, textArg } from "../values.ts";

const CONCURRENT = 5;
const START_DELAY_MS = 150;

/** A bulk operation; its result is fetched from the sandbox itself. */
export function bulkNode(api: Api, operation: BulkOperation): Source {
  const url = new URL(`/__sandbox/bulk/${operation.id}.jsonl`, api.sandbox.shopUrl(api.shop));
  url.hostname = "localhost";
  const done = operation.status === "COMPLETED" && operation.objectCount > 0;
  return {
    __typename: "BulkOperation",
    id: gid("BulkOperation", operation.id),
    type: "QUERY",
    status: operation.status,
    query: operation.query,
    errorCode: operation.errorCode,
    objectCount: String(operation.objectCount),
    rootObjectCount: String(operation.rootObjectCount),
    fileSize: operation.result === null ? null : String(Buffer.byteLength(operation.result)),
    url: done ? url.href : null,
    partialDataUrl: null,
    createdAt: dateTime(operation.createdAt),
    completedAt: dateTime(operation.completedAt),
  };
}

export const bulkQueries: Resolvers = {
  bulkOperation: (args, api) => {
    const operation = api.state.bulkOperations.get(idArg(args, "id", "BulkOperation"));
    return operation === undefined ? null : bulkNode(api, operation);
  },
  bulkOperations: (args, api) =>
    sortedConnection(
      [...api.state.bulkOperations.values()],
      args,
      (one) => [one.createdAt, one.id],
      (one) => bulkNode(api, one),
    ),
  currentBulkOperation: (_args, api) => {
    const last = [...api.state.bulkOperations.values()].at(-1);
    return last === undefined ? null : bulkNode(api, last);
  },
};

export const bulkMutations: Resolvers = {
  bulkOperationRunQuery: (args, api, info) =>
    mutate(info, [], () => {
      const running = [...api.state.bulkOperations.values()].filter((one) => one.completedAt === null);
      if (running.length >= CONCURRENT)
        refuse(
          null,
          "A bulk query operation for this app and shop is already in progress",
          "OPERATION_IN_PROGRESS",
        );
      const operation: BulkOperation = {
        id: api.sandbox.store.newId(),
        query: textArg(args, "query") ?? "",
        status: "CREATED",
        errorCode: null,
        objectCount: 0,
        rootObjectCount: 0,
        createdAt: api.sandbox.now().toISOString(),
        completedAt: null,
        result: null,
      };
      api.state.bulkOperations.set(operation.id, operation);
      setTimeout(() => void work(api, operation), START_DELAY_MS);
      return { bulkOperation: bulkNode(api, operation) };
    }),
  bulkOperationCancel: (args, api, info) =>
    mutate(info, [], () => {
      const operation =
        api.state.bulkOperations.get(idArg(args, "id", "BulkOperation")) ??
        refuse(["id"], "Bulk operation does not exist", "INVALID");
      if (operation.completedAt === null) finish(api, operation, "CANCELED");
      return { bulkOperation: bulkNode(api, operation) };
    }),
};

async function work(api: Api, operation: BulkOperation): Promise<void> {
  if (operation.status !== "CREATED") return;
  operation.status = "RUNNING";
  const { data, error } = await api.runBulk(operation.query);
  if (error !== null) {
    operation.errorCode = error.includes("Access denied") ? "ACCESS_DENIED" : "INTERNAL_SERVER_ERROR";
    finish(api, operation, "FAILED");
    return;
  }
  const lines: string[] = [];
  for (const root of Object.values(isRecord(data) ? data : {})) {
    for (const node of nodesOf(root) ?? []) {
      operation.rootObjectCount += 1;
      writeNode(node, undefined, lines);
    }
  }
  operation.objectCount = lines.length;
  operation.result = lines.length === 0 ? "" : `${lines.join("\n")}\n`;
  finish(api, operation, "COMPLETED");
}

function finish(api: Api, operation: BulkOperation, status: BulkOperation["status"]): void {
  operation.status = status;
  operation.completedAt = api.sandbox.now().toISOString();
  api.sandbox.store.changed();
  api.sandbox.webhooks.emit(api.shop, "bulk_operations/finish", () => ({
    admin_graphql_api_id: gid("BulkOperation", operation.id),
    completed_at: restTime(operation.completedAt, api.state.shop.timeZone),
    created_at: restTime(operation.createdAt, api.state.shop.timeZone),
    error_code: operation.errorCode?.toLowerCase() ?? null,
    status: status.toLowerCase(),
    type: "query",
  }));
}

/** The nodes of a connection, or undefined when the value is not one. */
function nodesOf(value: unknown): unknown[] | undefined {
  if (!isRecord(value)) return undefined;
  if (Array.isArray(value["nodes"])) return value["nodes"];
  if (Array.isArray(value["edges"]))
    return value["edges"].map((edge: unknown) => (isRecord(edge) ? edge["node"] : undefined));
  return undefined;
}

/** A line for the node, then one for each node of its connections, which name their parent. */
function writeNode(node: unknown, parentId: string | undefined, lines: string[]): void {
  if (!isRecord(node)) return;
  const own: Record<string, unknown> = {};
  const children: unknown[] = [];
  for (const [key, value] of Object.entries(node)) {
    const nodes = nodesOf(value);
    if (nodes === undefined) own[key] = value;
    else children.push(...nodes);
  }
  if (parentId !== undefined) own["__parentId"] = parentId;
  lines.push(JSON.stringify(own));
  for (const child of children) writeNode(child, String(node["id"] ?? ""), lines);
}
