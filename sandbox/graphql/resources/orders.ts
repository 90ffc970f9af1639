import type { OrderLineInput, PaymentInput, PlaceOrderInput } from "#sandbox/actions/inputs.ts";
import { refuse } from "#sandbox/actions/refusal.ts";
import { findCustomerByEmail } from "#sandbox/store/customer-stats.ts";
import type { Order } from "#sandbox/store/order-types.ts";
import type { Id } from "#sandbox/store/types.ts";
import { gid } from "#sandbox/webhooks/payload-values.ts";
import type { Api, Args, Resolvers } from "../api.ts";
import { mutate } from "../mutation.ts";
import { given, idArg, listArg, objectArg, shopMoneyOf, textArg, textsArg } from "../values.ts";
import { addressInput } from "./customers.ts";
import { findOrders, isVisible, orderConnection, orderNode } from "./order-node.ts";
import { refundCreate } from "./refund-create.ts";
import { refundNode } from "./refund-node.ts";

export const orderQueries: Resolvers = {
  order: (args, api) => {
    const order = api.state.orders.get(idArg(args, "id", "Order"));
    return order === undefined || !isVisible(api, order) ? null : orderNode(api, order);
  },
  orders: (args, api) => orderConnection(api, [...api.state.orders.values()], args),
  ordersCount: (args, api) => ({
    count: findOrders(api, [...api.state.orders.values()], args).length,
    precision: "EXACT",
  }),
  refund: (args, api) => {
    const id = idArg(args, "id", "Refund");
    for (const order of api.state.orders.values()) {
      const refund = order.refunds.find((one) => one.id === id);
      if (refund !== undefined) return refundNode(api, order, refund);
    }
    return null;
  },
};

function readLine(api: Api, line: Args): OrderLineInput {
  const { currency } = api.state.shop;
  const variantId = textArg(line, "variantId");
  const productId = textArg(line, "productId");
  const product =
    productId === undefined ? undefined : api.state.products.get(idArg(line, "productId", "Product"));
  return {
    quantity: Number(line["quantity"]),
    variantId:
      variantId === undefined ? product?.variants[0]?.id : idArg(line, "variantId", "ProductVariant"),
    title: textArg(line, "title"),
    priceMinor: shopMoneyOf(line["priceSet"], currency),
    giftCard: typeof line["giftCard"] === "boolean" ? line["giftCard"] : undefined,
    taxable: typeof line["taxable"] === "boolean" ? line["taxable"] : undefined,
    requiresShipping: typeof line["requiresShipping"] === "boolean" ? line["requiresShipping"] : undefined,
    properties: listArg(line, "properties").map((one) => ({
      name: textArg(one, "name") ?? "",
      value: textArg(one, "value") ?? "",
    })),
  };
}

/** The customer that an orderCreate names, created or changed when it says so. Undefined leaves it to the e-mail. */
function readCustomer(api: Api, order: Args): Id | undefined {
  const customer = objectArg(order, "customer");
  const associate = objectArg(customer, "toAssociate");
  const upsert = objectArg(customer, "toUpsert");
  if (textArg(associate, "id") !== undefined) return idArg(associate, "id", "Customer");
  if (textArg(order, "customerId") !== undefined) return idArg(order, "customerId", "Customer");
  const email = textArg(upsert, "email") ?? textArg(associate, "email");
  const known = email === undefined ? undefined : findCustomerByEmail(api.state, email);
  if (Object.keys(upsert).length === 0) return known?.id;
  const values = {
    email,
    firstName: given(upsert, "firstName", String),
    lastName: given(upsert, "lastName", String),
    phone: given(upsert, "phone", String),
    note: given(upsert, "note", String),
    tags: textsArg(upsert, "tags"),
    addresses: "addresses" in upsert ? listArg(upsert, "addresses").map(addressInput) : undefined,
  };
  const id = textArg(upsert, "id") === undefined ? known?.id : idArg(upsert, "id", "Customer");
  const { createCustomer, updateCustomer } = api.sandbox.actions;
  return id === undefined ? createCustomer(api.shop, values).id : updateCustomer(api.shop, id, values).id;
}

function readDiscount(api: Api, order: Args): PlaceOrderInput["manualDiscount"] {
  const input = objectArg(order, "discountCode");
  const fixed = objectArg(input, "itemFixedDiscountCode");
  const percentage = objectArg(input, "itemPercentageDiscountCode");
  const shipping = objectArg(input, "freeShippingDiscountCode");
  const code = textArg(fixed, "code") ?? textArg(percentage, "code") ?? textArg(shipping, "code");
  if (code === undefined) return undefined;
  const named = { title: code, code };
  if ("code" in fixed) {
    const amountSet = objectArg(fixed, "amountSet");
    shopMoneyOf(amountSet, api.state.shop.currency);
    return {
      ...named,
      valueType: "fixed_amount",
      value: String(objectArg(amountSet, "shopMoney")["amount"] ?? "0"),
    };
  }
  if ("code" in percentage)
    return { ...named, valueType: "percentage", value: String(percentage["percentage"] ?? 0) };
  return { ...named, valueType: "free_shipping", value: "100" };
}

