/**
 * A shop's life on the sandbox, through the app's own doors: webhooks into the inbox, jobs through their handlers, pages of
 * the admin through their routes. For tests about everything the app does: its statements, its log.
 */
import { randomUUID } from "node:crypto";
import { importCsv } from "#app/loyalty/importing/import-rows.server.ts";
import { shopifyContacts } from "#app/loyalty/importing/resolve-contacts.server.ts";
import { publishCampaign, saveCampaign } from "#app/loyalty/earning/campaigns/save-campaign.server.ts";
import { adjustPoints } from "#app/loyalty/members/adjust-points.server.ts";
import { setMemberBlocked } from "#app/loyalty/members/set-member-blocked.server.ts";
import { runNightly } from "#app/loyalty/nightly/run-nightly.server.ts";
import { liveProgram, publishDraft, saveDraft } from "#app/loyalty/program/program.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { claimReferral } from "#app/loyalty/referrals/claim-referral.server.ts";
import { requestRedemption } from "#app/loyalty/rewards/request-redemption.server.ts";
import { setTier } from "#app/loyalty/tiers/set-tier.server.ts";
import { handleWebhook } from "#app/platform/inbox/handle-webhook.server.ts";
import type { TaskName, Tasks } from "#app/platform/jobs/tasks.ts";
import { action as actOnHistory } from "#app/routes/app.history.tsx";
import type { Services } from "#app/services.server.ts";
import { useServices } from "#app/services.server.ts";
import { taskHandlers } from "#app/task-handlers.server.ts";
import { customerPayload } from "#sandbox/webhooks/customer-payload.ts";
import { orderPayload } from "#sandbox/webhooks/order-payload.ts";
import { doublePoints } from "./campaign-fixtures.ts";
import { signIdToken } from "./id-token.ts";
import { SHOP, type ShopOnSandbox } from "./shop-on-sandbox.ts";
import { webhookRequest } from "./webhook.ts";

/** Who lives there; nothing of this may be found where it is not meant to be. */
export const PEOPLE = [
  {
    firstName: "Zebulon",
    lastName: "Quartermaine",
    email: "zebulon@quartermaine.example",
    phone: "+821099990001",
  },
  {
    firstName: "Ottoline",
    lastName: "Featherstonehaugh",
    email: "ottoline@feather.example",
    phone: "+821099990002",
  },
  { firstName: "단비", lastName: "제갈", email: "danbi@jegal.example", phone: "+821099990003" },
] as const;
export const GUEST_EMAIL = "passerby@guest.example";
export const FRIEND_EMAIL = "friend-of@feather.example";

type Door = (args: never) => Promise<unknown>;

export interface WholeLife {
  shop: ShopOnSandbox;
  services: Services;
  /** Asks a route of the admin, as somebody of the shop. */
  visit(
    door: unknown,
    over?: { form?: Record<string, string>; params?: Record<string, string>; search?: string },
  ): Promise<unknown>;
  /** What the worker would do with the shop's jobs that are due within minutes, until none is left. */
  work(): Promise<void>;
  hear(topic: string, body: unknown): Promise<void>;
}

export function wholeLife(shop: ShopOnSandbox): WholeLife {
  const { services } = shop;
  useServices(services);
  return {
    shop,
    services,
    async visit(door, { form, params = {}, search = "" } = {}) {
      const request = new Request(`http://localhost:3000/app${search}`, {
        method: form ? "POST" : "GET",
        headers: {
          authorization: `Bearer ${signIdToken({ shopId: SHOP })}`,
          "x-dangol-locale": "en",
          "user-agent": "Mozilla/5.0 Chrome/156",
        },
        body: form ? new URLSearchParams(form) : null,
      });
      return (door as Door)({ request, params, context: {} } as never);
    },
    work: () => work(services),
    async hear(topic, body) {
      const plain: unknown = JSON.parse(JSON.stringify(body));
      const reply = await handleWebhook(services, webhookRequest({ topic, shopId: SHOP, body: plain }));
      if (reply.status !== 200) throw new Error(`a webhook was answered with ${reply.status}`);
    },
  };
}

