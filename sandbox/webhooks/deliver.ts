import { randomUUID } from "node:crypto";
import type { AppConfig } from "#sandbox/app-config.ts";
import type { AppOptions } from "#sandbox/context.ts";
import type { Store } from "#sandbox/store/store.ts";
import { sendDelivery } from "./send.ts";
import { matchSubscriptions, trimPayload } from "./subscriptions.ts";
import type { Delivery } from "./types.ts";
import type { WebhookPlan, Webhooks } from "./webhooks.ts";

/** Shopify retries 8 times over 4 hours; here the same number within about half a minute. */
const RETRY_DELAYS_MS = [200, 400, 800, 1600, 3200, 5000, 8000, 12_000];
const CONCURRENCY = 6;
const KEPT = 4000;
const SHUFFLE_WINDOW_MS = 400;
const FAILURES_THAT_DELETE = 8;

export interface DeliverOptions {
  store: Store;
  app: AppOptions;
  config: () => AppConfig;
  now: () => Date;
  retryDelaysMs?: readonly number[] | undefined;
}

/** The delivery engine: a queue in the order of events, a few at a time, with retries. */
export function createWebhooks(options: DeliverOptions): Webhooks {
  const delays = options.retryDelaysMs ?? RETRY_DELAYS_MS;
  const timers = new Set<NodeJS.Timeout>();
  const waiters = new Set<() => void>();
  let deliveries: Delivery[] = [];
  let queue: Delivery[] = [];
  let running = 0;
  let closed = false;
  let plan: WebhookPlan = { mode: "normal", topics: [], remaining: null };

  const byState = (...states: Delivery["state"][]) => deliveries.filter((one) => states.includes(one.state));
  const pending = () => byState("queued", "delivering", "waiting").length;

  function later(ms: number, task: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      task();
    }, ms);
    timers.add(timer);
  }

  function enqueue(delivery: Delivery): void {
    delivery.state = "queued";
    queue.push(delivery);
    // Not at once: whoever emits is still in the middle of an action.
    setImmediate(pump);
  }

  function pump(): void {
    while (!closed && running < CONCURRENCY) {
      const next = queue.shift();
      if (next === undefined) break;
      if (next.state !== "queued") continue;
      running += 1;
      void attempt(next).finally(() => {
        running -= 1;
        options.store.changed();
        for (const waiter of waiters) waiter();
        pump();
      });
    }
  }

  async function attempt(delivery: Delivery): Promise<void> {
    delivery.state = "delivering";
    const startedAt = options.now().toISOString();
    const result = await sendDelivery(options.app, delivery);
    delivery.attempts.push({ at: startedAt, ...result });
    const accepted = result.status !== null && result.status >= 200 && result.status < 300;
    countFailures(delivery, accepted);
    if (accepted) {
      delivery.state = "delivered";
      return;
    }
    const delay = delays[delivery.attempts.length - 1];
    if (delay === undefined || closed) {
      delivery.state = "failed";
      return;
    }
    delivery.state = "waiting";
    later(delay, () => {
      if (delivery.state === "waiting") enqueue(delivery);
    });
  }

  /** A subscription made through the Admin API is deleted after 8 failures in a row. */
  function countFailures(delivery: Delivery, accepted: boolean): void {
    if (delivery.subscriptionId === null) return;
    const subscriptions = options.store.findShop(delivery.shop)?.subscriptions;
    const subscription = subscriptions?.get(delivery.subscriptionId);
    if (subscription === undefined) return;
    subscription.consecutiveFailures = accepted ? 0 : subscription.consecutiveFailures + 1;
    if (subscription.consecutiveFailures >= FAILURES_THAT_DELETE) subscriptions?.delete(subscription.id);
  }

  function planFor(topic: string): WebhookPlan["mode"] {
    if (plan.mode === "normal" || (plan.topics.length > 0 && !plan.topics.includes(topic))) return "normal";
    if (plan.remaining === null) return plan.mode;
    if (plan.remaining <= 0) return "normal";
    plan.remaining -= 1;
    return plan.mode;
  }

  function admit(delivery: Delivery): void {
    deliveries.push(delivery);
    if (deliveries.length > KEPT * 1.25) {
      const spare = deliveries.length - KEPT;
      const open = new Set(byState("queued", "held", "delivering", "waiting"));
      deliveries = deliveries.filter((one, index) => index >= spare || open.has(one));
    }
    switch (planFor(delivery.topic)) {
      case "drop":
        delivery.state = "dropped";
        return;
      case "hold":
        delivery.state = "held";
        return;
      case "shuffle":
        delivery.state = "waiting";
        later(Math.random() * SHUFFLE_WINDOW_MS, () => {
          if (delivery.state === "waiting") enqueue(delivery);
        });
        return;
      case "duplicate":
        enqueue(delivery);
        copyOf(delivery, delivery.id);
        return;
      case "normal":
        enqueue(delivery);
    }
  }

  function copyOf(delivery: Delivery, id: string, changes: { shop?: string | undefined; topic?: string | undefined } = {}): Delivery {
    const copy: Delivery = {
      ...delivery,
      id,
      shop: changes.shop ?? delivery.shop,
      topic: changes.topic ?? delivery.topic,
      attempts: [],
      copyOf: delivery.id,
    };
    deliveries.push(copy);
    enqueue(copy);
    return copy;
  }

  const webhooks: Webhooks = {
    emit(shop, topic, payload) {
      const state = options.store.shop(shop);
      const subscriptions = matchSubscriptions(state, options.config(), topic);
      if (subscriptions.length === 0) return;
      const value = typeof payload === "function" ? (payload as () => unknown)() : payload;
      const eventId = randomUUID();
      const triggeredAt = options.now().toISOString();
      for (const subscription of subscriptions) {
        admit({
          id: randomUUID(),
          eventId,
          shop,
          topic,
          uri: subscription.uri,
          name: subscription.name,
          apiVersion: options.config().apiVersion || "2026-10",
          triggeredAt,
          body: JSON.stringify(trimPayload(value, subscription.includeFields)),
          state: "queued",
          attempts: [],
          subscriptionId: subscription.id,
          copyOf: null,
        });
      }
      options.store.changed();
    },
    list(filter = {}) {
      const found: Delivery[] = [];
      for (let index = deliveries.length - 1; index >= 0 && found.length < (filter.limit ?? KEPT); index -= 1) {
        const one = deliveries[index];
        if (one === undefined) continue;
        if (filter.shop !== undefined && one.shop !== filter.shop) continue;
        if (filter.topic !== undefined && one.topic !== filter.topic) continue;
        if (filter.state !== undefined && one.state !== filter.state) continue;
        found.push(one);
      }
      return found;
    },
    find: (id) => deliveries.findLast((one) => one.id === id),
    plan(next) {
      plan = { ...next };
    },
    currentPlan: () => ({ ...plan }),
    release(release = {}) {
      const held = byState("held").filter((one) => release.ids === undefined || release.ids.includes(one.id));
      const ordered = orderHeld(held, release.ids, release.order ?? "given");
      for (const one of ordered) enqueue(one);
      return ordered.length;
    },
    drop(ids) {
      const lost = byState("queued", "held", "waiting").filter((one) => ids === undefined || ids.includes(one.id));
      for (const one of lost) one.state = "dropped";
      return lost.length;
    },
    redeliver(id, redelivery = {}) {
      const found = webhooks.find(id);
      if (found === undefined) return undefined;
      return copyOf(found, redelivery.freshId === true ? randomUUID() : found.id, redelivery);
    },
    async drain(timeoutMs = 60_000) {
      const deadline = Date.now() + timeoutMs;
      while (pending() > 0 && Date.now() < deadline && !closed) {
        await new Promise<void>((resolve) => {
          const wake = () => {
            clearTimeout(timer);
            waiters.delete(wake);
            resolve();
          };
          const timer = setTimeout(wake, Math.min(500, Math.max(1, deadline - Date.now())));
          waiters.add(wake);
        });
      }
      return { pending: pending() };
    },
    snapshot: (finished) => {
      const open = new Set(byState("queued", "held", "delivering", "waiting"));
      const recent = new Set(deliveries.slice(-finished));
      return deliveries.filter((one) => open.has(one) || recent.has(one));
    },
    restore(saved) {
      deliveries = saved;
      for (const one of saved) if (one.state === "queued" || one.state === "delivering" || one.state === "waiting") enqueue(one);
    },
    clear() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      deliveries = [];
      queue = [];
      plan = { mode: "normal", topics: [], remaining: null };
    },
    async close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      while (running > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    },
  };
  return webhooks;
}

function orderHeld(held: Delivery[], ids: readonly string[] | undefined, order: "given" | "reverse" | "shuffle"): Delivery[] {
  if (order === "reverse") return held.reverse();
  if (order === "shuffle") return held.map((one) => ({ one, at: Math.random() })).sort((a, b) => a.at - b.at).map((entry) => entry.one);
  if (ids === undefined) return held;
  return held.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}
