/** The product, made to do what a history says: through its own doors, with the power cut and the process restarted. */
import { randomBytes, randomUUID } from "node:crypto";
import { vi } from "vitest";
import { localDate } from "#app/loyalty/program/calendar.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import type { ShopifyGateway } from "#app/platform/shopify/gateway.ts";
import type { Services } from "#app/services.server.ts";
import { createFakeDiscounts, unavailable, type FakeDiscounts } from "#tests/support/fake-discounts.ts";
import { testConfig } from "#tests/support/services.ts";
import { isTogether, type Command, type Step } from "./draw-command.ts";
import { orderWebhook, refundWebhook } from "./payloads.ts";
import type * as parts from "./engine-parts.ts";
import { cutPower, PowerCut } from "./power-cut.ts";
import type { ModelShop } from "./shops.ts";
import type { Answer, Delivery } from "./shopify-truth.ts";

type Parts = typeof parts;
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const CONFIG = testConfig();
const ACTOR = "1";

export class Engine {
  readonly shopId: string;
  readonly #shop: ModelShop;
  readonly #url: string;
  #parts: Parts;
  #db: Database;
  readonly #fake: FakeDiscounts = createFakeDiscounts();
  #answer: Answer = "ok";
  /** By the shopper's key: what the redemption is called on our side. */
  readonly #codes = new Map<string, { redemptionId: string; code: string }>();
  #used: ReadonlySet<string> = new Set();
  /** Redemptions whose jobs were taken from the queue and are not done. */
  readonly #jobs = new Set<string>();

  private constructor(loaded: Parts, url: string, shop: ModelShop, shopId: string) {
    this.#parts = loaded;
    this.#url = url;
    this.#shop = shop;
    this.shopId = shopId;
    this.#db = loaded.openDatabase({ connectionString: url, max: 2 });
  }

