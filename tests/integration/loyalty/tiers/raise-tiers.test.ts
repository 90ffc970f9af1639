import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Database } from "#app/platform/db/database.server.ts";
import { runNightly } from "#app/loyalty/nightly/run-nightly.server.ts";
import { previewPublish } from "#app/loyalty/program/preview-publish.server.ts";
import { liveProgram, publishDraft, saveDraft } from "#app/loyalty/program/program.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { decideTier, type HeldTier } from "#app/loyalty/tiers/decide-tier.ts";
import { raiseAfterPublish, raiseTiers } from "#app/loyalty/tiers/raise-tiers.server.ts";
import { readProgress } from "#app/loyalty/tiers/read-progress.server.ts";
import { setTier } from "#app/loyalty/tiers/set-tier.server.ts";
import { tierPeriodAt } from "#app/loyalty/tiers/tier-period.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import {
  balancesOf,
  discrepanciesIn,
  joinMember,
  jobsOf,
  peopleServices,
  placeOrder,
} from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();
const ZONE = "America/New_York";
const DAY = 86_400_000;
const inDays = (days: number) => new Date(NOW.getTime() + days * DAY);
const BASES = ["spent", "points", "orders"] as const;
const WINDOWS = ["calendar_year", "rolling_12_months", "lifetime"] as const;

async function tierOf(db: Database, shopId: string, memberId: string): Promise<HeldTier> {
  const [row] = await db.query<HeldTier>(
    `select tier_id as "tierId", tier_since as "tierSince", tier_until as "tierUntil", tier_locked as "tierLocked"
       from member where shop_id = $1 and member_id = $2`,
    [shopId, memberId],
  );
  return row!;
}

/** People with all kinds of tiers and of orders, some of whom the rules put higher than they stand. */
async function populate(db: Database, shopId: string, seed: number): Promise<Map<string, HeldTier>> {
  const people = fc.sample(
    fc.record({
      tierId: fc.constantFrom("bronze", "bronze", "silver", "silver", "gold", "removed", null),
      untilDays: fc.option(fc.integer({ min: 1, max: 400 })),
      tierLocked: fc.constantFrom(false, false, false, true),
      orders: fc.array(
        fc.record({ daysAgo: fc.integer({ min: 0, max: 600 }), amount: fc.integer({ min: 0, max: 500 }) }),
        { maxLength: 5 },
      ),
    }),
    { numRuns: 80, seed },
  );
  const held = new Map<string, HeldTier>();
  for (const [index, { tierId, untilDays, tierLocked, orders }] of people.entries()) {
    const memberId = await joinMember(db, shopId, String(1000 + index));
    const tierUntil = untilDays === null || tierId === "bronze" || tierId === null ? null : inDays(untilDays);
    await db.query(
      `update member set tier_id = $3, tier_since = $6, tier_until = $4, tier_locked = $5
        where shop_id = $1 and member_id = $2`,
      [shopId, memberId, tierId, tierUntil, tierLocked, inDays(-30)],
    );
    for (const { daysAgo, amount } of orders) {
      const orderId = await placeOrder(db, {
        shopId,
        memberId,
        spentMinor: amount * 100,
        at: inDays(-daysAgo),
      });
      await db.query(`update order_state set points_held = $3 where shop_id = $1 and order_id = $2`, [
        shopId,
        orderId,
        amount,
      ]);
    }
    held.set(memberId, await tierOf(db, shopId, memberId));
  }
  return held;
}

async function setUp() {
  const { db } = database;
  const shopId = await createShop(db);
  const services = peopleServices(db);
  const { settings } = await liveProgram(db, shopId);
  const publish = async (change: (settings: ProgramSettings) => void) => {
    const next = structuredClone((await liveProgram(db, shopId)).settings);
    change(next);
    const { version } = await db.transaction((tx) =>
      saveDraft(tx, { shopId, settings: next, actor: "7", now: NOW }),
    );
    const preview = await previewPublish(db, { shopId, now: NOW, timeZone: ZONE });
    await db.transaction((tx) =>
      publishDraft(tx, { shopId, version, actor: "7", now: NOW, eventId: randomUUID() }),
    );
    return { moves: preview.tiers };
  };
  const raise = () => raiseAfterPublish(services, { shopId }, { now: NOW });
  /** How many went from which tier to which since then, as a preview tells it. */
  const moved = async (before: Map<string, HeldTier>) => {
    const counts = new Map<string, number>();
    for (const [memberId, { tierId: from }] of before) {
      const { tierId: to } = await tierOf(db, shopId, memberId);
      if (from !== to) counts.set(`${from} → ${to}`, (counts.get(`${from} → ${to}`) ?? 0) + 1);
    }
    return Object.fromEntries(counts);
  };
  return { db, shopId, services, settings, publish, raise, moved };
}