const ROUNDS = 400;
const SOON_MS = 600_000;

async function work(services: Services): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const jobs = await services.db.query<{ task: TaskName; payload: Tasks[TaskName] }>(
      `delete from graphile_worker._private_jobs as job using graphile_worker._private_tasks as task
        where task.id = job.task_id and job.payload ->> 'shopId' = $1 and job.run_at <= $2
        returning task.identifier as task, job.payload`,
      [SHOP, new Date(services.now().getTime() + SOON_MS)],
    );
    if (jobs.length === 0) return;
    for (const { task, payload } of jobs) {
      const handler = taskHandlers[task] as (
        services: Services,
        payload: unknown,
        run: { now: Date; attempt: number; maxAttempts: number },
      ) => Promise<void>;
      try {
        await handler(services, payload, { now: services.now(), attempt: 1, maxAttempts: 25 });
      } catch (error) {
        // As the worker does, which tries again; here it is enough that it was said.
        services.log.error("job failed", { task, shopId: SHOP, error });
      }
    }
    // Bulk operations take a moment.
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  throw new Error("the jobs never ended");
}

/** Orders, people and products come by webhook: good ones, late ones, and some that nobody can read. */
export async function liveByWebhooks(life: WholeLife): Promise<{ customers: string[] }> {
  const { shop, hear } = life;
  const { actions, store } = shop.sandbox.control;
  const state = store.shop(SHOP);
  const customers = PEOPLE.map((person) => actions.createCustomer(SHOP, person).id);
  const [one, two, three] = customers as [string, string, string];
  const tell = (topic: string, id: string) => hear(topic, orderPayload(state, state.orders.get(id)!));
  for (const id of customers)
    await hear("customers/create", customerPayload(state.shop, state.customers.get(id)!));
  const orders = [shop.order(one, 3), shop.order(two, 2), shop.order(three, 1)];
  orders.push(shop.order(null, 1, { email: GUEST_EMAIL }));
  for (const { id } of orders) await tell("orders/paid", id);
  await life.work();
  const line = state.orders.get(orders[0]!.id)!.lines[0]!;
  actions.refundOrder(SHOP, { orderId: orders[0]!.id, lines: [{ lineItemId: line.id, quantity: 1 }] });
  await tell("orders/updated", orders[0]!.id);
  actions.cancelOrder(SHOP, { orderId: orders[2]!.id });
  await tell("orders/cancelled", orders[2]!.id);
  await hear("customers/update", {
    id: Number(one),
    email: GUEST_EMAIL,
    verified_email: true,
    first_name: "Zebulon",
  });
  await hear("orders/paid", { id: 1, email: PEOPLE[0].email, customer: { first_name: "Zebulon" } });
  await hear("customers/create", { email: PEOPLE[1].email, last_name: "Featherstonehaugh" });
  const [product] = [...state.products.keys()];
  await hear("products/update", { id: Number(product), vendor: "A vendor", tags: "sale" });
  await hear("collections/update", { id: 1 });
  await life.work();
  return { customers };
}