  /** A shop of its own, with this program. */
  static async open(url: string, shop: ModelShop, program: ProgramSettings, at: Date): Promise<Engine> {
    const shopId = `model-${randomUUID()}.myshopify.com`;
    const engine = new Engine(await import("./engine-parts.ts"), url, shop, shopId);
    await engine.#db.query(
      `insert into shop (shop_id, name, currency, currency_exponent, time_zone, locale, storefront_url, installed_at)
       values ($1, 'A shop', $2, $3, $4, 'en', 'https://' || $1, $5)`,
      [shopId, shop.currency, shop.currencyExponent, shop.timeZone, at],
    );
    await engine.#db.query(
      `insert into program_version (shop_id, version, status, settings, created_at, created_by, published_at)
       values ($1, 1, 'live', $2::jsonb, $3, 'system', $3)`,
      [shopId, JSON.stringify(program), at],
    );
    return engine;
  }

  get db(): Database {
    return this.#db;
  }
  close(): Promise<void> {
    return this.#db.close();
  }
  /** What the ledger's own audit finds wrong. */
  async audit(): Promise<string[]> {
    const { discrepancies } = await this.#parts.auditLedger(this.#db, { shopIds: [this.shopId] });
    return discrepancies.map((entry) => JSON.stringify(entry));
  }

  /** Does the step; when the power goes in it, once more from the start, as a queue or a shopper would. */
  async apply(step: Step): Promise<void> {
    this.#answer = "answer" in step ? step.answer : "ok";
    if (step.kind === "restart") return this.#restart(step.at);
    if (step.cutAt === null) return this.#do(step, step.at, this.#services(this.#db, step.at), false);
    try {
      await this.#do(step, step.at, this.#services(cutPower(this.#db, step.cutAt), step.at), false);
      // What shoppers wait for answers within seconds, whatever becomes of it: its failures are its job's to mend.
      if (step.kind !== "redeem" && step.kind !== "cancel") return;
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    await this.#do(step, step.at, this.#services(this.#db, step.at), true);
  }

  /** Pool, services and every module of the product are thrown away: nothing that matters was kept in them. */
  async #restart(at: Date): Promise<void> {
    await this.#db.close();
    if (at.getTime() % 4 === 0) {
      vi.resetModules();
      this.#parts = await import("./engine-parts.ts");
    }
    this.#db = this.#parts.openDatabase({ connectionString: this.#url, max: 2 });
  }

  #services(db: Database, at: Date): Services {
    const shopify: ShopifyGateway = { request: (...call) => this.#ask(...call) };
    const prisma = undefined as unknown as Services["prisma"];
    return {
      config: CONFIG,
      prisma,
      db,
      shopify,
      log: silent,
      now: () => at,
      newId: randomUUID,
      randomBytes,
    };
  }

  #ask: ShopifyGateway["request"] = async (shop, operation, variables, options) => {
    if (this.#answer === "down") return { ok: false, failure: unavailable };
    const creates = JSON.stringify(operation).includes("DiscountCodeBasicCreate");
    if (this.#answer === "refuse" && creates) {
      this.#fake.fail("DiscountCodeBasicCreate", { when: "instead", userError: "INVALID" });
    }
    const reply = await this.#fake.request(shop, operation, variables, options);
    return this.#answer === "lost" ? { ok: false, failure: unavailable } : reply;
  };

  async #do(
    step: Exclude<Step, { kind: "restart" }>,
    now: Date,
    services: Services,
    again: boolean,
  ): Promise<void> {
    const { shopId } = this;
    switch (step.kind) {
      case "deliver":
        return isTogether(step)
          ? this.#deliverTogether(services, step.deliveries, now)
          : this.#deliver(services, step.deliveries, now);
      case "redeem":
        return this.#redeem(services, step, now, again);
      case "cancel":
        return this.#cancel(services, step, now, again);
      case "try_again":
        this.#used = step.used;
        return this.#tryAgain(services, now);
      case "adjust": {
        const memberId = await this.#member(services, step.customer, now);
        const { key: idempotencyKey, points } = step;
        await this.#parts.adjustPoints(services, {
          shopId,
          memberId,
          points,
          reason: "why",
          actor: ACTOR,
          idempotencyKey,
          now,
        });
        return;
      }
      case "block": {
        const memberId = await this.#member(services, step.customer, now);
        await this.#parts.setMemberBlocked(services, {
          shopId,
          memberId,
          blocked: step.blocked,
          actor: ACTOR,
          reason: "why",
          now,
        });
        return step.blocked ? undefined : this.#settleAfterBlock(services, now);
      }
      case "publish":
        return this.#publish(services, step.program, now);
      case "night": {
        await this.#parts.runNightly(
          services,
          { shopId, localDate: localDate(now, this.#shop.timeZone) },
          { now },
        );
        return;
      }
    }
  }

  /** Its jobs, in the sequence in which they were queued. */
  async #settleAfterBlock(services: Services, now: Date): Promise<void> {
    const { shopId } = this;
    const jobs = await services.db.query<{ id: string; orderId: string }>(
      `select job.id::text, job.payload ->> 'orderId' as "orderId" from graphile_worker._private_jobs job
         join graphile_worker._private_tasks task on task.id = job.task_id
        where task.identifier = 'settle-order' and job.payload ->> 'shopId' = $1 order by job.id`,
      [shopId],
    );
    for (const { id, orderId } of jobs) {
      await this.#parts.settleOrderJob(services, { shopId, orderId }, { now });
      await services.db.query(`delete from graphile_worker._private_jobs where id = $1`, [id]);
    }
  }

  async #publish(services: Services, settings: ProgramSettings, now: Date): Promise<void> {
    const { shopId } = this;
    const { saveDraft, publishDraft, raiseAfterPublish } = this.#parts;
    const { version } = await services.db.transaction((tx) =>
      saveDraft(tx, { shopId, settings, actor: ACTOR, now }),
    );
    const eventId = randomUUID();
    await services.db.transaction((tx) => publishDraft(tx, { shopId, version, actor: ACTOR, now, eventId }));
    const jobs = await services.db.query(
      `select 1 from graphile_worker._private_jobs job
         join graphile_worker._private_tasks task on task.id = job.task_id
        where task.identifier = 'raise-tiers' and job.payload ->> 'shopId' = $1`,
      [shopId],
    );
    if (jobs.length > 0) await raiseAfterPublish(services, { shopId }, { now });
  }

  async #member(services: Services, customerId: string, now: Date): Promise<string> {
    const { shopId } = this;
    const args = { shopId, customerId, now, newId: randomUUID, randomBytes };
    const member = await services.db.transaction((tx) => this.#parts.ensureMember(tx, args));
    return member!.memberId;
  }

  /** As the webhook's route and its job do: stored with its job, then acted on. */
  async #deliver(services: Services, deliveries: readonly Delivery[], now: Date): Promise<void> {
    const { shopId } = this;
    const stored = deliveries.map((delivery) => {
      const { topic, payload } = this.#webhook(delivery);
      const head = {
        shopId,
        webhookId: delivery.webhookId,
        shopifyEventId: null,
        triggeredAt: null,
        receivedAt: now,
      };
      return { ...head, topic, payload: Buffer.from(JSON.stringify(payload)) };
    });
    await this.#parts.storeDeliveries(services.db, stored);
    for (const { webhookId } of stored) {
      const { outcome } = await this.#parts.processInboxEvent(services, { shopId, webhookId }, { now });
      if (outcome !== "settled" && outcome !== "seen") throw new Error(`webhook ${webhookId} is ${outcome}`);
    }
  }

  /** As reconciliation and past orders do: all are recorded and settled as one set. */
  async #deliverTogether(services: Services, deliveries: readonly Delivery[], now: Date): Promise<void> {
    const { shopId } = this;
    const { currencyExponent: exponent } = this.#shop;
    const { readOrderPayload, recordDocuments, recordRefund, settleOrders } = this.#parts;
    const rounds: Map<string, ReturnType<typeof readOrderPayload>>[] = [];
    const orderIds = new Set<string>();
    for (const delivery of deliveries) {
      if (delivery.about === "refund") orderIds.add(delivery.order);
      if (delivery.about !== "order") continue;
      const { id } = delivery.state;
      orderIds.add(id);
      const free = rounds.find((round) => !round.has(id)) ?? new Map();
      if (free.size === 0) rounds.push(free);
      free.set(id, readOrderPayload(this.#webhook(delivery).payload));
    }
    await services.db.transaction(async (tx) => {
      for (const round of rounds) {
        const states = [...round.values()].map((state) => ({ ...state, emailHash: null }));
        await recordDocuments(tx, { shopId, states });
      }
      for (const delivery of deliveries) {
        if (delivery.about !== "refund") continue;
        await recordRefund(tx, { shopId, payload: this.#webhook(delivery).payload, exponent });
      }
      await settleOrders(tx, { shopId, orderIds: [...orderIds], now, newId: randomUUID, randomBytes });
    });
  }

  #webhook(delivery: Delivery): { topic: string; payload: Record<string, unknown> } {
    switch (delivery.about) {
      case "order": {
        const { redemption } = delivery.state;
        const code = redemption === null ? null : (this.#codes.get(redemption)?.code ?? null);
        return { topic: delivery.topic, payload: orderWebhook(delivery.state, this.#shop, code) };
      }
      case "refund":
        return {
          topic: "refunds/create",
          payload: refundWebhook(delivery.order, delivery.refund, this.#shop),
        };
      case "merge": {
        const gid = (customer: string) => `gid://shopify/Customer/${customer}`;
        this.#rebind(gid(delivery.kept), gid(delivery.gone));
        const payload = {
          admin_graphql_api_customer_kept_id: gid(delivery.kept),
          admin_graphql_api_customer_deleted_id: gid(delivery.gone),
          status: "completed",
        };
        return { topic: "customers/merge", payload };
      }
    }
  }

  /** Codes made for the customer who is gone are the kept one's from then on. */
  #rebind(kept: string, gone: string): void {
    for (const { customerGids } of this.#fake.discounts) if (customerGids[0] === gone) customerGids[0] = kept;
  }

  async #redeem(
    services: Services,
    step: Extract<Command, { kind: "redeem" }>,
    now: Date,
    again: boolean,
  ): Promise<void> {
    const { shopId } = this;
    const memberId = await this.#member(services, step.customer, now);
    const { rewardId, key: idempotencyKey } = step;
    const result = await this.#parts.requestRedemption(services, {
      shopId,
      memberId,
      rewardId,
      idempotencyKey,
      now,
    });
    if (result.outcome !== "redeemed" && result.outcome !== "failed") return;
    const { redemptionId, code } = result.redemption;
    this.#codes.set(step.key, { redemptionId, code });
    // Broken off between the hold and Shopify's answer, its job finishes it.
    if (again) await this.#parts.fulfilRedemption(services, { shopId, redemptionId }, { now });
  }

  async #cancel(
    services: Services,
    step: Extract<Command, { kind: "cancel" }>,
    now: Date,
    again: boolean,
  ): Promise<void> {
    const { shopId } = this;
    const redemptionId = this.#codes.get(step.key)?.redemptionId;
    if (redemptionId === undefined) return;
    this.#countUse(step.key, step.used);
    const [row] = await services.db.query<{ memberId: string }>(
      `select member_id as "memberId" from redemption where shop_id = $1 and redemption_id = $2`,
      [shopId, redemptionId],
    );
    await this.#parts.cancelRedemption(services, { shopId, memberId: row!.memberId, redemptionId, now });
    if (again) await this.#parts.closeRedemption(services, { shopId, redemptionId }, { now });
  }

  #countUse(key: string, used: boolean): void {
    const code = this.#codes.get(key)?.code;
    const discount = this.#fake.discounts.find((entry) => entry.code === code);
    if (discount && used) discount.usageCount = 1;
  }

  /** What the worker does with the jobs of rewards: one redemption after the other, the oldest first. */
  async #tryAgain(services: Services, now: Date): Promise<void> {
    const { shopId } = this;
    for (const redemptionId of await this.#takeJobs()) this.#jobs.add(redemptionId);
    for (const [key, { redemptionId }] of this.#codes) {
      this.#countUse(key, this.#used.has(key));
      if (!this.#jobs.has(redemptionId)) continue;
      await this.#parts.fulfilRedemption(services, { shopId, redemptionId }, { now });
      await this.#parts.closeRedemption(services, { shopId, redemptionId }, { now });
      this.#jobs.delete(redemptionId);
    }
  }

  /** Empties the shop's queue; returns the redemptions that something was waiting to be done about. */
  async #takeJobs(): Promise<string[]> {
    const rows = await this.#db.query<{ redemptionId: string | null }>(
      `delete from graphile_worker._private_jobs as job using graphile_worker._private_tasks as task
        where task.id = job.task_id and job.payload ->> 'shopId' = $1
        returning case when task.identifier in ('fulfil-redemption', 'close-redemption')
                       then job.payload ->> 'redemptionId' end as "redemptionId"`,
      [this.shopId],
    );
    return rows.flatMap(({ redemptionId }) => redemptionId ?? []);
  }
}
