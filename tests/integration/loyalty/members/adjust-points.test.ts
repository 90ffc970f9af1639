import { describe, expect, it } from "vitest";
import { adjustPoints } from "#app/loyalty/members/adjust-points.server.ts";
import { setMemberBlocked } from "#app/loyalty/members/set-member-blocked.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import {
  balancesOf,
  discrepanciesIn,
  joinMember,
  peopleServices,
  takeBack,
} from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();

async function setUp() {
  const { db } = database;
  const shopId = await createShop(db);
  const memberId = await joinMember(db, shopId, "1");
  const services = peopleServices(db);
  const adjust = (points: number, idempotencyKey = "form-1", reason = "Lost parcel") =>
    adjustPoints(services, { shopId, memberId, points, reason, actor: "9001", idempotencyKey, now: NOW });
  const audit = () =>
    db.query(
      `select actor, action, subject, before, after, reason from audit_event where shop_id = $1 order by at, event_id`,
      [shopId],
    );
  return { db, shopId, memberId, services, adjust, audit };
}

describe("adjusting points by hand", () => {
  it("adds points that lapse like any others, with who, why, before and after", async () => {
    const { db, shopId, memberId, adjust, audit } = await setUp();
    expect(await adjust(250)).toEqual({ outcome: "adjusted", available: 250 });
    expect(await audit()).toEqual([
      {
        actor: "9001",
        action: "points.adjust",
        subject: `member:${memberId}`,
        before: { available: 0 },
        after: { available: 250, points: 250 },
        reason: "Lost parcel",
      },
    ]);
    const [lot] = await db.query(`select remaining, expires_at from points_lot where shop_id = $1`, [shopId]);
    // 20 November 2026 in New York, twelve months, the end of that day
    expect(lot).toEqual({ remaining: 250, expires_at: new Date("2027-11-21T05:00:00Z") });
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("replayed, adjusts once; the same key for something else is refused", async () => {
    const { adjust, audit } = await setUp();
    await adjust(250);
    expect(await adjust(250)).toEqual({ outcome: "replayed", available: 250 });
    expect(await adjust(300)).toEqual({ outcome: "key_reused" });
    expect(await adjust(-250)).toEqual({ outcome: "key_reused" });
    expect(await adjust(250, "form-1", "Another reason")).toEqual({ outcome: "key_reused" });
    expect(await audit()).toHaveLength(1);
  });

  it("sixteen clicks at once adjust once", async () => {
    const { db, shopId, memberId, adjust } = await setUp();
    const results = await Promise.all(Array.from({ length: 16 }, () => adjust(100)));
    expect(results.filter(({ outcome }) => outcome === "adjusted")).toHaveLength(1);
    expect(await balancesOf(db, shopId, memberId)).toEqual([100, 0, 0]);
  });

  it("takes points down to nothing and not further, also when many take at once", async () => {
    const { db, shopId, memberId, adjust } = await setUp();
    await adjust(100);
    expect(await adjust(-101, "form-2")).toEqual({ outcome: "insufficient_points", available: 100 });
    const results = await Promise.all(Array.from({ length: 8 }, (_, index) => adjust(-60, `race-${index}`)));
    expect(results.filter(({ outcome }) => outcome === "adjusted")).toHaveLength(1);
    expect(await balancesOf(db, shopId, memberId)).toEqual([40, 0, 0]);
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("pays what is owed first", async () => {
    const { db, shopId, memberId, adjust } = await setUp();
    await takeBack(db, shopId, memberId, 80);
    expect(await adjust(-1, "form-2")).toEqual({ outcome: "insufficient_points", available: -80 });
    expect(await adjust(100)).toEqual({ outcome: "adjusted", available: 20 });
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("T31 refuses nonsense before it touches anything", async () => {
    const { adjust, audit } = await setUp();
    expect(await adjust(NaN)).toEqual({
      outcome: "invalid",
      errors: { points: "points_not_a_whole_number" },
    });
    expect(await adjust(1e21)).toEqual({
      outcome: "invalid",
      errors: { points: "points_not_a_whole_number" },
    });
    expect(await adjust(5, "k", " ")).toEqual({ outcome: "invalid", errors: { reason: "reason_missing" } });
    expect(await audit()).toEqual([]);
  });

  it("T46 knows no member of another shop", async () => {
    const { db, memberId, services } = await setUp();
    const other = await createShop(db);
    const args = {
      shopId: other,
      memberId,
      points: 5,
      reason: "r",
      actor: "1",
      idempotencyKey: "k",
      now: NOW,
    };
    expect(await adjustPoints(services, args)).toEqual({ outcome: "no_such_member" });
  });
});

describe("blocking a member", () => {
  it("is done once, undone once, and written down both times", async () => {
    const { db, shopId, memberId, services, audit } = await setUp();
    const block = (blocked: boolean) =>
      setMemberBlocked(services, { shopId, memberId, blocked, actor: "9001", reason: "Abuse", now: NOW });
    expect(await block(true)).toEqual({ outcome: "blocked" });
    expect(await block(true)).toEqual({ outcome: "unchanged" });
    expect(await block(false)).toEqual({ outcome: "unblocked" });
    expect((await audit()).map(({ action }) => action).toSorted()).toEqual([
      "member.block",
      "member.unblock",
    ]);
    const other = await createShop(db);
    expect(
      await setMemberBlocked(services, {
        shopId: other,
        memberId,
        blocked: true,
        actor: "1",
        reason: "r",
        now: NOW,
      }),
    ).toEqual({ outcome: "no_such_member" });
  });
});
