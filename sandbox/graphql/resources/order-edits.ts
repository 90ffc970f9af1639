import { refuse } from "#sandbox/actions/refusal.ts";
import type { SandboxContext } from "#sandbox/context.ts";
import { findVariant } from "#sandbox/actions/build-order.ts";
import { currentQuantity, currentTotals, lineNet, outstandingMinor } from "#sandbox/store/order-totals.ts";
import type { Order } from "#sandbox/store/order-types.ts";
import type { Id } from "#sandbox/store/types.ts";
import { gid } from "#sandbox/webhooks/payload-values.ts";
import type { Api, Args, Resolvers, Source } from "../api.ts";
import { connection } from "../connection.ts";
import { mutate } from "../mutation.ts";
import { bag, idArg, shopMoneyOf, textArg } from "../values.ts";
import { orderNode } from "./order-node.ts";
import { variantNode } from "./product-node.ts";

interface EditSession {
  id: Id;
  orderId: Id;
  committed: boolean;
  setQuantities: Map<Id, { quantity: number; restock: boolean }>;
  added: {
    id: Id;
    variantId?: Id;
    title?: string;
    priceMinor?: number;
    taxable?: boolean;
    quantity: number;
  }[];
}

/** Edits that were begun and not committed live with the process, as they do for a while at Shopify. */
const sessions = new WeakMap<SandboxContext, Map<Id, EditSession>>();

function sessionsOf(api: Api): Map<Id, EditSession> {
  const found = sessions.get(api.sandbox) ?? new Map<Id, EditSession>();
  sessions.set(api.sandbox, found);
  return found;
}

function openSession(api: Api, args: Args): { session: EditSession; order: Order } {
  const id = idArg(args, "id", "CalculatedOrder", "OrderEditSession");
  const session = sessionsOf(api).get(id);
  const order = session === undefined ? undefined : api.state.orders.get(session.orderId);
  if (session === undefined || order === undefined || session.committed)
    refuse(["id"], "The calculated order does not exist.", "INVALID");
  return { session, order };
}

function calculatedOrder(api: Api, session: EditSession, order: Order): Source {
  const existing = order.lines.map((line) => {
    const before = currentQuantity(order, line);
    const quantity = session.setQuantities.get(line.id)?.quantity ?? before;
    const variant = line.variantId === null ? undefined : findVariant(api.state, line.variantId);
    return calculatedLine(order, {
      id: line.id,
      title: line.title,
      variantTitle: line.variantTitle,
      sku: line.sku,
      before,
      quantity,
      priceMinor: line.priceMinor,
      netMinor: lineNet(line, Math.max(1, quantity)),
      variant: () => (variant === undefined ? null : variantNode(api, variant.product, variant.variant)),
    });
  });
  const added = session.added.map((item) => calculatedAdded(api, order, item));
  return {
    __typename: "CalculatedOrder",
    id: gid("CalculatedOrder", session.id),
    committed: session.committed,
    originalOrder: () => orderNode(api, order),
    lineItems: (args: Args) => connection([...existing, ...added], args, (one) => one),
    addedLineItems: (args: Args) => connection(added, args, (one) => one),
    subtotalLineItemsQuantity: [...existing, ...added].reduce((sum, one) => sum + Number(one["quantity"]), 0),
    totalPriceSet: bag(order, currentTotals(order).totalMinor),
    totalOutstandingSet: bag(order, outstandingMinor(order)),
  };
}

function calculatedAdded(api: Api, order: Order, item: EditSession["added"][number]): Source {
  const found = item.variantId === undefined ? undefined : findVariant(api.state, item.variantId);
  const priceMinor = item.priceMinor ?? found?.variant.priceMinor ?? 0;
  return calculatedLine(order, {
    id: item.id,
    title: item.title ?? found?.product.title ?? "",
    variantTitle: found?.variant.title ?? null,
    sku: found?.variant.sku ?? null,
    before: 0,
    quantity: item.quantity,
    priceMinor,
    netMinor: priceMinor * item.quantity,
    variant: () => (found === undefined ? null : variantNode(api, found.product, found.variant)),
  });
}

