export type FaultKind =
  | "timeout_before"
  | "timeout_after"
  | "http_500"
  | "http_502"
  | "throttled"
  | "user_errors"
  | "revoked_token"
  | "slow";

export interface Fault {
  id: string;
  kind: FaultKind;
  /** Name of the GraphQL operation or of a root field; `token` for the token endpoint; `*` for any call. */
  operation: string;
  /** Of one shop only; null for all. */
  shop: string | null;
  /** How many more calls it hits. */
  remaining: number;
  /** For `slow`: how long the call takes; for time-outs: how long the connection stays open without an answer. */
  ms: number;
  /** For `user_errors`: what the mutation answers. */
  userErrors: { field: string[] | null; message: string; code: string }[];
  hits: number;
}

export interface Faults {
  add(fault: Pick<Fault, "kind" | "operation"> & Partial<Omit<Fault, "id" | "hits">>): Fault;
  list(): Fault[];
  clear(): void;
  /** Takes the first fault that fits one of the names, counting it. */
  take(shop: string, names: readonly string[]): Fault | undefined;
}

/** The faults a test has asked for. They are not persisted. */
export function createFaults(): Faults {
  let faults: Fault[] = [];
  let count = 0;
  return {
    add(input) {
      count += 1;
      const fault: Fault = {
        shop: null,
        remaining: 1,
        ms: input.kind === "slow" ? 2000 : 10_000,
        userErrors: [{ field: null, message: "The sandbox was told to refuse this.", code: "INVALID" }],
        ...input,
        id: String(count),
        hits: 0,
      };
      faults.push(fault);
      return fault;
    },
    list: () => faults.map((fault) => ({ ...fault })),
    clear() {
      faults = [];
    },
    take(shop, names) {
      const fault = faults.find(
        (one) =>
          one.remaining > 0 &&
          (one.shop === null || one.shop === shop) &&
          (one.operation === "*" || names.includes(one.operation)),
      );
      if (fault === undefined) return undefined;
      fault.remaining -= 1;
      fault.hits += 1;
      return fault;
    },
  };
}
