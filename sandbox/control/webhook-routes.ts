import type { WebhookPlan } from "#sandbox/webhooks/webhooks.ts";
import type { Delivery } from "#sandbox/webhooks/types.ts";
import { limitOf } from "./route.ts";
import type { ControlCall, Route } from "./route.ts";

const MODES = ["normal", "hold", "drop", "duplicate", "shuffle"] as const;

/** A delivery without its body, for lists. */
function brief({ body, ...delivery }: Delivery): unknown {
  return { ...delivery, bytes: Buffer.byteLength(body) };
}

function idsOf(call: ControlCall): string[] | undefined {
  const { ids } = call.body;
  return Array.isArray(ids) ? ids.map(String) : undefined;
}

function planOf(call: ControlCall, mode: unknown): WebhookPlan {
  const known = MODES.find((one) => one === mode);
  if (known === undefined) throw new RangeError(`mode is one of ${MODES.join(", ")}`);
  const { topics, count } = call.body;
  return {
    mode: known,
    topics: Array.isArray(topics) ? topics.map(String) : [],
    remaining: typeof count === "number" ? count : null,
  };
}

/** What becomes of webhooks: listed, held, lost, doubled, shuffled, sent again, waited for. */
export const webhookRoutes: Readonly<Record<string, Route>> = {
  "GET webhooks": (call) => {
    const { webhooks } = call.context;
    const only = call.query.has("shop") ? { shop: call.shop } : {};
    const text = (name: string) => call.query.get(name) ?? undefined;
    const found = webhooks.list({
      ...only,
      topic: text("topic"),
      state: text("state"),
      limit: limitOf(call, 100),
    });
    const show = call.query.has("bodies") ? (one: Delivery) => one : brief;
    return { plan: webhooks.currentPlan(), deliveries: found.map(show) };
  },
  "GET webhooks/:id": (call) => {
    const delivery = call.context.webhooks.find(call.id);
    if (delivery === undefined) throw new RangeError("No such delivery");
    return { delivery };
  },
  "POST webhooks/plan": (call) => {
    call.context.webhooks.plan(planOf(call, call.body["mode"]));
    return { plan: call.context.webhooks.currentPlan() };
  },
  "POST webhooks/hold": (call) => {
    call.context.webhooks.plan(planOf(call, "hold"));
    return { plan: call.context.webhooks.currentPlan() };
  },
  "POST webhooks/release": (call) => {
    const { order } = call.body;
    const known = order === "reverse" || order === "shuffle" ? order : "given";
    call.context.webhooks.plan({ mode: "normal", topics: [], remaining: null });
    return { released: call.context.webhooks.release({ ids: idsOf(call), order: known }) };
  },
  "POST webhooks/drop": (call) => ({ dropped: call.context.webhooks.drop(idsOf(call)) }),
  "POST webhooks/:id/redeliver": (call) => {
    const { freshId, toShop, topic } = call.body;
    const copy = call.context.webhooks.redeliver(call.id, {
      freshId: freshId === true,
      shop: typeof toShop === "string" ? toShop : undefined,
      topic: typeof topic === "string" ? topic : undefined,
    });
    if (copy === undefined) throw new RangeError("No such delivery");
    return { delivery: brief(copy) };
  },
  "POST webhooks/drain": (call) => call.context.webhooks.drain(Number(call.body["timeoutMs"] ?? 60_000)),
  "POST webhooks/send": (call) => {
    const { topic, payload } = call.body;
    if (typeof topic !== "string") throw new TypeError("topic is missing");
    call.context.webhooks.emit(call.shop, topic, payload ?? {});
    return { ok: true };
  },
  "GET calls": (call) => ({ calls: call.context.apiLog.list(limitOf(call, 100)) }),
};