type Move = NonNullable<Awaited<ReturnType<typeof previewPublish>>["tiers"]>[number];
const shown = (moves: Move[] | null, which: (move: Move) => boolean) =>
  Object.fromEntries(
    (moves ?? []).filter(which).map(({ from, to, members }) => [`${from} → ${to}`, members]),
  );

describe("T32 raising in sets equals the settlement's own decision", () => {
  it.each(BASES.flatMap((basis) => WINDOWS.map((window) => [basis, window] as const)))(
    "by %s over %s, in batches of seven",
    async (basis, window) => {
      const { db, shopId, settings: live } = await setUp();
      const settings = structuredClone(live);
      settings.tierRules = { ...settings.tierRules, basis, window };
      const scale = { spent: 10_000, points: 100, orders: 1 }[basis];
      settings.tiers[1]!.thresholdMinor = scale;
      settings.tiers[2]!.thresholdMinor = 4 * scale;
      settings.tiers.push({
        ...settings.tiers[2]!,
        id: "black",
        thresholdMinor: 5 * scale,
        invitationOnly: true,
      });
      const before = await populate(db, shopId, 6);
      const period = tierPeriodAt(window, NOW, ZONE);
      const raise = () => raiseTiers(db, { shopId, now: NOW, settings, timeZone: ZONE, batchSize: 7 });
      const { raised } = await raise();
      let expectedRaised = 0;
      for (const [memberId, held] of before) {
        const progress = await readProgress(db, { shopId, memberId, basis, period });
        const { outcome, ...decision } = decideTier(settings, held, progress, { now: NOW, period });
        const known = settings.tiers.some(({ id }) => id === held.tierId);
        const up = known && outcome === "upgraded";
        expectedRaised += up ? 1 : 0;
        const { tierLocked: _locked, ...expected } = up ? { ...decision, tierLocked: false } : held;
        const { tierLocked: _now, ...actual } = await tierOf(db, shopId, memberId);
        expect({ held, progress, ...actual }).toEqual({ held, progress, ...expected });
      }
      expect(expectedRaised).toBeGreaterThan(5);
      expect(raised).toBe(expectedRaised);
      expect(await raise()).toEqual({ raised: 0 });
    },
    60_000,
  );
});

