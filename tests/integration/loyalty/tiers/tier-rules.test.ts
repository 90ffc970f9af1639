import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Database } from "#app/platform/db/database.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { applyTier } from "#app/loyalty/tiers/apply-tier.server.ts";
import { type HeldTier, reviewTier } from "#app/loyalty/tiers/decide-tier.ts";
import { noteDowngrades } from "#app/loyalty/tiers/note-downgrades.server.ts";
import { previewTiers } from "#app/loyalty/tiers/preview-tiers.server.ts";
import { readProgress } from "#app/loyalty/tiers/read-progress.server.ts";
import { reviewTiers } from "#app/loyalty/tiers/review-tiers.server.ts";
import { setTier } from "#app/loyalty/tiers/set-tier.server.ts";
import { graceCutoff, tierPeriodAt } from "#app/loyalty/tiers/tier-period.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { balancesOf, discrepanciesIn, joinMember, placeOrder } from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();
const ZONE = "America/New_York";
const DAY = 86_400_000;
const inDays = (days: number, from = NOW) => new Date(from.getTime() + days * DAY);

async function setUp(change: (settings: ProgramSettings) => void = () => {}) {
  const { db } = database;
  const shopId = await createShop(db);
  const memberId = await joinMember(db, shopId, "1");
  const settings = structuredClone((await liveProgram(db, shopId)).settings);
  change(settings);
  await db.query(`update program_version set settings = $2 where shop_id = $1`, [
    shopId,
    JSON.stringify(settings),
  ]);
  const apply = (now = NOW) =>
    db.transaction((tx) => applyTier(tx, { shopId, memberId, now, settings, timeZone: ZONE }));
  const review = (now: Date) => reviewTiers(db, { shopId, now, settings, timeZone: ZONE, newId: randomUUID });
  const order = async (over: { spentMinor?: number; points?: number; at?: Date }) => {
    const orderId = await placeOrder(db, {
      shopId,
      memberId,
      spentMinor: over.spentMinor ?? 0,
      at: over.at ?? NOW,
    });
    await db.query(`update order_state set points_held = $3 where shop_id = $1 and order_id = $2`, [
      shopId,
      orderId,
      over.points ?? 0,
    ]);
    return orderId;
  };
  return { db, shopId, memberId, settings, apply, review, order, tier: () => tierOf(db, shopId, memberId) };
}

async function tierOf(db: Database, shopId: string, memberId: string): Promise<HeldTier> {
  const [row] = await db.query<HeldTier>(
    `select tier_id as "tierId", tier_since as "tierSince", tier_until as "tierUntil", tier_locked as "tierLocked"
       from member where shop_id = $1 and member_id = $2`,
    [shopId, memberId],
  );
  return row!;
}

const BASES = ["spent", "points", "orders"] as const;
const WINDOWS = ["calendar_year", "rolling_12_months", "lifetime"] as const;