function readPayments(api: Api, order: Args): PaymentInput[] | undefined {
  const given = listArg(order, "transactions");
  if (given.length === 0) return undefined;
  return given.map((one, index) => {
    const kind = (textArg(one, "kind") ?? "SALE").toLowerCase();
    const status = (textArg(one, "status") ?? "SUCCESS").toLowerCase();
    if (kind !== "sale" && kind !== "authorization")
      refuse(["order", "transactions", String(index), "kind"], "Kind is not supported", "INVALID");
    if (status !== "success" && status !== "pending" && status !== "failure") {
      refuse(["order", "transactions", String(index), "status"], "Status is not supported", "INVALID");
    }
    const amountMinor = shopMoneyOf(one["amountSet"], api.state.shop.currency) ?? 0;
    return { kind, status, gateway: textArg(one, "gateway") ?? "manual", amountMinor };
  });
}

const PAYMENTS: Readonly<Record<string, PlaceOrderInput["payment"]>> = {
  PAID: "paid",
  PENDING: "pending",
  AUTHORIZED: "authorized",
};

/** Orders made through the API carry the taxes they are given, and none when they are given none, as at Shopify. */
function readOrder(api: Api, order: Args, options: Args): PlaceOrderInput {
  const financialStatus = textArg(order, "financialStatus") ?? "PAID";
  const payment = PAYMENTS[financialStatus];
  if (payment === undefined)
    refuse(
      ["order", "financialStatus"],
      `The sandbox cannot create an order that is ${financialStatus}`,
      "INVALID",
    );
  const processedAt = textArg(order, "processedAt");
  if (processedAt !== undefined && Date.parse(processedAt) > api.sandbox.now().getTime()) {
    refuse(["order", "processedAt"], "Processed at must not be in the future", "PROCESSED_AT_INVALID");
  }
  const taxLine =
    listArg(order, "taxLines")[0] ??
    listArg(order, "lineItems").flatMap((line) => listArg(line, "taxLines"))[0];
  const shippingLine = listArg(order, "shippingLines")[0];
  const address = (name: string) =>
    textArg(order, name) === undefined ? undefined : addressInput(objectArg(order, name));
  return {
    lines: listArg(order, "lineItems").map((line) => readLine(api, line)),
    customerId: readCustomer(api, order),
    email: textArg(order, "email"),
    phone: textArg(order, "phone"),
    payment,
    payments: readPayments(api, order),
    manualDiscount: readDiscount(api, order),
    tax:
      taxLine === undefined
        ? null
        : { title: textArg(taxLine, "title") ?? "Tax", rate: String(taxLine["rate"] ?? "0") },
    taxesIncluded: typeof order["taxesIncluded"] === "boolean" ? order["taxesIncluded"] : false,
    shipping:
      shippingLine === undefined
        ? null
        : {
            title: textArg(shippingLine, "title") ?? "",
            priceMinor: shopMoneyOf(shippingLine["priceSet"], api.state.shop.currency) ?? 0,
          },
    shippingAddress: address("shippingAddress"),
    billingAddress: address("billingAddress"),
    processedAt,
    test: order["test"] === true,
    sourceName: textArg(order, "sourceName") ?? "api",
    tags: textsArg(order, "tags"),
    note: textArg(order, "note"),
    noteAttributes: listArg(order, "customAttributes").map((one) => ({
      name: textArg(one, "key") ?? "",
      value: textArg(one, "value") ?? "",
    })),
    sendReceipt: options["sendReceipt"] === true,
  };
}

export const orderMutations: Resolvers = {
  refundCreate,
  orderCreate: (args, api, info) =>
    mutate(info, ["order"], () => {
      const input = readOrder(api, objectArg(args, "order"), objectArg(args, "options"));
      const order = api.sandbox.actions.placeOrder(api.shop, input);
      if (textArg(objectArg(args, "order"), "fulfillmentStatus") === "FULFILLED")
        api.sandbox.actions.fulfilOrder(api.shop, order.id);
      return { order: orderNode(api, order) };
    }),
  orderUpdate: (args, api, info) => {
    const input = objectArg(args, "input");
    return mutate(info, [], () => {
      const order = api.sandbox.actions.updateOrder(api.shop, idArg(input, "id", "Order"), {
        ...("tags" in input ? { tags: textsArg(input, "tags") ?? [] } : {}),
        ...("note" in input ? { note: textArg(input, "note") ?? null } : {}),
        ...("email" in input ? { email: textArg(input, "email") ?? null } : {}),
      });
      return { order: orderNode(api, order) };
    });
  },
  orderMarkAsPaid: (args, api, info) =>
    mutate(info, [], () => ({
      order: orderNode(
        api,
        api.sandbox.actions.markPaid(api.shop, idArg(objectArg(args, "input"), "id", "Order")),
      ),
    })),
  orderCancel: (args, api, info) =>
    mutate(info, [], () => {
      const method = objectArg(args, "refundMethod");
      api.sandbox.actions.cancelOrder(api.shop, {
        orderId: idArg(args, "orderId", "Order"),
        reason: (textArg(args, "reason")?.toLowerCase() ?? "other") as Order["cancelReason"],
        refund: args["refund"] === true || method["originalPaymentMethodsRefund"] === true,
        restock: args["restock"] === true,
        staffNote: textArg(args, "staffNote") ?? null,
      });
      const job = { id: gid("Job", api.sandbox.store.newId()), done: true };
      return { job };
    }),
};
