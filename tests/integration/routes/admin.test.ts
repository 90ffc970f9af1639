import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newCampaign } from "#app/components/campaigns/campaign-form.ts";
import { formFromSettings } from "#app/components/program/program-form.ts";
import { saveCampaign } from "#app/loyalty/earning/campaigns/save-campaign.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { useServices } from "#app/services.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { signIdToken } from "#tests/support/id-token.ts";
import { createScene, firstRedemption, redeem } from "#tests/support/rewards-fixtures.ts";
import type { RewardScene } from "#tests/support/rewards-fixtures.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import { balancesOf } from "#tests/support/people-fixtures.ts";
import { testServices } from "#tests/support/services.ts";
import { signsInAndAnswers, startStubShopify } from "#tests/support/stub-shopify.ts";
import type { StubShopify } from "#tests/support/stub-shopify.ts";

const database = useTestDatabase();
const ROUTES = resolve(import.meta.dirname, "../../../app/routes");
const BROWSER =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
const THEIR_IMPORT = "00000000-0000-7000-8000-000000000077";
const THEIR_CAMPAIGN = "00000000-0000-7000-8000-000000000078";
const HOSTILE = `<img src=x onerror="alert(1)"> {{ shop }} {% raw %}`;

type Door = (args: { request: Request; params: Record<string, string>; context: object }) => unknown;
type RouteModule = { loader?: Door; action?: Door };

const files = readdirSync(ROUTES).filter((file) => /^app[.].*tsx$/.test(file));
const modules = new Map<string, RouteModule>();
let stub: StubShopify;
let ours: RewardScene;
let theirs: RewardScene;
let theirRedemption: string;

beforeAll(async () => {
  stub = await startStubShopify();
  stub.answer = signsInAndAnswers({ nodes: [], customers: { nodes: [] } });
  const environment = { SHOPIFY_SANDBOX_URL: stub.url };
  useServices(testServices(database.db, { environment, overrides: { now: () => NOW } }));
  for (const file of files) modules.set(file, (await import(`${ROUTES}/${file}`)) as RouteModule);
  ours = await createScene(database.db, { points: 1000 });
  theirs = await createScene(database.db, { points: 2000 });
  await redeem(theirs);
  theirRedemption = (await firstRedemption(theirs)).redemptionId;
  await database.db.query(
    `insert into points_import (shop_id, import_id, status, file_name, reason, created_at, created_by)
     values ($1, $2, 'checked', $3, 'r', $4, '1')`,
    [theirs.shopId, THEIR_IMPORT, HOSTILE, NOW],
  );
  await database.db.transaction((tx) =>
    saveCampaign(tx, {
      shopId: theirs.shopId,
      campaignId: THEIR_CAMPAIGN,
      settings: { ...newCampaign(NOW, "UTC"), name: { en: HOSTILE, ko: HOSTILE } },
      revision: null,
      actor: "1",
      now: NOW,
      eventId: randomUUID(),
    }),
  );
  await database.db.query(
    `insert into inbox_event (shop_id, webhook_id, topic, received_at, payload, status, reason)
     values ($1, 'their-event', 'orders/paid', $2, '{}', 'parked', 'malformed')`,
    [theirs.shopId, NOW],
  );
  await database.db.query(
    `insert into privacy_export (shop_id, request_id, customer_id, created_at, document) values ($1, '77', '1', $2, '{"a":1}')`,
    [theirs.shopId, NOW],
  );
});

afterAll(async () => {
  useServices(undefined);
  await stub.close();
});

interface Visit {
  file: string;
  door?: "loader" | "action";
  params?: Record<string, string>;
  search?: string;
  form?: Record<string, string> | [string, string][];
  shopId?: string | null;
}

/** Opens a route as Remix would, with the ID token of our shop. */
async function visit(ask: Visit): Promise<{ status: number; body: Record<string, unknown> }> {
  const { file, door = ask.form ? "action" : "loader", params = {}, search = "", shopId = ours.shopId } = ask;
  const headers: Record<string, string> = { "user-agent": BROWSER, "x-dangol-locale": "en" };
  if (shopId !== null) headers["authorization"] = `Bearer ${signIdToken({ shopId })}`;
  const body = ask.form ? new URLSearchParams(ask.form) : null;
  const request = new Request(`http://localhost:3000/app${search}`, {
    method: body ? "POST" : "GET",
    headers,
    body,
  });
  const open = modules.get(file)?.[door];
  if (!open) throw new Error(`${file} has no ${door}`);
  const reply = await Promise.resolve(open({ request, params, context: {} })).catch(
    (thrown: unknown) => thrown,
  );
  if (reply instanceof Error) throw reply;
  if (reply instanceof Response) return { status: reply.status, body: {} };
  const wrapped = reply as { type?: string; data?: Record<string, unknown>; init?: { status?: number } };
  if (wrapped.type === "DataWithResponseInit")
    return { status: wrapped.init?.status ?? 200, body: wrapped.data ?? {} };
  return { status: 200, body: (reply ?? {}) as Record<string, unknown> };
}

