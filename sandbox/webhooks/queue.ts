import type { AppConfig } from "#sandbox/app-config.ts";
import type { AppOptions } from "#sandbox/context.ts";
import type { Store } from "#sandbox/store/store.ts";
import { sendDelivery } from "./send.ts";
import type { Delivery } from "./types.ts";

/** Shopify retries 8 times over 4 hours; here the same number within about half a minute. */
const RETRY_DELAYS_MS = [200, 400, 800, 1600, 3200, 5000, 8000, 12_000];
const CONCURRENCY = 6;
/** How many deliveries are remembered, besides those that are unfinished. */
const KEPT = 4000;
const FAILURES_THAT_DELETE = 8;

export interface DeliverOptions {
  store: Store;
  app: AppOptions;
  config: () => AppConfig;
  now: () => Date;
  retryDelaysMs?: readonly number[] | undefined;
}

/** Deliveries in the order of their events, sent a few at a time. */
export interface DeliveryQueue {
  options: DeliverOptions;
  /** All that are remembered, oldest first. */
  deliveries: Delivery[];
  waiting: Delivery[];
  timers: Set<NodeJS.Timeout>;
  /** Called whenever an attempt has ended. */
  listeners: Set<() => void>;
  running: number;
  closed: boolean;
}

export function createQueue(options: DeliverOptions): DeliveryQueue {
  return {
    options,
    deliveries: [],
    waiting: [],
    timers: new Set(),
    listeners: new Set(),
    running: 0,
    closed: false,
  };
}

/** The deliveries in any of these states. */
export function inState(queue: DeliveryQueue, ...states: Delivery["state"][]): Delivery[] {
  return queue.deliveries.filter((one) => states.includes(one.state));
}

/** Those that still have to be answered; held ones are not. */
export function unfinished(queue: DeliveryQueue): Delivery[] {
  return inState(queue, "queued", "delivering", "waiting");
}

/** Remembers a delivery, forgetting the oldest finished ones. */
export function remember(queue: DeliveryQueue, delivery: Delivery): void {
  queue.deliveries.push(delivery);
  if (queue.deliveries.length <= KEPT * 1.25) return;
  const spare = queue.deliveries.length - KEPT;
  const open = new Set([...unfinished(queue), ...inState(queue, "held")]);
  queue.deliveries = queue.deliveries.filter((one, index) => index >= spare || open.has(one));
}

/** Sends a delivery when its turn comes; not at once, since whoever emits is still in the middle of an action. */
export function enqueue(queue: DeliveryQueue, delivery: Delivery): void {
  delivery.state = "queued";
  queue.waiting.push(delivery);
  setImmediate(pump, queue);
}

/** Enqueues after a while, unless it was dropped meanwhile. */
export function enqueueLater(queue: DeliveryQueue, delivery: Delivery, ms: number): void {
  delivery.state = "waiting";
  const timer = setTimeout(() => {
    queue.timers.delete(timer);
    if (delivery.state === "waiting") enqueue(queue, delivery);
  }, ms);
  queue.timers.add(timer);
}

function pump(queue: DeliveryQueue): void {
  while (!queue.closed && queue.running < CONCURRENCY) {
    const next = queue.waiting.shift();
    if (next === undefined) return;
    if (next.state !== "queued") continue;
    queue.running += 1;
    void attempt(queue, next).finally(() => {
      queue.running -= 1;
      queue.options.store.changed();
      for (const listener of queue.listeners) listener();
      pump(queue);
    });
  }
}

async function attempt(queue: DeliveryQueue, delivery: Delivery): Promise<void> {
  delivery.state = "delivering";
  const at = queue.options.now().toISOString();
  const result = await sendDelivery(queue.options.app, delivery);
  delivery.attempts.push({ at, ...result });
  const accepted = result.status !== null && result.status >= 200 && result.status < 300;
  countFailures(queue, delivery, accepted);
  const delay = (queue.options.retryDelaysMs ?? RETRY_DELAYS_MS)[delivery.attempts.length - 1];
  if (accepted) delivery.state = "delivered";
  else if (queue.closed) delivery.state = "waiting";
  else if (delay === undefined) delivery.state = "failed";
  else enqueueLater(queue, delivery, delay);
}

/** A subscription made through the Admin API is deleted after 8 failures in a row. */
function countFailures(queue: DeliveryQueue, delivery: Delivery, accepted: boolean): void {
  if (delivery.subscriptionId === null) return;
  const subscriptions = queue.options.store.findShop(delivery.shop)?.subscriptions;
  const subscription = subscriptions?.get(delivery.subscriptionId);
  if (subscription === undefined) return;
  subscription.consecutiveFailures = accepted ? 0 : subscription.consecutiveFailures + 1;
  if (subscription.consecutiveFailures >= FAILURES_THAT_DELETE) subscriptions?.delete(subscription.id);
}

/** Waits until nothing is under way, or the time is up. */
export async function drainQueue(queue: DeliveryQueue, timeoutMs: number): Promise<{ pending: number }> {
  const deadline = Date.now() + timeoutMs;
  while (unfinished(queue).length > 0 && Date.now() < deadline && !queue.closed) {
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        queue.listeners.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(500, Math.max(1, deadline - Date.now())));
      queue.listeners.add(wake);
    });
  }
  return { pending: unfinished(queue).length };
}

/** Forgets everything that is not being sent at this moment. */
export function clearQueue(queue: DeliveryQueue): void {
  for (const timer of queue.timers) clearTimeout(timer);
  queue.timers.clear();
  queue.deliveries = [];
  queue.waiting = [];
}

/** Lets what is being sent end, and sends no more. */
export async function closeQueue(queue: DeliveryQueue): Promise<void> {
  queue.closed = true;
  for (const timer of queue.timers) clearTimeout(timer);
  queue.timers.clear();
  while (queue.running > 0) await new Promise((resolve) => setTimeout(resolve, 10));
}