function calculatedLine(
  order: Order,
  line: {
    id: Id;
    title: string;
    variantTitle: string | null;
    sku: string | null;
    before: number;
    quantity: number;
    priceMinor: number;
    netMinor: number;
    variant: () => unknown;
  },
): Source {
  return {
    __typename: "CalculatedLineItem",
    id: gid("CalculatedLineItem", line.id),
    title: line.title,
    variantTitle: line.variantTitle,
    sku: line.sku,
    quantity: line.quantity,
    editableQuantity: line.quantity,
    editableQuantityBeforeChanges: line.before,
    restockable: true,
    restocking: false,
    originalUnitPriceSet: bag(order, line.priceMinor),
    discountedUnitPriceSet: bag(order, Math.round(line.netMinor / Math.max(1, line.quantity))),
    editableSubtotalSet: bag(order, line.quantity === 0 ? 0 : line.netMinor),
    variant: line.variant,
  };
}

export const orderEditMutations: Resolvers = {
  orderEditBegin: (args, api, info) =>
    mutate(info, [], () => {
      const order =
        api.state.orders.get(idArg(args, "id", "Order")) ??
        refuse(["id"], "The order does not exist.", "INVALID");
      if (order.cancelledAt !== null) refuse(["id"], "The order cannot be edited.", "INVALID");
      const session: EditSession = {
        id: api.sandbox.store.newId(),
        orderId: order.id,
        committed: false,
        setQuantities: new Map(),
        added: [],
      };
      sessionsOf(api).set(session.id, session);
      return {
        calculatedOrder: calculatedOrder(api, session, order),
        orderEditSession: { id: gid("OrderEditSession", session.id) },
      };
    }),
  orderEditSetQuantity: (args, api, info) =>
    mutate(info, [], () => {
      const { session, order } = openSession(api, args);
      const lineId = idArg(args, "lineItemId", "CalculatedLineItem", "LineItem");
      const quantity = Number(args["quantity"]);
      const added = session.added.find((one) => one.id === lineId);
      if (added === undefined && !order.lines.some((line) => line.id === lineId))
        refuse(["lineItemId"], "The line item does not exist.", "INVALID");
      if (added === undefined)
        session.setQuantities.set(lineId, { quantity, restock: args["restock"] === true });
      else added.quantity = quantity;
      return sessionPayload(api, session, order, lineId);
    }),
  orderEditAddVariant: (args, api, info) =>
    mutate(info, [], () => {
      const { session, order } = openSession(api, args);
      const variantId = idArg(args, "variantId", "ProductVariant");
      if (findVariant(api.state, variantId) === undefined)
        refuse(["variantId"], "The variant does not exist.", "INVALID");
      const id = api.sandbox.store.newId();
      session.added.push({ id, variantId, quantity: Number(args["quantity"]) });
      return sessionPayload(api, session, order, id);
    }),
  orderEditAddCustomItem: (args, api, info) =>
    mutate(info, [], () => {
      const { session, order } = openSession(api, args);
      const id = api.sandbox.store.newId();
      session.added.push({
        id,
        title: textArg(args, "title") ?? "",
        priceMinor: shopMoneyOf(args["price"], api.state.shop.currency) ?? 0,
        taxable: args["taxable"] !== false,
        quantity: Number(args["quantity"]),
      });
      return sessionPayload(api, session, order, id);
    }),
  orderEditCommit: (args, api, info) =>
    mutate(info, [], () => {
      const { session, order } = openSession(api, args);
      const customItems = session.added.filter((one) => one.variantId === undefined);
      const changed = api.sandbox.actions.editOrder(api.shop, {
        orderId: order.id,
        staffNote: textArg(args, "staffNote") ?? null,
        setQuantities: [...session.setQuantities].map(([lineItemId, one]) => ({ lineItemId, ...one })),
        addVariants: session.added.flatMap((one) =>
          one.variantId === undefined ? [] : [{ variantId: one.variantId, quantity: one.quantity }],
        ),
        addCustomItems: customItems.map((one) => ({
          title: one.title ?? "",
          priceMinor: one.priceMinor ?? 0,
          taxable: one.taxable,
          quantity: one.quantity,
        })),
      });
      session.committed = true;
      return { order: orderNode(api, changed), successMessages: ["Order updated"] };
    }),
};

function sessionPayload(api: Api, session: EditSession, order: Order, lineId: Id): Source {
  const calculated = calculatedOrder(api, session, order);
  const lines = (calculated["lineItems"] as (args: Args) => { nodes: Source[] })({ first: 250 }).nodes;
  return {
    calculatedOrder: calculated,
    calculatedLineItem: lines.find((line) => line["id"] === gid("CalculatedLineItem", lineId)) ?? null,
    orderEditSession: { id: gid("OrderEditSession", session.id) },
  };
}
