import type { GatewayFailure } from "#app/platform/shopify/gateway.ts";
import { DiscountCodeBasicCreate } from "#app/platform/shopify/operations/discount-code-basic-create.ts";
import { DiscountCodeDeactivate } from "#app/platform/shopify/operations/discount-code-deactivate.ts";
import { DiscountCodeFreeShippingCreate } from "#app/platform/shopify/operations/discount-code-free-shipping-create.ts";
import { DiscountNodeByCode } from "#app/platform/shopify/operations/discount-node-by-code.ts";
import type { Services } from "#app/services.server.ts";
import { discountInput } from "./discount-input.ts";
import type { RedemptionTerms } from "./redemption-terms.ts";

/** Shopify did not answer, or not with a yes or no: the effect of a mutation is unknown until somebody looks. */
export interface Unknown {
  kind: "unknown";
  reason: string;
  retryAfterMs: number;
}

export type CodeFound =
  | { kind: "found"; gid: string; title: string; customerGids: string[]; active: boolean; usageCount: number }
  | { kind: "absent" }
  | Unknown;

export type CodeMade =
  | { kind: "made"; gid: string }
  /** The code exists in the shop: from an earlier attempt, as a rule. */
  | { kind: "taken" }
  | { kind: "refused"; reason: string }
  | Unknown;

export type CodeSwitchedOff = { kind: "off" } | { kind: "refused"; reason: string } | Unknown;

type Caller = Pick<Services, "shopify">;

/** Userland codes for "this code exists", as Shopify has worded them over the years. */
const TAKEN = new Set(["TAKEN", "DUPLICATE", "IMPLICIT_DUPLICATE"]);

/** Looks a code up in the shop. */
export async function findCode(
  { shopify }: Caller,
  shopId: string,
  code: string,
  timeoutMs?: number,
): Promise<CodeFound> {
  const result = await shopify.request(shopId, DiscountNodeByCode, { code }, withTimeout(timeoutMs));
  if (!result.ok) return unknown(result.failure);
  const node = result.data.codeDiscountNodeByCode;
  if (!node) return { kind: "absent" };
  const discount = node.codeDiscount;
  if (discount.__typename !== "DiscountCodeBasic" && discount.__typename !== "DiscountCodeFreeShipping") {
    return { kind: "found", gid: node.id, title: "", customerGids: [], active: false, usageCount: 0 };
  }
  const { context } = discount;
  return {
    kind: "found",
    gid: node.id,
    title: discount.title,
    customerGids: context.__typename === "DiscountCustomers" ? context.customers.map(({ id }) => id) : [],
    active: discount.status !== "EXPIRED",
    usageCount: discount.asyncUsageCount,
  };
}

/** Asks Shopify to make the code of these terms. Only `made`, `taken` and `refused` are definite. */
export async function makeCode(
  { shopify }: Caller,
  shopId: string,
  what: { terms: RedemptionTerms; code: string; customerId: string },
  timeoutMs?: number,
): Promise<CodeMade> {
  const input = discountInput(what.terms, what.code, what.customerId);
  const options = withTimeout(timeoutMs);
  if (input.kind === "basic") {
    const result = await shopify.request(
      shopId,
      DiscountCodeBasicCreate,
      { discount: input.discount },
      options,
    );
    return result.ok ? readMade(result.data.discountCodeBasicCreate) : notMade(result.failure);
  }
  const result = await shopify.request(
    shopId,
    DiscountCodeFreeShippingCreate,
    { discount: input.discount },
    options,
  );
  return result.ok ? readMade(result.data.discountCodeFreeShippingCreate) : notMade(result.failure);
}

/** Ends a code now, so that no checkout takes it any more. */
export async function switchOffCode(
  { shopify }: Caller,
  shopId: string,
  gid: string,
): Promise<CodeSwitchedOff> {
  const result = await shopify.request(shopId, DiscountCodeDeactivate, { id: gid });
  if (!result.ok) {
    return result.failure.kind === "refused"
      ? { kind: "refused", reason: "shopify_refused" }
      : unknown(result.failure);
  }
  const [error] = result.data.discountCodeDeactivate?.userErrors ?? [];
  return error ? { kind: "refused", reason: reasonOf(error.code) } : { kind: "off" };
}

/** Whether a code found in the shop is the one these terms describe, bound to this customer. */
export function isOurs(found: CodeFound, terms: RedemptionTerms, customerId: string): boolean {
  return (
    found.kind === "found" &&
    found.title === terms.codeTitle &&
    found.customerGids.length === 1 &&
    found.customerGids[0] === `gid://shopify/Customer/${customerId}`
  );
}

interface CreatePayload {
  codeDiscountNode: { id: string } | null;
  userErrors: { code: string | null; field: string[] | null }[];
}

/** What Shopify's answer to a request to make a code means. Only `made`, `taken` and `refused` are definite. */
export function readMade(payload: CreatePayload | null): CodeMade {
  const [error] = payload?.userErrors ?? [];
  if (error) {
    const aboutTheCode = error.field === null || error.field.at(-1) === "code";
    if (error.code !== null && TAKEN.has(error.code) && aboutTheCode) return { kind: "taken" };
    // Shopify's own fault, said politely: nobody can tell whether the code was made.
    if (error.code === "INTERNAL_ERROR")
      return { kind: "unknown", reason: "internal_error", retryAfterMs: 0 };
    return { kind: "refused", reason: reasonOf(error.code) };
  }
  const gid = payload?.codeDiscountNode?.id;
  // Neither an error nor a code: nothing that Shopify promises, so it is looked up like a lost answer.
  return gid === undefined
    ? { kind: "unknown", reason: "empty_answer", retryAfterMs: 0 }
    : { kind: "made", gid };
}

function notMade(failure: GatewayFailure): CodeMade {
  return failure.kind === "refused" ? { kind: "refused", reason: "shopify_refused" } : unknown(failure);
}

function unknown(failure: GatewayFailure): Unknown {
  const retryAfterMs = failure.kind === "throttled" ? failure.retryAfterMs : 0;
  return { kind: "unknown", reason: failure.kind, retryAfterMs };
}

function reasonOf(code: string | null): string {
  return code === null ? "shopify_refused" : `shopify_${code.toLowerCase()}`;
}

function withTimeout(timeoutMs: number | undefined): { timeoutMs?: number } {
  return timeoutMs === undefined ? {} : { timeoutMs };
}