/** What a merchant does: rules, campaigns, files, tiers, past orders, comparing, settling again, and every night. */
export async function liveByHand(life: WholeLife, customers: readonly string[]): Promise<void> {
  const { services, shop } = life;
  const { db } = services;
  const now = services.now();
  const asked = { shopId: SHOP, actor: "7", now };
  const member = async (customerId: string) => {
    const [row] = await db.query<{ id: string; code: string }>(
      `select member_id as id, referral_code as code from member where shop_id = $1 and customer_id = $2`,
      [SHOP, customerId],
    );
    return row!;
  };
  const one = await member(customers[0]!);
  await publish(life, (settings) => {
    settings.earn.rules = [{ id: "sale", match: "tag", values: ["sale"], points: 9, perMinor: 100 }];
    settings.tiers[1]!.thresholdMinor = 100;
  });
  const campaignId = randomUUID();
  await db.transaction(async (tx) => {
    const settings = doublePoints({ starts: "2020-01-01T00:00", ends: null });
    const { revision } = await saveCampaign(tx, {
      ...asked,
      campaignId,
      settings,
      revision: null,
      eventId: randomUUID(),
    });
    await publishCampaign(tx, { ...asked, campaignId, revision, eventId: randomUUID() });
  });
  await importCsv(services, {
    ...asked,
    bytes: bytesOf(
      `email,points,note\n${PEOPLE[0].email},5000,a note\n${PEOPLE[1].email},-1,\nnobody@nowhere.example,4\nnot an address,1\n`,
    ),
    fileName: "points.csv",
    reason: "Moving in",
    resolve: shopifyContacts(services),
  });
  await importCsv(services, {
    ...asked,
    bytes: bytesOf(`name\n${PEOPLE[0].firstName}\n`),
    fileName: `${PEOPLE[0].lastName}.csv`,
    reason: "Nonsense",
    resolve: shopifyContacts(services),
  });
  const about = { ...asked, memberId: one.id, reason: "a friend of the house" };
  await adjustPoints(services, { ...about, points: 5, idempotencyKey: "adjust" });
  await setTier(services, { ...about, tierId: "gold", locked: false });
  await setMemberBlocked(services, { ...about, blocked: true });
  await setMemberBlocked(services, { ...about, blocked: false });
  const reward = { shopId: SHOP, memberId: one.id, rewardId: "amount-5", idempotencyKey: randomUUID(), now };
  await requestRedemption(services, reward, { patienceMs: 2000 });
  await claimReferral(services, {
    shopId: SHOP,
    code: one.code,
    email: FRIEND_EMAIL,
    ip: "203.0.113.9",
    now,
  });
  await life.work();

  // Some orders that nobody told of; one of them is disputed.
  const { actions } = shop.sandbox.control;
  const [lost] = [shop.order(customers[0]!, 1), shop.order(null, 1, { email: GUEST_EMAIL })];
  await ask(life, { intent: "backfill-start", range: "all" });
  actions.disputeOrder(SHOP, { orderId: lost!.id });
  await ask(life, { intent: "reconcile-now" });
  const runId = randomUUID();
  const [since, until] = ["2020-01-01", now.toISOString().slice(0, 10)];
  await ask(life, { intent: "resettle-preview", since, until, reprice: "on", idempotencyKey: runId });
  await ask(life, { intent: "resettle-apply", runId });
  await runNightly(services, { shopId: SHOP, localDate: until }, { now });
  await life.work();
}

/** Two customers become one, one asks what is held and one to be forgotten. */
export async function liveAndForget(life: WholeLife, customers: readonly string[]): Promise<void> {
  const gid = (id: string) => `gid://shopify/Customer/${id}`;
  await life.hear("customers/merge", {
    admin_graphql_api_customer_kept_id: gid(customers[0]!),
    admin_graphql_api_customer_deleted_id: gid(customers[1]!),
    status: "completed",
  });
  await life.work();
  const about = (index: number, id: string) => ({
    shop_domain: SHOP,
    customer: { id: Number(id), email: PEOPLE[index]!.email, phone: PEOPLE[index]!.phone },
  });
  await life.hear("customers/data_request", { ...about(0, customers[0]!), data_request: { id: 9 } });
  await life.work();
  await life.hear("customers/redact", about(2, customers[2]!));
  await life.work();
}

async function publish(
  { services, work }: WholeLife,
  change: (settings: ProgramSettings) => void,
): Promise<void> {
  const { db } = services;
  const now = services.now();
  const settings = structuredClone((await liveProgram(db, SHOP)).settings);
  change(settings);
  const asked = { shopId: SHOP, actor: "7", now };
  const { version } = await db.transaction((tx) => saveDraft(tx, { ...asked, settings }));
  await db.transaction((tx) => publishDraft(tx, { ...asked, version, eventId: randomUUID() }));
  await work();
}

async function ask(life: WholeLife, form: Record<string, string>): Promise<void> {
  const reply = await life.visit(actOnHistory, { form: { idempotencyKey: randomUUID(), ...form } });
  const { outcome } = ((reply as { data?: object }).data ?? reply) as { outcome?: string };
  if (outcome === undefined || outcome === "busy") throw new Error(`${form["intent"]}: ${outcome}`);
  await life.work();
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
