import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expireLots } from "#app/loyalty/nightly/expire-lots.server.ts";
import { mergeMembers } from "#app/loyalty/members/merge-members.server.ts";
import { runNightly } from "#app/loyalty/nightly/run-nightly.server.ts";
import { liveProgram, saveDraft } from "#app/loyalty/program/program.server.ts";
import { loader as readActivity } from "#app/routes/app.activity.tsx";
import { action as changeMember, loader as readMember } from "#app/routes/app.members.$memberId.tsx";
import { loader as readMembers } from "#app/routes/app.members._index.tsx";
import { loader as previewPublish } from "#app/routes/app.program.preview.tsx";
import { useServices } from "#app/services.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { signIdToken } from "#tests/support/id-token.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import {
  balancesOf,
  grantLot,
  joinMember,
  peopleServices,
  placeOrder,
} from "#tests/support/people-fixtures.ts";
import { testServices } from "#tests/support/services.ts";
import { signsInAndAnswers, startStubShopify, type StubShopify } from "#tests/support/stub-shopify.ts";

const database = useTestDatabase();
let stub: StubShopify;
let shopId: string;
let memberId: string;

beforeAll(async () => {
  stub = await startStubShopify();
  stub.answer = signsInAndAnswers({ nodes: [], customers: { nodes: [] } });
  const environment = { SHOPIFY_SANDBOX_URL: stub.url };
  useServices(testServices(database.db, { environment, overrides: { now: () => NOW } }));
  shopId = await createShop(database.db);
  memberId = await joinMember(database.db, shopId, "1");
});
afterAll(async () => {
  useServices(undefined);
  await stub.close();
});

type Door = (args: never) => Promise<unknown>;

/** What a route answers to somebody of the shop; what it throws, too. */
async function visit(
  door: unknown,
  form?: Record<string, string>,
  at: { id?: string; search?: string } = {},
): Promise<Record<string, unknown>> {
  const request = new Request(`http://localhost:3000/app${at.search ?? ""}`, {
    method: form ? "POST" : "GET",
    headers: {
      authorization: `Bearer ${signIdToken({ shopId })}`,
      "x-dangol-locale": "en",
      "user-agent": "Mozilla/5.0 Chrome/156",
    },
    body: form ? new URLSearchParams({ idempotencyKey: randomUUID(), ...form }) : null,
  });
  const reply = await (door as Door)({
    request,
    params: { memberId: at.id ?? memberId },
    context: {},
  } as never);
  return ((reply as { data?: unknown }).data ?? reply) as Record<string, unknown>;
}

describe("a member's page", () => {
  test("gives expired points back from their line, once, and says so in the log", async () => {
    await grantLot(database.db, { shopId, memberId, points: 100, expiresAt: NOW });
    await expireLots(database.db, { shopId, now: NOW });
    const { reinstatable } = await visit(readMember);
    expect(reinstatable).toEqual([{ seq: 2, points: 100 }]);
    expect(await visit(changeMember, { intent: "reinstate", seq: "1", reason: "Was ill" })).toMatchObject({
      outcome: "not_expired",
      problem: expect.stringContaining("did not expire"),
    });
    // Nobody gives points back without saying why.
    await expect(visit(changeMember, { intent: "reinstate", seq: "2", reason: " " })).rejects.toMatchObject({
      init: { status: 422 },
    });
    const give = () => visit(changeMember, { intent: "reinstate", seq: "2", reason: "Was ill" });
    expect(await give()).toMatchObject({
      outcome: "reinstated",
      toast: "100P are back. The balance is 100P.",
    });
    expect(await give()).toMatchObject({ outcome: "replayed", done: true });
    expect(await balancesOf(database.db, shopId, memberId)).toEqual([100, 0, 0]);
    const page = await visit(readMember);
    expect(page["reinstatable"]).toEqual([]);
    expect(page["audit"]).toMatchObject([{ action: "points.reinstate", reason: "Was ill" }]);
    const { items } = page["statement"] as { items: { reason: string; note: string | null }[] };
    expect(items[0]).toMatchObject({ reason: "reinstate", note: "Was ill" });
  });

  test("sets and locks a tier with a reason, and refuses one that the program does not have", async () => {
    const set = (tierId: string) =>
      visit(changeMember, { intent: "set-tier", tierId, locked: "true", reason: "a friend of the house" });
    expect(await set("gold")).toMatchObject({ outcome: "set", done: true });
    expect(await set("gold")).toMatchObject({ outcome: "unchanged", done: true });
    expect(await set("platinum")).toMatchObject({ outcome: "no_such_tier", done: false });
    const page = await visit(readMember);
    expect(page["tier"]).toMatchObject({ id: "gold", locked: true, until: null });
    const audit = page["audit"] as { action: string; reason: string | null; after: unknown }[];
    expect(audit.filter((entry) => entry.action === "tier.set")).toMatchObject([
      { reason: "a friend of the house", after: { tierId: "gold", locked: true } },
    ]);
  });

  test("knows the names of tiers that the program no longer has", async () => {
    const { db } = database;
    const names = async () => (await visit(readMember))["tierNames"] as Record<string, { en: string }>;
    expect((await names())["gold"]).toMatchObject({ en: "Gold", ko: "골드" });
    const { version, settings } = await liveProgram(db, shopId);
    const publish = async (from: number, tiers: typeof settings.tiers) => {
      await db.query(`update program_version set status = 'retired' where shop_id = $1 and version = $2`, [
        shopId,
        from,
      ]);
      await db.query(
        `insert into program_version (shop_id, version, status, settings, created_at, created_by, published_at)
         values ($1, $2, 'live', $3, $4, '7', $4)`,
        [shopId, from + 1, JSON.stringify({ ...settings, tiers }), NOW],
      );
    };
    await publish(
      version,
      settings.tiers.map((tier) => (tier.id === "gold" ? { ...tier, name: { en: "Sun", ko: "해" } } : tier)),
    );
    await publish(
      version + 1,
      settings.tiers.filter((tier) => tier.id !== "gold"),
    );
    expect(await names()).toMatchObject({ gold: { en: "Sun", ko: "해" }, silver: { en: "Silver" } });
    await publish(version + 2, settings.tiers);
  });
});

