import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { campaignToForm, newCampaign } from "#app/components/campaigns/campaign-form.ts";
import type { CampaignForm } from "#app/components/campaigns/campaign-form.ts";
import * as edit from "#app/routes/app.campaigns.$campaignId.tsx";
import * as list from "#app/routes/app.campaigns._index.tsx";
import * as create from "#app/routes/app.campaigns.new.tsx";
import * as reach from "#app/routes/app.campaigns.reach.tsx";
import { useServices } from "#app/services.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { signIdToken } from "#tests/support/id-token.ts";
import { createMember, createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { testServices } from "#tests/support/services.ts";
import { signsInAndAnswers, startStubShopify, type StubShopify } from "#tests/support/stub-shopify.ts";

const database = useTestDatabase();
let stub: StubShopify;
let ours: string;
let theirs: string;

beforeAll(async () => {
  stub = await startStubShopify();
  stub.answer = signsInAndAnswers({});
  const environment = { SHOPIFY_SANDBOX_URL: stub.url };
  useServices(testServices(database.db, { environment, overrides: { now: () => NOW } }));
  [ours, theirs] = [await createShop(database.db), await createShop(database.db)];
  await createMember(database.db, ours, "7001");
});
afterAll(async () => {
  useServices(undefined);
  await stub.close();
});

type Door = (args: never) => unknown;

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** What a route answers to somebody of the shop; what it throws, too. */
async function visit(
  door: Door,
  ask: { shopId?: string; form?: Record<string, string>; id?: string; search?: string; locale?: string } = {},
): Promise<Answer> {
  const { shopId = ours, form, id, search = "", locale = "en" } = ask;
  const request = new Request(`http://localhost:3000/app${search}`, {
    method: form ? "POST" : "GET",
    headers: {
      authorization: `Bearer ${signIdToken({ shopId })}`,
      "x-dangol-locale": locale,
      "user-agent": "Mozilla/5.0 Chrome/156",
    },
    body: form ? new URLSearchParams({ idempotencyKey: randomUUID(), ...form }) : null,
  });
  const params = id === undefined ? {} : { campaignId: id };
  const reply = await Promise.resolve(door({ request, params, context: {} } as never)).catch(
    (thrown: unknown) => thrown,
  );
  if (reply instanceof Error) throw reply;
  if (reply instanceof Response) {
    const body = reply.ok ? ((await reply.json()) as Record<string, unknown>) : {};
    return { status: reply.status, body };
  }
  const wrapped = reply as { type?: string; data?: Record<string, unknown>; init?: { status?: number } };
  if (wrapped.type === "DataWithResponseInit")
    return { status: wrapped.init?.status ?? 200, body: wrapped.data ?? {} };
  return { status: 200, body: reply as Record<string, unknown> };
}

function typed(change: (form: CampaignForm) => void = () => {}): string {
  const form = campaignToForm(newCampaign(NOW, "America/New_York"), 2);
  form.name = { en: "Double week", ko: "두 배 주간" };
  change(form);
  return JSON.stringify(form);
}

async function created(change?: (form: CampaignForm) => void, shopId = ours): Promise<string> {
  const id = randomUUID();
  const form = { intent: "save", idempotencyKey: id, form: typed(change) };
  expect(await visit(create.action, { shopId, form })).toMatchObject({ body: { outcome: "created" } });
  return id;
}

const published = async (change?: (form: CampaignForm) => void, shopId = ours): Promise<string> => {
  const id = await created(change, shopId);
  const answer = await visit(edit.action, { shopId, id, form: { intent: "publish", revision: "1" } });
  expect(answer.body).toMatchObject({ outcome: "published", done: true });
  return id;
};

const rows = (id: string) =>
  database.db.query<{ shopId: string; status: string; revision: number; settings: { budget: number } }>(
    `select shop_id as "shopId", status, revision, settings from campaign where campaign_id = $1`,
    [id],
  );
const audits = async (id: string): Promise<string[]> =>
  (
    await database.db.query<{ action: string }>(
      `select action from audit_event where subject = $1 order by at, action`,
      [`campaign:${id}`],
    )
  ).map(({ action }) => action);

describe("making one", () => {
  test("posted twice makes one, and the same key with other words makes no second", async () => {
    const idempotencyKey = randomUUID();
    const form = { intent: "save", idempotencyKey, form: typed() };
    expect(await visit(create.action, { form })).toMatchObject({
      status: 200,
      body: { outcome: "created", done: true, campaignId: idempotencyKey, toast: expect.any(String) },
    });
    expect(await visit(create.action, { form })).toMatchObject({
      status: 200,
      body: { outcome: "unchanged", done: true, campaignId: idempotencyKey },
    });
    const other = { ...form, form: typed((campaign) => (campaign.multiplier = "3")) };
    expect(await visit(create.action, { form: other })).toMatchObject({
      status: 409,
      body: { outcome: "campaign_changed", done: false, revision: 1 },
    });
    expect(await rows(idempotencyKey)).toMatchObject([{ shopId: ours, status: "draft", revision: 1 }]);
    expect(await audits(idempotencyKey)).toEqual(["campaign.create"]);
  });

  test("ten clicks at once make one", async () => {
    const form = { intent: "save", idempotencyKey: randomUUID(), form: typed() };
    const answers = await Promise.all(Array.from({ length: 10 }, () => visit(create.action, { form })));
    expect(await rows(form.idempotencyKey)).toHaveLength(1);
    expect(await audits(form.idempotencyKey)).toEqual(["campaign.create"]);
    const outcomes = answers.map(({ body }) => body["outcome"]).toSorted();
    expect(outcomes).toEqual(["created", ...Array.from({ length: 9 }, () => "unchanged")]);
  });

  test.each(["en", "ko"])(
    "what makes no sense is refused at its field, in %s, and nothing is kept",
    async (locale) => {
      const wrong = typed((form) =>
        Object.assign(form, { multiplier: "0", endsDate: "2020-01-01", budget: "0" }),
      );
      const form = { intent: "save", idempotencyKey: randomUUID(), form: wrong };
      const { status, body } = await visit(create.action, { form, locale });
      expect(status).toBe(422);
      expect(body).toMatchObject({ outcome: "invalid", done: false, problem: expect.stringMatching(/3/) });
      expect((body["issues"] as { path: string }[]).map(({ path }) => path).toSorted()).toEqual([
        "award.multiplier",
        "budget",
        "ends",
      ]);
      expect(await rows(form.idempotencyKey)).toEqual([]);
    },
  );

  test.each<[string, Record<string, string>]>([
    ["no form", { intent: "save" }],
    ["no JSON", { intent: "save", form: "{" }],
    ["another's form", { intent: "save", form: "{}" }],
    ["a field too many", { intent: "save", form: typed((form) => Object.assign(form, { shopId: "x" })) }],
    ["a key that is no uuid", { intent: "save", form: typed(), idempotencyKey: "1" }],
    ["an intent of the other page", { intent: "publish", revision: "1" }],
  ])("%s is refused as a whole", async (_name, form) => {
    expect((await visit(create.action, { form })).status).toBe(422);
  });
});

describe("its life", () => {
  test("saved, published, changed while live, ended: each twice is once", async () => {
    const id = await created();
    const save = { intent: "save", revision: "1", form: typed((form) => (form.budget = "5,000")) };
    expect((await visit(edit.action, { id, form: save })).body).toMatchObject({ outcome: "saved" });
    expect((await visit(edit.action, { id, form: save })).body).toMatchObject({ outcome: "unchanged" });
    for (const outcome of ["published", "already_published"]) {
      const { status, body } = await visit(edit.action, { id, form: { intent: "publish", revision: "2" } });
      expect([status, body["outcome"], body["done"]]).toEqual([200, outcome, true]);
    }
    const more = { intent: "save", revision: "2", form: typed((form) => (form.budget = "9,000")) };
    expect((await visit(edit.action, { id, form: more })).body).toMatchObject({ outcome: "saved" });
    for (const outcome of ["ended", "already_ended"]) {
      const { status, body } = await visit(edit.action, { id, form: { intent: "end" } });
      expect([status, body["outcome"], body["done"]]).toEqual([200, outcome, true]);
    }
    expect(await rows(id)).toMatchObject([{ status: "ended", revision: 3, settings: { budget: 9_000 } }]);
    expect((await audits(id)).toSorted()).toEqual([
      "campaign.create",
      "campaign.end",
      "campaign.publish",
      "campaign.save",
      "campaign.save",
    ]);
    const late = { intent: "save", revision: "3", form: typed((form) => (form.budget = "1")) };
    expect(await visit(edit.action, { id, form: late })).toMatchObject({
      status: 409,
      body: { outcome: "campaign_ended", problem: expect.any(String) },
    });
    expect(await visit(edit.action, { id, form: { intent: "publish", revision: "3" } })).toMatchObject({
      status: 409,
      body: { outcome: "campaign_ended" },
    });
  });

  test("somebody else was first: nothing is overwritten until it is said so", async () => {
    const id = await created();
    const first = { intent: "save", revision: "1", form: typed((form) => (form.budget = "100")) };
    await visit(edit.action, { id, form: first });
    const second = { intent: "save", revision: "1", form: typed((form) => (form.budget = "200")) };
    expect(await visit(edit.action, { id, form: second })).toMatchObject({
      status: 409,
      body: { outcome: "campaign_changed", done: false, revision: 2, problem: expect.any(String) },
    });
    expect(await visit(edit.action, { id, form: { intent: "publish", revision: "1" } })).toMatchObject({
      status: 409,
      body: { outcome: "campaign_changed" },
    });
    expect(await rows(id)).toMatchObject([{ status: "draft", settings: { budget: 100 } }]);
    const mine = { ...second, revision: "2" };
    expect((await visit(edit.action, { id, form: mine })).body).toMatchObject({ outcome: "saved" });
  });

  test("a draft is deleted, twice as once; what was published is not", async () => {
    const id = await created();
    for (const outcome of ["deleted", "gone"]) {
      const { status, body } = await visit(edit.action, { id, form: { intent: "delete" } });
      expect([status, body["outcome"]]).toEqual([200, outcome]);
    }
    expect(await rows(id)).toEqual([]);
    expect((await visit(edit.loader, { id })).status).toBe(404);
    const late = { intent: "save", revision: "1", form: typed() };
    expect(await visit(edit.action, { id, form: late })).toMatchObject({
      status: 404,
      body: { outcome: "gone", problem: expect.any(String) },
    });
    // Kept all the same, when that is said: it is made anew.
    expect((await visit(edit.action, { id, form: { ...late, revision: "" } })).body).toMatchObject({
      outcome: "created",
    });
    const live = await published();
    expect(await visit(edit.action, { id: live, form: { intent: "delete" } })).toMatchObject({
      status: 409,
      body: { outcome: "campaign_not_draft", problem: expect.any(String) },
    });
    expect(await rows(live)).toMatchObject([{ status: "published" }]);
  });

  test("a draft whose time is over is not published", async () => {
    const id = await created((form) =>
      Object.assign(form, { startsDate: "2026-01-01", endsDate: "2026-01-02" }),
    );
    expect(await visit(edit.action, { id, form: { intent: "publish", revision: "1" } })).toMatchObject({
      status: 409,
      body: { outcome: "window_over", problem: expect.any(String) },
    });
    expect(await rows(id)).toMatchObject([{ status: "draft" }]);
  });

  test("a draft cannot be ended", async () => {
    const id = await created();
    expect(await visit(edit.action, { id, form: { intent: "end" } })).toMatchObject({
      status: 409,
      body: { done: false },
    });
    expect(await rows(id)).toMatchObject([{ status: "draft" }]);
  });

  test("a budget below what is spent is refused beside its field, with the figure", async () => {
    const id = await published((form) => (form.budget = "5000"));
    await database.db.query(`update campaign set spent_points = 1200 where campaign_id = $1`, [id]);
    const less = { intent: "save", revision: "1", form: typed((form) => (form.budget = "1199")) };
    expect(await visit(edit.action, { id, form: less })).toMatchObject({
      status: 422,
      body: { issues: [{ path: "budget", code: "budget_below_spent", limit: 1_200 }] },
    });
    await database.db.query(`update campaign set spent_points = 0 where campaign_id = $1`, [id]);
  });
});

describe("reading", () => {
  test("the list and the page tell the same, with what was done", async () => {
    const id = await published((form) =>
      Object.assign(form, { startsDate: "2026-11-01", endsDate: "2026-12-31", budget: "100" }),
    );
    const { campaigns } = (await visit(list.loader)).body as { campaigns: { campaignId: string }[] };
    const row = campaigns.find((campaign) => campaign.campaignId === id);
    expect(row).toMatchObject({ phase: "live", spentPoints: 0, orders: 0, members: 0 });
    const { body } = await visit(edit.loader, { id });
    expect(body).toMatchObject({ campaign: row });
    const told = (body["audit"] as { action: string }[]).map(({ action }) => action);
    expect(told.toSorted()).toEqual(["campaign.create", "campaign.publish"]);
    const others = body["others"] as { campaignId: string }[];
    expect(others.map(({ campaignId }) => campaignId)).not.toContain(id);
  });

  test("a copy starts tomorrow, under another name, and is nobody's until it is saved", async () => {
    const id = await created((form) =>
      Object.assign(form, { startsDate: "2026-01-01", endsDate: "2026-01-03" }),
    );
    const before = await database.db.query(`select 1 from campaign where shop_id = $1`, [ours]);
    const { body } = await visit(create.loader, { search: `?from=${id}` });
    expect(body).toMatchObject({
      copy: true,
      settings: { name: { en: "Double week (copy)", ko: "두 배 주간 (복사본)" } },
    });
    const { starts, ends } = body["settings"] as { starts: string; ends: string };
    expect(Date.parse(`${ends}Z`) - Date.parse(`${starts}Z`)).toBe(2 * 86_400_000);
    expect(starts).toBe("2026-11-21T00:00"); // It is the evening of the 20th in New York.
    expect(await database.db.query(`select 1 from campaign where shop_id = $1`, [ours])).toHaveLength(
      before.length,
    );
  });

  test("how many it fits today", async () => {
    const ask = (search: string) => visit(reach.loader, { search });
    expect((await ask("?segment=all")).body).toMatchObject({ members: 1 });
    expect((await ask("?segment=returning")).body).toMatchObject({ members: 0 });
    expect((await ask("?segment=first_order&tier=nobody")).body).toMatchObject({ members: 0 });
    expect((await ask("?segment=everybody")).status).toBe(404);
  });
});

describe("T46: another shop's campaign is not there", () => {
  test("to read, to copy, to change", async () => {
    const id = await published(undefined, theirs);
    expect((await visit(edit.loader, { id })).status).toBe(404);
    expect((await visit(create.loader, { search: `?from=${id}` })).status).toBe(404);
    const { campaigns } = (await visit(list.loader)).body as { campaigns: { campaignId: string }[] };
    expect(campaigns.map(({ campaignId }) => campaignId)).not.toContain(id);
    const save = { intent: "save", revision: "1", form: typed((form) => (form.multiplier = "9")) };
    expect((await visit(edit.action, { id, form: save })).status).toBe(404);
    expect((await visit(edit.action, { id, form: { intent: "publish", revision: "1" } })).status).toBe(404);
    expect((await visit(edit.action, { id, form: { intent: "end" } })).status).toBe(404);
    await visit(edit.action, { id, form: { intent: "delete" } });
    expect(await rows(id)).toMatchObject([{ shopId: theirs, status: "published", revision: 1 }]);
  });

  test("its id may be used here for one of ours, and the two stay apart", async () => {
    const id = await created(undefined, theirs);
    const form = { intent: "save", idempotencyKey: id, form: typed((own) => (own.multiplier = "3")) };
    expect((await visit(create.action, { form })).body).toMatchObject({ outcome: "created" });
    expect((await rows(id)).map(({ shopId }) => shopId).toSorted()).toEqual([ours, theirs].toSorted());
  });

  test.each(["not-a-uuid", "", "' or 1=1", "00000000-0000-0000-0000-000000000000"])(
    "%j is none",
    async (id) => {
      expect((await visit(edit.loader, { id })).status).toBe(404);
      expect((await visit(edit.action, { id, form: { intent: "end" } })).status).toBe(404);
    },
  );
});
