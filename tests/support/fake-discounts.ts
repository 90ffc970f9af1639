import type { GatewayFailure, GatewayResult, ShopifyGateway } from "#app/platform/shopify/gateway.ts";

export interface FakeDiscount {
  gid: string;
  code: string;
  title: string;
  kind: "basic" | "free_shipping";
  customerGids: string[];
  active: boolean;
  usageCount: number;
  input: Record<string, unknown>;
}

/** What goes wrong with one call: before Shopify does anything, after it has done it, or instead of it. */
export type Fault =
  | { when: "before" | "after" | "instead"; failure: GatewayFailure }
  | { when: "instead"; userError: string | null; field?: string[] }
  | { when: "before" | "after"; throws: Error }
  | { when: "before" | "after"; waitFor: Promise<void> };

export interface FakeDiscounts extends ShopifyGateway {
  discounts: FakeDiscount[];
  calls: string[];
  live(): FakeDiscount[];
  /** The next call of this operation meets the fault; faults of one operation queue up. */
  fail(operation: string, fault: Fault): void;
  use(code: string): void;
}

export const unavailable: GatewayFailure = { kind: "unavailable", reason: "timeout" };

interface DiscountInput {
  code: string;
  title: string;
  context: { customers: { add: string[] } };
}

/** Shopify's discounts in memory, behind the gateway's interface: for tests that need to break it at an exact step. */
export function createFakeDiscounts(): FakeDiscounts {
  const discounts: FakeDiscount[] = [];
  const faults = new Map<string, Fault[]>();
  const calls: string[] = [];
  const find = (code: string) => discounts.find((discount) => discount.code === code.toUpperCase());
  const operations: Record<string, (variables: Record<string, unknown>) => unknown> = {
    DiscountCodeBasicCreate: ({ discount }) => ({
      discountCodeBasicCreate: create("basic", discount as DiscountInput),
    }),
    DiscountCodeFreeShippingCreate: ({ discount }) => ({
      discountCodeFreeShippingCreate: create("free_shipping", discount as DiscountInput),
    }),
    DiscountNodeByCode: ({ code }) => ({ codeDiscountNodeByCode: nodeOf(find(code as string)) }),
    DiscountCodeDeactivate: ({ id }) => {
      const discount = discounts.find(({ gid }) => gid === id);
      if (discount) discount.active = false;
      return { discountCodeDeactivate: { codeDiscountNode: discount ? { id } : null, userErrors: [] } };
    },
  };

  function create(kind: FakeDiscount["kind"], input: DiscountInput) {
    if (find(input.code))
      return {
        codeDiscountNode: null,
        userErrors: [{ code: "TAKEN", field: ["basicCodeDiscount", "code"], message: "taken" }],
      };
    const gid = `gid://shopify/DiscountCodeNode/${discounts.length + 1}`;
    const customerGids = input.context.customers.add;
    discounts.push({
      gid,
      kind,
      code: input.code,
      title: input.title,
      customerGids,
      active: true,
      usageCount: 0,
      input: { ...input },
    });
    return { codeDiscountNode: { id: gid }, userErrors: [] };
  }

  return {
    discounts,
    calls,
    live: () => discounts.filter(({ active, usageCount }) => active && usageCount === 0),
    fail: (operation, fault) => void faults.set(operation, [...(faults.get(operation) ?? []), fault]),
    use: (code) => {
      const discount = find(code);
      if (!discount?.active) throw new Error("The checkout refuses this code.");
      discount.usageCount += 1;
    },
    request: async <Data, Vars>(
      _shop: string,
      operation: unknown,
      variables: Vars,
    ): Promise<GatewayResult<Data>> => {
      const name = operationName(operation);
      calls.push(name);
      const fault = faults.get(name)?.shift();
      if (fault && fault.when !== "after") {
        const answer = await meet<Data>(fault, name);
        if (answer) return answer;
      }
      const data = operations[name]?.(variables as Record<string, unknown>) as Data;
      if (fault?.when === "after") return (await meet<Data>(fault, name)) ?? { ok: true, data };
      return { ok: true, data };
    },
  };
}

async function meet<Data>(fault: Fault, operation: string): Promise<GatewayResult<Data> | undefined> {
  if ("throws" in fault) throw fault.throws;
  if ("failure" in fault) return { ok: false, failure: fault.failure };
  if ("waitFor" in fault) {
    await fault.waitFor;
    return undefined;
  }
  const field = operation.charAt(0).toLowerCase() + operation.slice(1);
  const userErrors = [
    { code: fault.userError, field: fault.field ?? ["basicCodeDiscount", "customerGets"], message: "no" },
  ];
  return { ok: true, data: { [field]: { codeDiscountNode: null, userErrors } } as Data };
}

function nodeOf(discount: FakeDiscount | undefined) {
  if (!discount) return null;
  return {
    id: discount.gid,
    codeDiscount: {
      __typename: discount.kind === "basic" ? "DiscountCodeBasic" : "DiscountCodeFreeShipping",
      title: discount.title,
      status: discount.active ? "ACTIVE" : "EXPIRED",
      asyncUsageCount: discount.usageCount,
      context: { __typename: "DiscountCustomers", customers: discount.customerGids.map((id) => ({ id })) },
    },
  };
}

function operationName(operation: unknown): string {
  const { definitions } = operation as { definitions: { kind: string; name?: { value: string } }[] };
  return definitions.find(({ kind }) => kind === "OperationDefinition")?.name?.value ?? "";
}