describe("a member who was merged", () => {
  test("T21 has a page that leads to the one who was kept, who is found under the old number and code", async () => {
    const { db } = database;
    const [gone, kept] = [await joinMember(db, shopId, "91"), await joinMember(db, shopId, "92")];
    const [before] = await db.query<{ code: string }>(
      `select referral_code as code from member where shop_id = $1 and member_id = $2`,
      [shopId, gone],
    );
    const merge = () =>
      db.transaction((tx) =>
        mergeMembers(tx, {
          shopId,
          keptCustomerId: "92",
          deletedCustomerId: "91",
          now: NOW,
          newId: randomUUID,
          randomBytes,
        }),
      );
    const find = async (words: string) => {
      const { page } = (await visit(readMembers, undefined, { search: `?q=${words}` })) as {
        page: { rows: { memberId: string }[] };
      };
      return page.rows.map((row) => row.memberId);
    };
    expect([await find("91"), await find(before!.code)]).toEqual([[gone], [gone]]);
    for (const outcome of ["merged", "unchanged"]) {
      expect(await merge()).toMatchObject({ outcome });
      expect(await visit(readMember, undefined, { id: gone })).toMatchObject({
        member: { state: "merged", mergedInto: kept },
      });
      expect(await visit(readMember, undefined, { id: kept })).toMatchObject({
        member: { mergedInto: null },
      });
      expect([await find("91"), await find(before!.code), await find("92")]).toEqual([
        [kept],
        [kept],
        [kept],
      ]);
    }
    const adjust = { intent: "adjust", points: "5", reason: "a try" };
    await expect(visit(changeMember, adjust, { id: gone })).rejects.toMatchObject({ init: { status: 404 } });
    expect(await balancesOf(db, shopId, gone)).toEqual([0, 0, 0]);
  });
});

test("before publishing, the program's page is told what would happen, and only of what differs", async () => {
  const { db } = database;
  const other = await joinMember(db, shopId, "2");
  await placeOrder(db, { shopId, memberId: other, spentMinor: 10_000 });
  const { settings } = await liveProgram(db, shopId);
  const draft = async (change: Partial<typeof settings>) => {
    await db.transaction((tx) =>
      saveDraft(tx, { shopId, settings: { ...settings, ...change }, actor: "7", now: NOW }),
    );
    return visit(previewPublish);
  };
  expect(await visit(previewPublish)).toEqual({ expiry: null, tiers: null });
  expect(await draft({ cancelAllowed: false })).toEqual({ expiry: null, tiers: null });
  const tiers = settings.tiers.map((tier) =>
    tier.id === "silver" ? { ...tier, thresholdMinor: 10_000 } : tier,
  );
  expect(await draft({ tiers })).toEqual({
    expiry: null,
    tiers: [{ from: "bronze", to: "silver", up: true, gone: false, members: 1 }],
  });
  expect(await draft({ expiry: { kind: "none" } })).toMatchObject({
    expiry: { later: { members: 1, points: 100, until: null }, soonest: [] },
    tiers: null,
  });
});

test("Activity tells what the night did", async () => {
  await runNightly(peopleServices(database.db), { shopId, localDate: "2026-11-20" }, { now: NOW });
  expect((await visit(readActivity))["nights"]).toMatchObject([{ done: { expired: { lots: 0 } } }]);
});
