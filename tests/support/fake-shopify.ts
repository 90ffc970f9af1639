import type { GatewayFailure, GatewayResult, ShopifyGateway } from "#app/platform/shopify/gateway.ts";

type Answer = (variables: Record<string, unknown>, shopId: string) => unknown;

export interface FakeShopify extends ShopifyGateway {
  calls: { shopId: string; operation: string; variables: Record<string, unknown> }[];
  /** What an operation answers with from now on. */
  answer(operation: string, answer: Answer): void;
  /**
   * The next call of the operation fails like this: before it has an effect, or (for its answer alone) after.
   */
  fail(operation: string, failure: GatewayFailure, when?: "before" | "after"): void;
  named(operation: string): Record<string, unknown>[];
}

/**
 * The gateway with answers of a test's choosing, by operation name. An operation without an answer fails the
 * test.
 */
export function createFakeShopify(answers: Record<string, Answer> = {}): FakeShopify {
  const table = new Map(Object.entries(answers));
  const faults = new Map<string, { failure: GatewayFailure; when: "before" | "after" }[]>();
  const calls: FakeShopify["calls"] = [];
  return {
    calls,
    answer: (operation, answer) => void table.set(operation, answer),
    fail: (operation, failure, when = "before") =>
      void faults.set(operation, [...(faults.get(operation) ?? []), { failure, when }]),
    named: (operation) => calls.filter((call) => call.operation === operation).map((call) => call.variables),
    request: async <Data, Vars>(
      shopId: string,
      document: unknown,
      vars: Vars,
    ): Promise<GatewayResult<Data>> => {
      const operation = operationName(document);
      const variables = vars as Record<string, unknown>;
      calls.push({ shopId, operation, variables });
      const fault = faults.get(operation)?.shift();
      if (fault?.when === "before") return { ok: false, failure: fault.failure };
      const answer = table.get(operation);
      if (!answer) throw new Error(`The test gave no answer for ${operation}.`);
      const data = (await answer(variables, shopId)) as Data;
      return fault ? { ok: false, failure: fault.failure } : { ok: true, data };
    },
  };
}

function operationName(document: unknown): string {
  const { definitions } = document as { definitions: { kind: string; name?: { value: string } }[] };
  return definitions.find(({ kind }) => kind === "OperationDefinition")?.name?.value ?? "";
}
