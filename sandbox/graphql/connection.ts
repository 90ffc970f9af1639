import { GraphQLError } from "graphql";
import type { Args, Source } from "./api.ts";

export const MAX_PAGE = 250;
/** What a bulk operation asks for. */
const WHOLE = Number.MAX_SAFE_INTEGER;

/** What an item is sorted by, and its id to tell equals apart. */
export type SortKey = readonly [value: string | number, id: string];

function compare(a: SortKey, b: SortKey): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  if (a[1].length !== b[1].length) return a[1].length - b[1].length;
  return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
}

function encodeCursor(key: SortKey): string {
  return Buffer.from(JSON.stringify({ last_value: key[0], last_id: key[1] })).toString("base64");
}

function decodeCursor(cursor: string): SortKey {
  try {
    const value = JSON.parse(Buffer.from(cursor, "base64").toString("utf8")) as {
      last_value: string | number;
      last_id: string;
    };
    return [value.last_value, value.last_id];
  } catch {
    throw new GraphQLError("Invalid cursor for current pagination sort.", {
      extensions: { code: "BAD_REQUEST" },
    });
  }
}

/** A connection sorted by key; cursors point at keys, so pages stay right while items come and go. */
export function sortedConnection<T>(
  items: readonly T[],
  args: Args,
  keyOf: (item: T) => SortKey,
  toNode: (item: T) => unknown,
): Source {
  const direction = args["reverse"] === true ? -1 : 1;
  const sorted = items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => direction * compare(a.key, b.key));
  const { first, last } = pageSize(args);
  const after = typeof args["after"] === "string" ? decodeCursor(args["after"]) : undefined;
  const before = typeof args["before"] === "string" ? decodeCursor(args["before"]) : undefined;
  const range = sorted.filter(
    ({ key }) =>
      (after === undefined || direction * compare(key, after) > 0) &&
      (before === undefined || direction * compare(key, before) < 0),
  );
  const page =
    first !== undefined ? range.slice(0, first) : last === 0 ? [] : range.slice(-(last ?? MAX_PAGE));
  const start = page[0]?.key;
  const end = page.at(-1)?.key;
  const edges = page.map(({ item, key }) => ({ cursor: encodeCursor(key), node: toNode(item) }));
  return {
    edges,
    nodes: edges.map((edge) => edge.node),
    pageInfo: {
      hasNextPage: end !== undefined && sorted.some(({ key }) => direction * compare(key, end) > 0),
      hasPreviousPage: start !== undefined && sorted.some(({ key }) => direction * compare(key, start) < 0),
      startCursor: start === undefined ? null : encodeCursor(start),
      endCursor: end === undefined ? null : encodeCursor(end),
    },
  };
}

/** A connection in the order given. */
export function connection<T>(items: readonly T[], args: Args, toNode: (item: T) => unknown): Source {
  const indexed = items.map((item, index) => ({ item, index }));
  return sortedConnection(
    indexed,
    args,
    ({ index }) => [index, String(index)],
    ({ item }) => toNode(item),
  );
}

function pageSize(args: Args): { first?: number; last?: number } {
  const { first, last } = args;
  const size = typeof first === "number" ? first : last;
  if (typeof size !== "number") {
    throw new GraphQLError("you must provide one of first or last", { extensions: { code: "BAD_REQUEST" } });
  }
  if (size < 0 || (size > MAX_PAGE && size !== WHOLE)) {
    throw new GraphQLError(`first and last must be between 0 and ${MAX_PAGE}`, {
      extensions: { code: "BAD_REQUEST" },
    });
  }
  return typeof first === "number" ? { first: size } : { last: size };
}
