import type { DraftOrder } from "#sandbox/store/order-types.ts";
import type { DraftOrderInput, OrderLineInput } from "#sandbox/actions/inputs.ts";
import { isRecord } from "#sandbox/http.ts";
import { gid } from "#sandbox/webhooks/payload-values.ts";
import type { Api, Args, Resolvers, Source } from "../api.ts";
import { mutate } from "../mutation.ts";
import {
  bag,
  dateTime,
  idArg,
  listArg,
  minorOf,
  objectArg,
  shopMoneyOf,
  textArg,
  textsArg,
} from "../values.ts";
import { customerNode } from "./customer-node.ts";
import { orderNode } from "./order-node.ts";

/** A draft order. */
export function draftNode(api: Api, draft: DraftOrder): Source {
  const money = { currency: api.state.shop.currency, presentment: null };
  const linesMinor = draft.lines.reduce((sum, line) => sum + line.priceMinor * line.quantity, 0);
  const customer = draft.customerId === null ? undefined : api.state.customers.get(draft.customerId);
  const order = draft.orderId === null ? undefined : api.state.orders.get(draft.orderId);
  return {
    __typename: "DraftOrder",
    id: gid("DraftOrder", draft.id),
    legacyResourceId: draft.id,
    name: draft.name,
    status: draft.status,
    email: draft.email,
    note2: draft.note,
    tags: draft.tags,
    ready: true,
    currencyCode: api.state.shop.currency,
    createdAt: dateTime(draft.createdAt),
    updatedAt: dateTime(draft.updatedAt),
    completedAt: dateTime(draft.completedAt),
    totalLineItemsPriceSet: bag(money, linesMinor),
    totalQuantityOfLineItems: draft.lines.reduce((sum, line) => sum + line.quantity, 0),
    customer: () => (customer === undefined ? null : customerNode(api, customer)),
    order: () => (order === undefined ? null : orderNode(api, order)),
  };
}

function readLine(api: Api, line: Args): OrderLineInput {
  const { currency } = api.state.shop;
  const custom =
    shopMoneyOf(line["originalUnitPriceWithCurrency"], currency) ??
    shopMoneyOf(line["priceOverride"], currency);
  const plain = line["originalUnitPrice"];
  return {
    quantity: Number(line["quantity"]),
    variantId:
      textArg(line, "variantId") === undefined ? undefined : idArg(line, "variantId", "ProductVariant"),
    title: textArg(line, "title"),
    priceMinor: custom ?? (plain === undefined || plain === null ? undefined : minorOf(plain, currency)),
    taxable: typeof line["taxable"] === "boolean" ? line["taxable"] : undefined,
    requiresShipping: typeof line["requiresShipping"] === "boolean" ? line["requiresShipping"] : undefined,
  };
}

function readDraft(api: Api, input: Args): DraftOrderInput {
  const discount = objectArg(input, "appliedDiscount");
  const buyer = objectArg(input, "purchasingEntity");
  const customerId = textArg(buyer, "customerId") ?? textArg(input, "customerId");
  return {
    customerId: customerId === undefined ? null : idArg({ customerId }, "customerId", "Customer"),
    email: textArg(input, "email") ?? null,
    lines: listArg(input, "lineItems").map((line) => readLine(api, line)),
    discount: isRecord(input["appliedDiscount"])
      ? {
          title: textArg(discount, "title") ?? "Discount",
          valueType: discount["valueType"] === "PERCENTAGE" ? "percentage" : "fixed_amount",
          value: String(discount["value"]),
        }
      : null,
    tags: textsArg(input, "tags") ?? [],
    note: textArg(input, "note") ?? null,
  };
}

export const draftQueries: Resolvers = {
  draftOrder: (args, api) => {
    const draft = api.state.draftOrders.get(idArg(args, "id", "DraftOrder"));
    return draft === undefined ? null : draftNode(api, draft);
  },
};

export const draftMutations: Resolvers = {
  draftOrderCreate: (args, api, info) =>
    mutate(info, [], () => ({
      draftOrder: draftNode(
        api,
        api.sandbox.actions.createDraftOrder(api.shop, readDraft(api, objectArg(args, "input"))),
      ),
    })),
  draftOrderComplete: (args, api, info) =>
    mutate(info, [], () => {
      const id = idArg(args, "id", "DraftOrder");
      api.sandbox.actions.completeDraftOrder(api.shop, id, args["paymentPending"] === true);
      const draft = api.state.draftOrders.get(id);
      return { draftOrder: draft === undefined ? null : draftNode(api, draft) };
    }),
};
