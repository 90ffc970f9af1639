import { describe, expect, it } from "vitest";
import { POINTS_MAX } from "#app/loyalty/ledger/accounts.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { adjustPoints } from "#app/loyalty/members/adjust-points.server.ts";
import { ADJUSTMENT_MAX_POINTS } from "#app/loyalty/members/parse-adjustment.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import {
  balancesOf,
  discrepanciesIn,
  grantLot,
  joinMember,
  peopleServices,
} from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();

async function setUp() {
  const { db } = database;
  const shopId = await createShop(db);
  const memberId = await joinMember(db, shopId, "1");
  const adjust = (points: unknown, idempotencyKey = "form") =>
    adjustPoints(peopleServices(db), {
      shopId,
      memberId,
      points: points as number,
      reason: "Goodwill",
      actor: "9001",
      idempotencyKey,
      now: NOW,
    });
  const counts = async () => {
    const [row] = await db.query<{ transfers: number; audit: number }>(
      `select (select count(*) from points_transfer where shop_id = $1) as transfers,
              (select count(*) from audit_event where shop_id = $1) as audit`,
      [shopId],
    );
    return row!;
  };
  return { db, shopId, memberId, adjust, counts, balance: () => balancesOf(db, shopId, memberId) };
}

describe("T31 adjustments at and beyond their limits", () => {
  it("the most that one may add or take is taken, one more is not", async () => {
    const { adjust, balance } = await setUp();
    expect(await adjust(ADJUSTMENT_MAX_POINTS, "a")).toMatchObject({ outcome: "adjusted" });
    expect(await adjust(ADJUSTMENT_MAX_POINTS + 1, "b")).toMatchObject({ outcome: "invalid" });
    expect(await adjust(-ADJUSTMENT_MAX_POINTS - 1, "c")).toMatchObject({ outcome: "invalid" });
    expect(await adjust(-ADJUSTMENT_MAX_POINTS, "d")).toMatchObject({ outcome: "adjusted", available: 0 });
    expect(await balance()).toEqual([0, 0, 0]);
  });

  it.each([
    NaN,
    Infinity,
    1e21,
    -0,
    0,
    1.5,
    "-0",
    "1e3",
    "1e21",
    "9223372036854775808",
    "0x10",
    "１",
    "",
    null,
    {},
    [5],
  ])("%j changes nothing and is written nowhere", async (points) => {
    const { adjust, counts } = await setUp();
    expect(await adjust(points)).toMatchObject({ outcome: "invalid" });
    expect(await counts()).toEqual({ transfers: 0, audit: 0 });
  });

  it("a balance that would not fit is refused as a whole, far below what 64 bits hold", async () => {
    expect(BigInt(POINTS_MAX) * 1_000n).toBeLessThan(2n ** 63n);
    const { db, shopId, memberId, adjust, counts, balance } = await setUp();
    await grantLot(db, { shopId, memberId, points: POINTS_MAX - 5 });
    expect(await adjust(5, "fits")).toMatchObject({ outcome: "adjusted", available: POINTS_MAX });
    const before = await counts();
    await expect(adjust(1, "one more")).rejects.toThrow("ledger_balance_out_of_range");
    expect(await counts()).toEqual(before);
    expect(await balance()).toEqual([POINTS_MAX, 0, 0]);
    const overflow = { ...POSTING, memberId, points: Number.MAX_SAFE_INTEGER };
    await expect(
      db.transaction((tx) => postTransfers(tx, { shopId, now: NOW, postings: [overflow] })),
    ).rejects.toThrow("ledger_points_out_of_range");
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("says who and why with every one of them", async () => {
    const { db, shopId, adjust } = await setUp();
    await adjust(7, "a");
    await adjust(-3, "b");
    const rows = await db.query(
      `select actor, note, points from points_transfer where shop_id = $1 order by seq`,
      [shopId],
    );
    expect(rows).toEqual([
      { actor: "9001", note: "Goodwill", points: 7 },
      { actor: "9001", note: "Goodwill", points: 3 },
    ]);
  });
});

const POSTING = {
  from: "adjusted",
  to: "available",
  reason: "adjust",
  source: "admin",
  sourceId: "x",
  idempotencyKey: "x",
  occurredAt: NOW,
} as const;