const key = () => randomUUID();
const MEMBER = "app.members.$memberId.tsx";

describe("T46: a shop sees and does nothing of another's", () => {
  test("every route of the admin refuses who has no ID token", async () => {
    expect(files.length).toBeGreaterThanOrEqual(8);
    for (const file of files) {
      for (const door of ["loader", "action"] as const) {
        if (!modules.get(file)?.[door]) continue;
        const form = door === "action" ? { form: { intent: "x" } } : {};
        expect([file, door, (await visit({ file, door, shopId: null, ...form })).status]).toEqual([
          file,
          door,
          401,
        ]);
      }
    }
  });

  test("every route with an id in its address finds nothing under an id of another shop", async () => {
    const ids: Record<string, string> = {
      memberId: theirs.memberId,
      requestId: "77",
      importId: THEIR_IMPORT,
      campaignId: THEIR_CAMPAIGN,
    };
    const named = files.filter((file) => file.includes("$"));
    expect(named.length).toBeGreaterThanOrEqual(3);
    for (const file of named) {
      const names = [...file.matchAll(/\$(\w+)/g)].map((match) => match[1]!);
      const params = Object.fromEntries(names.map((name) => [name, ids[name]!]));
      expect([file, (await visit({ file, params, search: "?before=9" })).status]).toEqual([file, 404]);
      const owner = await visit({ file, params, search: "?before=9", shopId: theirs.shopId });
      expect([file, owner.status]).toEqual([file, 200]);
    }
  });

  test.each(["not-a-uuid", "", "' or 1=1", "00000000-0000-0000-0000-000000000000"])(
    "%j is nobody",
    async (memberId) => {
      expect((await visit({ file: MEMBER, params: { memberId } })).status).toBe(404);
    },
  );

  test("no intent reaches another shop's member", async () => {
    const forms = [
      { intent: "adjust", points: "100", reason: "x" },
      { intent: "block", reason: "x" },
      { intent: "unblock", reason: "x" },
      { intent: "cancel-code", redemptionId: theirRedemption },
    ];
    const before = await balancesOf(database.db, theirs.shopId, theirs.memberId);
    for (const form of forms) {
      const params = { memberId: theirs.memberId };
      const { status } = await visit({ file: MEMBER, params, form: { ...form, idempotencyKey: key() } });
      expect([form.intent, status]).toEqual([form.intent, 404]);
    }
    expect(await balancesOf(database.db, theirs.shopId, theirs.memberId)).toEqual(before);
    const [member] = await database.db.query(`select state from member where shop_id = $1`, [theirs.shopId]);
    expect(member).toEqual({ state: "active" });
  });

  test("another member's code is not ours to cancel, even under our own member", async () => {
    const form = { intent: "cancel-code", redemptionId: theirRedemption, idempotencyKey: key() };
    expect((await visit({ file: MEMBER, params: { memberId: ours.memberId }, form })).status).toBe(404);
  });

  test("another shop's events are not there to retry or to close", async () => {
    for (const intent of ["retry-event", "mark-done"]) {
      const form = { intent, webhookId: "their-event", idempotencyKey: key() };
      expect((await visit({ file: "app.activity.tsx", form })).status).toBe(404);
    }
    const all = await visit({
      file: "app.activity.tsx",
      form: { intent: "retry-all", idempotencyKey: key() },
    });
    expect(all).toMatchObject({ status: 409, body: { outcome: "nothing_to_retry" } });
    const [event] = await database.db.query(`select status from inbox_event where shop_id = $1`, [
      theirs.shopId,
    ]);
    expect(event).toEqual({ status: "parked" });
  });

  test("a shop named anywhere but in the token changes nothing", async () => {
    const file = "app.members._index.tsx";
    const { body } = await visit({ file, search: `?shopId=${theirs.shopId}&member=${theirs.memberId}` });
    const { rows } = body["page"] as { rows: { memberId: string }[] };
    expect(rows.map((row) => row.memberId)).toEqual([ours.memberId]);
    // A `shop` that contradicts the token is refused by the door itself.
    expect((await visit({ file, search: `?shop=${theirs.shopId}` })).status).toBeGreaterThanOrEqual(300);
  });
});

