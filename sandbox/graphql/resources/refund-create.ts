import type { GraphQLResolveInfo } from "graphql";
import type { RefundInput } from "#sandbox/actions/inputs.ts";
import type { SandboxContext } from "#sandbox/context.ts";
import type { RestockType } from "#sandbox/store/order-types.ts";
import type { Api, Args, Resolver, Source } from "../api.ts";
import { mutate } from "../mutation.ts";
import { idArg, listArg, minorOf, objectArg, shopMoneyOf, textArg } from "../values.ts";
import { orderNode } from "./order-node.ts";
import { refundNode } from "./refund-node.ts";

/** Answers kept for `@idempotent(key:)`, per sandbox and shop. */
const answered = new WeakMap<SandboxContext, Map<string, Source>>();

const REASONS: Readonly<Record<string, RefundInput["discrepancyReason"]>> = {
  CUSTOMER: "customer",
  DAMAGE: "damage",
  OTHER: "other",
  RESTOCK: "restock",
};

/** refundCreate, with Shopify's `@idempotent` directive. */
export const refundCreate: Resolver = (args, api, info) => {
  const key = idempotencyKey(info);
  const answers = answered.get(api.sandbox) ?? new Map<string, Source>();
  answered.set(api.sandbox, answers);
  const before = key === undefined ? undefined : answers.get(`${api.shop} ${key}`);
  if (before !== undefined) return before;
  const answer = mutate(info, [], () => {
    const input = readRefund(api, objectArg(args, "input"));
    const refund = api.sandbox.actions.refundOrder(api.shop, input);
    const order = api.state.orders.get(input.orderId);
    return order === undefined
      ? {}
      : { refund: refundNode(api, order, refund), order: orderNode(api, order) };
  });
  if (key !== undefined && answer["refund"] !== null) answers.set(`${api.shop} ${key}`, answer);
  return answer;
};

function idempotencyKey(info: GraphQLResolveInfo): string | undefined {
  const directive = info.fieldNodes[0]?.directives?.find((one) => one.name.value === "idempotent");
  const value = directive?.arguments?.[0]?.value;
  if (value?.kind === "StringValue") return value.value;
  return value?.kind === "Variable" ? String(info.variableValues[value.name.value]) : undefined;
}

function readRefund(api: Api, input: Args): RefundInput {
  const { currency } = api.state.shop;
  const shipping = objectArg(input, "shipping");
  const transactions = listArg(input, "transactions");
  const storeCredit = listArg(input, "refundMethods").map((one) => objectArg(one, "storeCreditRefund"))[0];
  const creditMinor = storeCredit === undefined ? undefined : shopMoneyOf(storeCredit["amount"], currency);
  const paidMinor = transactions.reduce((sum, one) => sum + minorOf(one["amount"], currency), 0);
  const restock: Readonly<Record<string, RestockType>> = {
    CANCEL: "cancel",
    RETURN: "return",
    NO_RESTOCK: "no_restock",
  };
  return {
    orderId: idArg(input, "orderId", "Order"),
    note: textArg(input, "note") ?? null,
    processedAt: textArg(input, "processedAt"),
    lines: listArg(input, "refundLineItems").map((one) => ({
      lineItemId: idArg(one, "lineItemId", "LineItem"),
      quantity: Number(one["quantity"]),
      restockType: restock[textArg(one, "restockType") ?? "NO_RESTOCK"],
    })),
    shipping:
      shipping["fullRefund"] === true
        ? { full: true }
        : shipping["amount"] === undefined || shipping["amount"] === null
          ? undefined
          : { amountMinor: minorOf(shipping["amount"], currency) },
    amountMinor: creditMinor ?? paidMinor,
    discrepancyReason: REASONS[textArg(input, "discrepancyReason") ?? "OTHER"],
    asStoreCredit: creditMinor !== undefined,
    withoutMoney: creditMinor === undefined && transactions.length === 0,
  };
}
