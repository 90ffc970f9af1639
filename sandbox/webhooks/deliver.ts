import { randomUUID } from "node:crypto";
import {
  clearQueue,
  closeQueue,
  createQueue,
  drainQueue,
  enqueue,
  enqueueLater,
  inState,
  remember,
  unfinished,
} from "./queue.ts";
import type { DeliverOptions, DeliveryQueue } from "./queue.ts";
import { matchSubscriptions, trimPayload } from "./subscriptions.ts";
import type { Delivery } from "./types.ts";
import type { WebhookPlan, Webhooks } from "./webhooks.ts";

const SHUFFLE_WINDOW_MS = 400;
const NORMAL: WebhookPlan = { mode: "normal", topics: [], remaining: null };

/** The delivery engine: what becomes of an event, by the plan of the moment. */
export function createWebhooks(options: DeliverOptions): Webhooks {
  const queue = createQueue(options);
  let plan: WebhookPlan = NORMAL;
  return {
    emit(shop, topic, payload) {
      const made = makeDeliveries(options, shop, topic, payload);
      for (const delivery of made) admit(queue, plan, delivery);
      if (made.length > 0) options.store.changed();
    },
    list: (filter = {}) => listDeliveries(queue, filter),
    find: (id) => queue.deliveries.findLast((one) => one.id === id),
    plan(next) {
      plan = { ...next };
    },
    currentPlan: () => ({ ...plan }),
    release({ ids, order = "given" } = {}) {
      const held = inState(queue, "held").filter((one) => ids === undefined || ids.includes(one.id));
      const ordered = inOrder(held, ids, order);
      for (const one of ordered) enqueue(queue, one);
      return ordered.length;
    },
    drop(ids) {
      const open = inState(queue, "queued", "held", "waiting");
      const lost = open.filter((one) => ids === undefined || ids.includes(one.id));
      for (const one of lost) one.state = "dropped";
      return lost.length;
    },
    redeliver(id, { freshId = false, shop, topic } = {}) {
      const found = queue.deliveries.findLast((one) => one.id === id);
      if (found === undefined) return undefined;
      const changes = { shop: shop ?? found.shop, topic: topic ?? found.topic };
      return sendCopy(queue, found, { ...changes, id: freshId ? randomUUID() : found.id });
    },
    drain: (timeoutMs = 60_000) => drainQueue(queue, timeoutMs),
    snapshot(finished) {
      const kept = new Set([
        ...unfinished(queue),
        ...inState(queue, "held"),
        ...queue.deliveries.slice(-finished),
      ]);
      return queue.deliveries.filter((one) => kept.has(one));
    },
    restore(saved) {
      queue.deliveries = saved;
      for (const one of unfinished(queue)) enqueue(queue, one);
    },
    clear() {
      plan = NORMAL;
      clearQueue(queue);
    },
    close: () => closeQueue(queue),
  };
}

/** One delivery for each subscription to the topic; all of one event share the event id. */
function makeDeliveries(options: DeliverOptions, shop: string, topic: string, payload: unknown): Delivery[] {
  const config = options.config();
  const subscriptions = matchSubscriptions(options.store.shop(shop), config, topic);
  if (subscriptions.length === 0) return [];
  const value = typeof payload === "function" ? (payload as () => unknown)() : payload;
  const eventId = randomUUID();
  return subscriptions.map((subscription) => ({
    id: randomUUID(),
    eventId,
    shop,
    topic,
    uri: subscription.uri,
    name: subscription.name,
    apiVersion: config.apiVersion || "2026-10",
    triggeredAt: options.now().toISOString(),
    body: JSON.stringify(trimPayload(value, subscription.includeFields)),
    state: "queued",
    attempts: [],
    subscriptionId: subscription.id,
    copyOf: null,
  }));
}

function admit(queue: DeliveryQueue, plan: WebhookPlan, delivery: Delivery): void {
  remember(queue, delivery);
  switch (modeFor(plan, delivery.topic)) {
    case "drop":
      delivery.state = "dropped";
      return;
    case "hold":
      delivery.state = "held";
      return;
    case "shuffle":
      enqueueLater(queue, delivery, Math.random() * SHUFFLE_WINDOW_MS);
      return;
    case "duplicate":
      enqueue(queue, delivery);
      sendCopy(queue, delivery, { id: delivery.id });
      return;
    case "normal":
      enqueue(queue, delivery);
  }
}

/** What the plan says of this topic, counting it down. */
function modeFor(plan: WebhookPlan, topic: string): WebhookPlan["mode"] {
  if (plan.topics.length > 0 && !plan.topics.includes(topic)) return "normal";
  if (plan.remaining === null) return plan.mode;
  if (plan.remaining <= 0) return "normal";
  plan.remaining -= 1;
  return plan.mode;
}

function sendCopy(
  queue: DeliveryQueue,
  delivery: Delivery,
  changes: Partial<Pick<Delivery, "id" | "shop" | "topic">>,
): Delivery {
  const copy: Delivery = { ...delivery, ...changes, attempts: [], copyOf: delivery.id };
  remember(queue, copy);
  enqueue(queue, copy);
  return copy;
}

function listDeliveries(
  queue: DeliveryQueue,
  filter: NonNullable<Parameters<Webhooks["list"]>[0]>,
): Delivery[] {
  const wanted = (one: Delivery) =>
    (filter.shop === undefined || one.shop === filter.shop) &&
    (filter.topic === undefined || one.topic === filter.topic) &&
    (filter.state === undefined || one.state === filter.state);
  return queue.deliveries
    .filter(wanted)
    .slice(-(filter.limit ?? queue.deliveries.length))
    .toReversed();
}

function inOrder(
  held: Delivery[],
  ids: readonly string[] | undefined,
  order: "given" | "reverse" | "shuffle",
): Delivery[] {
  if (order === "reverse") return held.toReversed();
  if (order === "shuffle") {
    const dealt = held.map((one) => ({ one, at: Math.random() }));
    return dealt.sort((a, b) => a.at - b.at).map(({ one }) => one);
  }
  return ids === undefined ? held : held.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}
