import type { Delivery } from "./types.ts";

/** What a control call can do to the deliveries to come. */
export interface WebhookPlan {
  /** `hold` queues without sending; `drop` loses; `duplicate` sends twice; `shuffle` sends what is queued in random order. */
  mode: "normal" | "hold" | "drop" | "duplicate" | "shuffle";
  /** Only these topics; empty for all. */
  topics: string[];
  /** How many deliveries it still applies to; null until changed. */
  remaining: number | null;
}

export interface Webhooks {
  /** Queues an event for every subscription to its topic. A payload that is a function is made only when somebody listens. */
  emit(shop: string, topic: string, payload: unknown): void;
  /** Newest first. */
  list(filter?: {
    shop?: string | undefined;
    topic?: string | undefined;
    state?: string | undefined;
    limit?: number | undefined;
  }): Delivery[];
  find(id: string): Delivery | undefined;
  plan(plan: WebhookPlan): void;
  currentPlan(): WebhookPlan;
  /** Sends what is held (those ids or all), in the order given, reversed or shuffled. Returns how many. */
  release(options?: {
    ids?: string[] | undefined;
    order?: "given" | "reverse" | "shuffle" | undefined;
  }): number;
  /** Loses what is queued or held. Returns how many. */
  drop(ids?: string[]): number;
  /** Sends one again: the same webhook id as a retry, or a fresh one as a replay. */
  redeliver(
    id: string,
    options?: { freshId?: boolean | undefined; shop?: string | undefined; topic?: string | undefined },
  ): Delivery | undefined;
  /** Resolves when nothing is queued, under way or waiting for a retry; held ones do not count. */
  drain(timeoutMs?: number): Promise<{ pending: number }>;
  /** What to write to disk: all that is unfinished and the last of the finished. */
  snapshot(finished: number): Delivery[];
  /** Takes up what was written to disk; what was under way is sent again. */
  restore(saved: Delivery[]): void;
  clear(): void;
  close(): Promise<void>;
}