describe("T32 the review in sets equals the model", () => {
  it.each(BASES.flatMap((basis) => WINDOWS.map((window) => [basis, window] as const)))(
    "by %s over %s, with retain thresholds, grace, locks and invitations",
    async (basis, window) => {
      const { db, shopId, settings, review } = await setUp((program) => {
        program.tierRules = { ...program.tierRules, basis, window, graceDays: 10 };
        program.tiers[1]!.thresholdMinor = 4;
        program.tiers[1]!.retainMinor = 2;
        program.tiers.push({ ...program.tiers[2]!, id: "black", thresholdMinor: 9, invitationOnly: true });
        program.tiers[2]!.thresholdMinor = 7;
        program.tiers[2]!.retainMinor = 5;
      });
      const now = new Date("2027-01-05T17:00:00Z");
      const people = fc.sample(
        fc.record({
          tierId: fc.constantFrom("bronze", "silver", "gold", "black", "removed", null),
          untilDays: fc.option(fc.integer({ min: -400, max: 30 })),
          tierLocked: fc.boolean(),
          orders: fc.array(
            fc.record({ daysAgo: fc.integer({ min: 0, max: 800 }), amount: fc.integer({ min: 0, max: 5 }) }),
            { maxLength: 5 },
          ),
        }),
        { numRuns: 120, seed: 32 },
      );
      const before = new Map<string, HeldTier>();
      for (const [index, { tierId, untilDays, tierLocked, orders }] of people.entries()) {
        const memberId = await joinMember(db, shopId, String(1000 + index));
        const tierUntil = untilDays === null || tierId === "bronze" ? null : inDays(untilDays, now);
        await db.query(
          `update member set tier_id = $3, tier_until = $4, tier_locked = $5 where shop_id = $1 and member_id = $2`,
          [shopId, memberId, tierId, tierUntil, tierLocked],
        );
        for (const { daysAgo, amount } of orders) {
          const at = inDays(-daysAgo, now);
          const spentMinor = basis === "orders" ? Math.min(1, amount) : amount;
          const orderId = await placeOrder(db, { shopId, memberId, spentMinor, at });
          await db.query(
            `update order_state set points_held = spent_minor where shop_id = $1 and order_id = $2`,
            [shopId, orderId],
          );
        }
        before.set(memberId, await tierOf(db, shopId, memberId));
      }
      const period = tierPeriodAt(window, now, ZONE);
      const lowerUpTo = graceCutoff(settings.tierRules.graceDays, now, ZONE);
      await review(now);
      for (const [memberId, held] of before) {
        const progress = await readProgress(db, { shopId, memberId, basis, period });
        const { outcome: _outcome, ...expected } = reviewTier(settings, held, progress, {
          now,
          period,
          lowerUpTo,
        });
        const { tierLocked, ...actual } = await tierOf(db, shopId, memberId);
        expect({ held, progress, ...actual }).toEqual({ held, progress, ...expected });
        const known = settings.tiers.some(({ id }) => id === held.tierId);
        expect({ held, tierLocked }).toEqual({ held, tierLocked: held.tierLocked && known });
      }
      expect(await review(now)).toMatchObject({ changed: 0 });
    },
    60_000,
  );
});

describe("a tier by what it counts", () => {
  it("counts the points that orders hold: 499 are not enough for 500, and a refund takes them off again", async () => {
    const { db, shopId, apply, order, review, tier } = await setUp((program) => {
      program.tierRules.basis = "points";
      program.tiers[1]!.thresholdMinor = 500;
      program.tiers[2]!.thresholdMinor = 5_000;
    });
    const orderId = await order({ spentMinor: 10_000, points: 499 });
    expect(await apply()).toMatchObject({ outcome: "unchanged" });
    await order({ points: 1 });
    expect(await apply()).toEqual({ outcome: "upgraded", tierId: "silver" });
    await db.query(`update order_state set points_held = 0 where shop_id = $1 and order_id = $2`, [
      shopId,
      orderId,
    ]);
    expect(await apply()).toEqual({ outcome: "unchanged", tierId: "silver" });
    await review(new Date("2027-01-01T05:00:00Z"));
    expect(await tier()).toMatchObject({ tierId: "bronze", tierUntil: null });
  });

  it("counts orders that are not wholly refunded: the third makes silver", async () => {
    const { apply, order } = await setUp((program) => {
      program.tierRules.basis = "orders";
      program.tiers[1]!.thresholdMinor = 3;
      program.tiers[2]!.thresholdMinor = 10;
    });
    await order({ spentMinor: 1 });
    await order({ spentMinor: 1 });
    await order({ spentMinor: 0 });
    expect(await apply()).toMatchObject({ tierId: "bronze" });
    await order({ spentMinor: 1 });
    expect(await apply()).toEqual({ outcome: "upgraded", tierId: "silver" });
  });
});