describe("T31: adjusting by hand, as the form sends it", () => {
  const adjust = (points: string, reason = "A broken cup", idempotencyKey = key()) =>
    visit({
      file: MEMBER,
      params: { memberId: ours.memberId },
      form: { intent: "adjust", points, reason, idempotencyKey },
    });

  test.each([
    "",
    "NaN",
    "1e3",
    "1e21",
    "-0",
    "0",
    "1.5",
    "Infinity",
    "10000001",
    "-10000001",
    "9223372036854775808",
    "0x10",
    "1 000",
  ])("%j is refused beside its field, and nothing moves", async (points) => {
    const before = await balancesOf(database.db, ours.shopId, ours.memberId);
    const { status, body } = await adjust(points);
    expect(status).toBe(422);
    expect(body).toMatchObject({ outcome: "invalid", errors: { points: expect.any(String) } });
    expect(await balancesOf(database.db, ours.shopId, ours.memberId)).toEqual(before);
  });

  test.each(["", "   ", "x".repeat(201)])("a reason of %j is refused", async (reason) => {
    expect(await adjust("10", reason)).toMatchObject({
      status: 422,
      body: { errors: { reason: expect.any(String) } },
    });
  });

  test("a posted form counts once however often it is sent, and a key is good for one form", async () => {
    const once = key();
    const [before] = await balancesOf(database.db, ours.shopId, ours.memberId);
    expect(await adjust("+25", "Sorry", once)).toMatchObject({
      status: 200,
      body: { outcome: "adjusted", done: true },
    });
    expect(await adjust("+25", "Sorry", once)).toMatchObject({ status: 200, body: { outcome: "replayed" } });
    expect(await adjust("26", "Sorry", once)).toMatchObject({ status: 409, body: { outcome: "key_reused" } });
    expect((await balancesOf(database.db, ours.shopId, ours.memberId))[0]).toBe(before! + 25);
  });

  test("more than there is cannot be taken", async () => {
    expect(await adjust("-9000000")).toMatchObject({ status: 409, body: { outcome: "insufficient_points" } });
  });

  test("a hostile reason is stored and shown as the text it is", async () => {
    await adjust("1", HOSTILE);
    const { body } = await visit({ file: MEMBER, params: { memberId: ours.memberId } });
    const { items } = body["statement"] as { items: { note: string | null }[] };
    expect(items[0]?.note).toBe(HOSTILE);
  });
});

describe("forms that are not ours", () => {
  test.each<[string, Visit["form"]]>([
    ["no intent", {}],
    ["an unknown intent", { intent: "drop", idempotencyKey: key() }],
    ["no key", { intent: "block", reason: "x" }],
    ["a key that is no uuid", { intent: "block", reason: "x", idempotencyKey: "1" }],
    [
      "a field twice",
      [
        ["intent", "block"],
        ["reason", "x"],
        ["reason", "y"],
        ["idempotencyKey", key()],
      ],
    ],
  ])("%s is refused as a whole", async (_name, form) => {
    expect((await visit({ file: MEMBER, params: { memberId: ours.memberId }, form: form! })).status).toBe(
      422,
    );
  });
});

test("every page reads its data again after a refusal", () => {
  const acting = files.filter((file) => modules.get(file)?.action);
  expect(acting.length).toBeGreaterThanOrEqual(8);
  for (const file of acting) {
    const { shouldRevalidate } = modules.get(file) as {
      shouldRevalidate?: (args: { actionStatus?: number; defaultShouldRevalidate: boolean }) => boolean;
    };
    expect([file, shouldRevalidate?.({ actionStatus: 409, defaultShouldRevalidate: false })]).toEqual([
      file,
      true,
    ]);
    expect([file, shouldRevalidate?.({ defaultShouldRevalidate: false })]).toEqual([file, false]);
  }
});