describe("what publishing does is what it showed before", () => {
  it.each<[string, (settings: ProgramSettings) => void]>([
    [
      "lower thresholds",
      (s) => void ((s.tiers[1]!.thresholdMinor = 10_000), (s.tiers[2]!.thresholdMinor = 30_000)),
    ],
    [
      "orders for a basis",
      (s) => {
        s.tierRules.basis = "orders";
        s.tiers[1]!.thresholdMinor = 2;
        s.tiers[2]!.thresholdMinor = 4;
      },
    ],
    [
      "a lifetime's window",
      (s) => {
        s.tierRules.window = "lifetime";
        s.tiers[1]!.thresholdMinor = 40_000;
        s.tiers[2]!.thresholdMinor = 90_000;
      },
    ],
    ["a tier fewer", (s) => void s.tiers.splice(1, 1)],
  ])("with %s", async (_name, change) => {
    const { db, shopId, services, publish, raise, moved } = await setUp();
    const before = await populate(db, shopId, 66);
    const { moves } = await publish(change);
    expect(await moved(before)).toEqual({});
    expect((await jobsOf(db, shopId)).filter(({ task }) => task === "raise-tiers")).toHaveLength(1);
    await raise();
    expect(await moved(before)).toEqual(shown(moves, (move) => move.up && !move.gone));
    // Tonight those follow whose tier is gone or who never had one; nobody else moves.
    await runNightly(services, { shopId, localDate: "2026-11-21" }, { now: NOW });
    expect(await moved(before)).toEqual(shown(moves, (move) => move.up || move.gone));
    expect(shown(moves, (move) => move.up && !move.gone)).not.toEqual({});
    // Twice is once.
    expect(await raise()).toEqual({ outcome: "raised", raised: 0 });
    expect(await moved(before)).toEqual(shown(moves, (move) => move.up || move.gone));
  });

  it("gives what entering the tier gives, once, however often the rules go down and up and the job runs", async () => {
    const { db, shopId, publish, raise } = await setUp();
    const memberId = await joinMember(db, shopId, "1");
    const locked = await joinMember(db, shopId, "2");
    await db.query(`update member set tier_id = 'bronze' where shop_id = $1`, [shopId]);
    for (const id of [memberId, locked]) await placeOrder(db, { shopId, memberId: id, spentMinor: 20_000 });
    const args = {
      shopId,
      memberId: locked,
      tierId: "bronze",
      locked: true,
      reason: "r",
      actor: "7",
      now: NOW,
    };
    await setTier(peopleServices(db), args);
    const lower = (s: ProgramSettings) => {
      s.tiers[1]!.thresholdMinor = 15_000;
      s.tiers[1]!.entryPoints = 250;
    };
    const { moves } = await publish(lower);
    expect(moves).toEqual([{ from: "bronze", to: "silver", up: true, gone: false, members: 1 }]);
    expect(await Promise.all([raise(), raise()])).toEqual(
      expect.arrayContaining([
        { outcome: "raised", raised: 1 },
        { outcome: "raised", raised: 0 },
      ]),
    );
    expect(await raise()).toEqual({ outcome: "raised", raised: 0 });
    expect(await tierOf(db, shopId, memberId)).toMatchObject({ tierId: "silver", tierSince: NOW });
    expect(await tierOf(db, shopId, locked)).toMatchObject({ tierId: "bronze" });
    expect(await balancesOf(db, shopId, memberId)).toEqual([250, 0, 0]);
    expect(await balancesOf(db, shopId, locked)).toEqual([0, 0, 0]);

    await publish((s) => void (s.tiers[1]!.thresholdMinor = 50_000));
    expect(await raise()).toEqual({ outcome: "raised", raised: 0 });
    expect(await tierOf(db, shopId, memberId)).toMatchObject({ tierId: "silver" });
    await db.query(
      `update member set tier_id = 'bronze', tier_until = null where shop_id = $1 and member_id = $2`,
      [shopId, memberId],
    );
    await publish(lower);
    expect(await raise()).toEqual({ outcome: "raised", raised: 1 });
    expect(await balancesOf(db, shopId, memberId)).toEqual([250, 0, 0]);
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("goes by the newest program, also when that one asked for nothing, and asks for nothing where nobody can move", async () => {
    const { db, shopId, publish, raise } = await setUp();
    await publish((s) => void (s.cancelAllowed = !s.cancelAllowed));
    expect((await jobsOf(db, shopId)).map(({ task }) => task)).not.toContain("raise-tiers");
    await publish((s) => void (s.tiers[1]!.thresholdMinor = 10));
    await publish((s) => void (s.tiers[1]!.thresholdMinor = 20));
    expect((await jobsOf(db, shopId)).filter(({ task }) => task === "raise-tiers")).toHaveLength(1);
    expect(await raise()).toEqual({ outcome: "raised", raised: 0 });
    const memberId = await joinMember(db, shopId, "1");
    await db.query(`update member set tier_id = 'bronze' where shop_id = $1`, [shopId]);
    await placeOrder(db, { shopId, memberId, spentMinor: 15 });
    await publish((s) => void (s.tiers[1]!.thresholdMinor = 10));
    await publish((s) => void (s.cancelAllowed = !s.cancelAllowed));
    expect(await raise()).toEqual({ outcome: "raised", raised: 1 });
    await db.query(`update shop set uninstalled_at = $2 where shop_id = $1`, [shopId, NOW]);
    expect(await raise()).toEqual({ outcome: "uninstalled", raised: 0 });
  });
});