describe("what entering a tier gives", () => {
  const reward = (program: ProgramSettings) => {
    program.tiers[1]!.entryPoints = 200;
    program.tierRules.window = "rolling_12_months";
  };

  it("is given once, in the same moment, and not again after a down and up within 12 months", async () => {
    const { db, shopId, memberId, apply, order, review } = await setUp(reward);
    await order({ spentMinor: 30_000 });
    await apply();
    await apply();
    expect(await balancesOf(db, shopId, memberId)).toEqual([200, 0, 0]);
    // Down by hand and up by an order, half a year later.
    await db.query(`update member set tier_id = 'bronze', tier_until = null where shop_id = $1`, [shopId]);
    expect(await apply(inDays(180))).toEqual({ outcome: "upgraded", tierId: "silver" });
    expect(await balancesOf(db, shopId, memberId)).toEqual([200, 0, 0]);
    // Lost at the review, and reached anew more than 12 months after the first time.
    await review(inDays(800));
    await order({ spentMinor: 30_000, at: inDays(801) });
    expect(await apply(inDays(801))).toEqual({ outcome: "upgraded", tierId: "silver" });
    expect(await balancesOf(db, shopId, memberId)).toEqual([400, 0, 0]);
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("is given once to a member whom ten settlements raise at the same time", async () => {
    const { db, shopId, memberId, apply, order } = await setUp(reward);
    await order({ spentMinor: 30_000 });
    await Promise.all(Array.from({ length: 10 }, () => apply()));
    expect(await balancesOf(db, shopId, memberId)).toEqual([200, 0, 0]);
  });
});

describe("a tier set by hand", () => {
  const by = { reason: "a regular since 1999", actor: "7" };

  it("and locked stays through orders and reviews, says who and why, and twice is once", async () => {
    const { db, shopId, memberId, apply, order, review, tier } = await setUp();
    const services = { db, newId: randomUUID };
    const args = { shopId, memberId, tierId: "silver", locked: true, now: NOW, ...by };
    expect(await setTier(services, args)).toEqual({ outcome: "set" });
    expect(await setTier(services, args)).toEqual({ outcome: "unchanged" });
    await order({ spentMinor: 100_000 });
    expect(await apply()).toEqual({ outcome: "unchanged", tierId: "silver" });
    await review(inDays(1000));
    expect(await tier()).toMatchObject({ tierId: "silver", tierLocked: true });
    const audit = await db.query(
      `select actor, before, after, reason from audit_event where shop_id = $1 and action = 'tier.set'`,
      [shopId],
    );
    expect(audit).toEqual([
      {
        actor: "7",
        before: { tierId: "bronze", locked: false },
        after: { tierId: "silver", locked: true },
        reason: by.reason,
      },
    ]);
    expect(await setTier(services, { ...args, locked: false })).toEqual({ outcome: "set" });
    expect(await apply()).toEqual({ outcome: "upgraded", tierId: "gold" });
  });

  it("is refused for a tier the program does not have, and for another shop's member", async () => {
    const { db, shopId, memberId, tier } = await setUp();
    const services = { db, newId: randomUUID };
    const args = { shopId, memberId, tierId: "platinum", locked: false, now: NOW, ...by };
    expect(await setTier(services, args)).toEqual({ outcome: "no_such_tier" });
    const other = await createShop(db);
    expect(await setTier(services, { ...args, shopId: other })).toEqual({ outcome: "no_such_member" });
    expect(await tier()).toMatchObject({ tierId: "bronze" });
  });
});

describe("before a tier goes down", () => {
  it("its member is noted once, 30 days before its last day, unless what counts is enough", async () => {
    const { db, shopId, memberId, settings, order } = await setUp();
    const end = new Date("2027-01-01T05:00:00Z");
    await db.query(`update member set tier_id = 'gold', tier_until = $2 where shop_id = $1`, [shopId, end]);
    const note = (now: Date) => noteDowngrades(db, { shopId, now, settings, timeZone: ZONE });
    expect(await note(new Date("2026-11-30T06:00:00Z"))).toEqual({ noted: 0 });
    expect(
      await Promise.all([note(new Date("2026-12-01T06:00:00Z")), note(new Date("2026-12-01T06:00:00Z"))]),
    ).toContainEqual({ noted: 1 });
    expect(await note(new Date("2026-12-02T06:00:00Z"))).toEqual({ noted: 0 });
    expect(
      await db.query(`select member_id, tier_id, next_tier_id, ends_at from tier_notice where shop_id = $1`, [
        shopId,
      ]),
    ).toEqual([{ member_id: memberId, tier_id: "gold", next_tier_id: "bronze", ends_at: end }]);
    await db.query(`delete from tier_notice where shop_id = $1`, [shopId]);
    await order({ spentMinor: 100_000, at: new Date("2026-12-02T06:00:00Z") });
    expect(await note(new Date("2026-12-03T06:00:00Z"))).toEqual({ noted: 0 });
  });
});

describe("who would move under other thresholds", () => {
  it("is counted from tier to tier, without moving anybody, and without those who are locked", async () => {
    const { db, shopId, settings, order, apply, tier } = await setUp();
    await order({ spentMinor: 30_000 });
    await apply();
    await joinMember(db, shopId, "2");
    const draft = structuredClone(settings);
    const preview = () => previewTiers(db, { shopId, now: NOW, settings: draft, timeZone: ZONE });
    expect(await preview()).toEqual([]);
    draft.tiers[2]!.thresholdMinor = 30_000;
    draft.tiers[1]!.thresholdMinor = 20_000;
    expect(await preview()).toEqual([{ from: "silver", to: "gold", up: true, gone: false, members: 1 }]);
    draft.tiers[1]!.thresholdMinor = 40_000;
    draft.tiers[2]!.thresholdMinor = 50_000;
    expect(await preview()).toEqual([{ from: "silver", to: "bronze", up: false, gone: false, members: 1 }]);
    draft.tiers.splice(1, 1);
    expect(await preview()).toEqual([{ from: "silver", to: "bronze", up: true, gone: true, members: 1 }]);
    // A lock holds a tier that there is.
    await db.query(`update member set tier_locked = true where shop_id = $1`, [shopId]);
    expect(await preview()).toEqual([{ from: "silver", to: "bronze", up: true, gone: true, members: 1 }]);
    draft.tiers.splice(1, 0, settings.tiers[1]!);
    draft.tiers[1]!.thresholdMinor = 40_000;
    expect(await preview()).toEqual([]);
    expect(await tier()).toMatchObject({ tierId: "silver" });
  });
});

describe("a locked tier that the program has no more", () => {
  it("is exchanged that night for the one that orders are enough for, unlocked, said once in the audit log", async () => {
    const { db, shopId, memberId, settings, order, review, apply, tier } = await setUp();
    const other = await joinMember(db, shopId, "2");
    const by = { reason: "a regular", actor: "7", locked: true, now: NOW };
    const services = { db, newId: randomUUID };
    await setTier(services, { shopId, memberId, tierId: "silver", ...by });
    await setTier(services, { shopId, memberId: other, tierId: "gold", ...by });
    await order({ spentMinor: 30_000 });
    settings.tiers.splice(1, 1);
    // Until then the lock holds, whatever is settled.
    expect(await apply()).toEqual({ outcome: "unchanged", tierId: "silver" });
    const results = await Promise.all([review(inDays(1)), review(inDays(1))]);
    expect(results.map(({ changed }) => changed).toSorted()).toEqual([0, 1]);
    expect(await review(inDays(1))).toEqual({ reviewed: 0, changed: 0 });
    expect(await tier()).toMatchObject({ tierId: "bronze", tierUntil: null, tierLocked: false });
    expect(await tierOf(db, shopId, other)).toMatchObject({ tierId: "gold", tierLocked: true });
    const audit = await db.query(
      `select actor, subject, before, after from audit_event
        where shop_id = $1 and action = 'tier.set' and actor = 'system'`,
      [shopId],
    );
    expect(audit).toEqual([
      {
        actor: "system",
        subject: `member:${memberId}`,
        before: { tierId: "silver", locked: true },
        after: { tierId: "bronze", locked: false },
      },
    ]);
    // Free again: orders raise them.
    await order({ spentMinor: 70_000, at: inDays(1) });
    expect(await apply(inDays(1))).toEqual({ outcome: "upgraded", tierId: "gold" });
  });
});
