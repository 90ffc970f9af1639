import type { SandboxContext } from "#sandbox/context.ts";
import type { ShopState } from "#sandbox/store/types.ts";

export interface ControlCall {
  context: SandboxContext;
  shop: string;
  state: ShopState;
  /** The id in the path, as digits. */
  id: string;
  body: Record<string, unknown>;
  query: URLSearchParams;
}

/** Answers with JSON, or with a whole response. */
export type Route = (call: ControlCall) => unknown;

/** The body as an action's input. The control API trusts its callers' shapes; actions refuse what makes no sense. */
export function inputOf<T>(call: ControlCall): T {
  return call.body as T;
}

/** How many of a list to answer with. */
export function limitOf(call: ControlCall, fallback: number): number {
  const limit = Number(call.query.get("limit") ?? fallback);
  return Number.isSafeInteger(limit) && limit > 0 ? limit : fallback;
}