describe("the program's life", () => {
  const post = (form: Record<string, string>) =>
    visit({ file: "app.program.tsx", form: { idempotencyKey: key(), ...form } });
  const draftForm = async (edit: (form: ReturnType<typeof formFromSettings>) => void) => {
    const { settings } = await liveProgram(database.db, ours.shopId);
    const form = formFromSettings(settings, 2);
    edit(form);
    return JSON.stringify(form);
  };

  const seenNow = async () => (await visit({ file: "app.program.tsx" })).body["mark"] as string;
  const draftNow = async () =>
    (await visit({ file: "app.program.tsx" })).body["draft"] as { settings: { earn: { points: number } } };

  test("a draft is saved, published once, and told in the versions", async () => {
    const seen = await seenNow();
    const form = await draftForm((draft) => (draft.earn.points = "7"));
    const changed = { status: 409, body: { outcome: "draft_changed", done: false } };
    for (const again of [1, 2]) {
      expect([again, await post({ intent: "save-draft", form, seen })]).toMatchObject([
        again,
        { status: 200, body: { outcome: "draft_saved" } },
      ]);
    }
    const mark = await seenNow();
    // Who looked at the page before that does not write over it, nor publishes what nobody saw.
    const theirs = await draftForm((draft) => (draft.earn.points = "8"));
    expect(await post({ intent: "save-draft", form: theirs, seen })).toMatchObject(changed);
    expect(await post({ intent: "restore", version: "1", seen })).toMatchObject(changed);
    expect(await post({ intent: "discard-draft", seen })).toMatchObject(changed);
    expect(await post({ intent: "publish", version: "2", note: "", seen })).toMatchObject(changed);
    expect((await draftNow()).settings.earn.points).toBe(7);
    expect(await seenNow()).toBe(mark);
    const { body } = await visit({ file: "app.program.tsx" });
    const { version } = body["draft"] as { version: number };
    expect(version).toBe(2);
    const publish = { intent: "publish", version: String(version), note: "More", seen: mark };
    expect(await post({ ...publish, version: "9" })).toMatchObject({
      status: 409,
      body: { outcome: "draft_changed" },
    });
    expect(await post(publish)).toMatchObject({ status: 200, body: { outcome: "published" } });
    expect(await post(publish)).toMatchObject({ status: 200, body: { outcome: "already_live" } });
    const after = await visit({ file: "app.program.tsx" });
    expect(after.body["draft"]).toBeNull();
    const [newest] = after.body["versions"] as { changes: { text: string }[]; note: string }[];
    expect(newest).toMatchObject({
      note: "More",
      changes: [{ text: "Earn rate: 5P per $1.00 → 7P per $1.00" }],
    });
  });

  test("a wrong field is named, and the draft stays as it was", async () => {
    const form = await draftForm((draft) => (draft.earn.points = "many"));
    expect(await post({ intent: "save-draft", form, seen: await seenNow() })).toMatchObject({
      status: 422,
      body: { outcome: "invalid", issues: [{ path: "earn.points", code: "not_a_number" }] },
    });
    const [draft] = await database.db.query(
      `select 1 from program_version where shop_id = $1 and status = 'draft'`,
      [ours.shopId],
    );
    expect(draft).toBeUndefined();
  });

  test("an earlier version can be taken up again, and forgotten again", async () => {
    const live = await seenNow();
    for (const again of [1, 2]) {
      expect([again, await post({ intent: "restore", version: "1", seen: live })]).toMatchObject([
        again,
        { status: 200, body: { outcome: "restored" } },
      ]);
    }
    const seen = await seenNow();
    expect((await post({ intent: "restore", version: "99", seen })).status).toBe(404);
    expect(await post({ intent: "discard-draft", seen })).toMatchObject({
      status: 200,
      body: { outcome: "discarded" },
    });
    expect(await post({ intent: "discard-draft", seen })).toMatchObject({
      status: 200,
      body: { outcome: "none" },
    });
    // Another went live meanwhile: what was typed upon the one before is not made a draft of.
    const form = await draftForm((draft) => (draft.earn.points = "9"));
    expect(await post({ intent: "save-draft", form, seen: "live:1" })).toMatchObject({ status: 409 });
  });

  test("of several who save at the same moment upon the same draft, one does", async () => {
    const seen = await seenNow();
    const forms = await Promise.all(
      ["11", "12", "13", "14"].map((points) => draftForm((draft) => (draft.earn.points = points))),
    );
    const saved = await Promise.all(forms.map((form) => post({ intent: "save-draft", form, seen })));
    expect(saved.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
    const winner = saved.findIndex(({ status }) => status === 200);
    const mark = await seenNow();
    expect((await draftNow()).settings.earn.points).toBe(11 + winner);
    // One publishes what was seen while another saves upon the same: either that one is told, or nothing is published.
    const [first, second] = await Promise.all([
      post({ intent: "publish", version: "3", note: "", seen: mark }),
      post({ intent: "save-draft", form: forms[(winner + 1) % 4]!, seen: mark }),
    ]);
    expect([first.status, second.status].toSorted()).toEqual([200, 409]);
  });
});
