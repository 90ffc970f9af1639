export interface ApiCall {
  id: number;
  at: string;
  shop: string;
  kind: "graphql" | "token";
  /** Operation name and root fields, or the grant. */
  name: string;
  status: number;
  ms: number;
  requestedCost: number | null;
  actualCost: number | null;
  fault: string | null;
  /** What went wrong, in one line. */
  error: string | null;
}

export interface ApiLog {
  add(call: Omit<ApiCall, "id">): void;
  /** Newest first. */
  list(limit?: number): ApiCall[];
  clear(): void;
}

const KEPT = 500;

/** The last calls to the Admin API and the token endpoint, for the inspector. Never persisted, never a token in it. */
export function createApiLog(): ApiLog {
  let calls: ApiCall[] = [];
  let count = 0;
  return {
    add(call) {
      count += 1;
      calls.push({ id: count, ...call });
      if (calls.length > KEPT * 2) calls = calls.slice(-KEPT);
    },
    list: (limit = KEPT) => calls.slice(-limit).toReversed(),
    clear() {
      calls = [];
    },
  };
}
