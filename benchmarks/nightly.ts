import { randomUUID } from "node:crypto";
import { expireLots } from "#app/loyalty/nightly/expire-lots.server.ts";
import { releaseLots } from "#app/loyalty/nightly/release-lots.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { reviewTiers } from "#app/loyalty/tiers/review-tiers.server.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import { type BenchContext, BIG_SHOP, type SeededCopy } from "./context.ts";
import { type Result, round } from "./measure.ts";
import { watchMemory } from "./memory.ts";
import { NOW } from "./now.ts";
import { LOTS_LAPSE_AT, TIERS_END_AT } from "./seed.ts";

const ZONE = "America/New_York";

interface Sweep {
  name: string;
  unit: string;
  ours(copy: SeededCopy): Promise<number>;
  /** One statement: the UPDATEs and INSERTs of the same rows, with RETURNING, nothing locked or planned first. */
  floor(db: Database, shopId: string): Promise<number>;
}

/** The holds of a tenth of the members end. */
export const benchReleaseHolds = sweepBench({
  name: "release_holds",
  unit: "lots/s",
  ours: async ({ db, shop }) => (await releaseLots(db, { shopId: shop.shopId, now: NOW })).lots,
  floor: (db, shopId) =>
    count(
      db,
      `with lots as (
         update points_lot set state = 'available' where shop_id = $1 and state = 'pending' and available_at <= $2
         returning member_id, lot_seq, remaining
       ), balances as (
         update member m set pending = pending - remaining, available = available + remaining, last_seq = last_seq + 1,
                revision = revision + 1
           from lots where m.shop_id = $1 and m.member_id = lots.member_id
         returning m.member_id, lot_seq, last_seq, remaining, available
       ), transfers as (
         insert into points_transfer (shop_id, member_id, seq, from_account, to_account, points, reason, source, source_id,
             idempotency_key, occurred_at, recorded_at, actor, detail, available_after)
         select $1, member_id, last_seq, 'pending', 'available', remaining, 'release', 'order', lot_seq::text,
             'release:' || member_id || ':' || lot_seq, $2, $2, 'system',
             jsonb_build_object('lotSeq', lot_seq, 'debtPaid', 0, 'orderName', '#1001'), available
           from balances returning 1
       ) select count(*)::int as n from transfers`,
      [shopId, NOW],
    ),
});

/** A lot of every member lapses. */
export const benchExpireLots = sweepBench({
  name: "expire_lots",
  unit: "lots/s",
  ours: async ({ db, shop }) => (await expireLots(db, { shopId: shop.shopId, now: LOTS_LAPSE_AT })).lots,
  floor: (db, shopId) =>
    count(
      db,
      `with lots as (
         update points_lot l set remaining = 0
           from (select member_id, lot_seq, remaining from points_lot
                  where shop_id = $1 and state = 'available' and remaining > 0 and expires_at <= $2) due
          where l.shop_id = $1 and l.member_id = due.member_id and l.lot_seq = due.lot_seq
         returning l.member_id, l.lot_seq, due.remaining
       ), balances as (
         update member m set available = available - remaining, last_seq = last_seq + 1, revision = revision + 1
           from lots where m.shop_id = $1 and m.member_id = lots.member_id
         returning m.member_id, lot_seq, last_seq, remaining, available
       ), transfers as (
         insert into points_transfer (shop_id, member_id, seq, from_account, to_account, points, reason, source, source_id,
             idempotency_key, occurred_at, recorded_at, actor, detail, available_after)
         select $1, member_id, last_seq, 'available', 'expired', remaining, 'expire', 'expiry', lot_seq::text,
             'expire:' || member_id || ':' || lot_seq || ':' || last_seq, $2, $2, 'system',
             jsonb_build_object('lotSeq', lot_seq), available
           from balances returning member_id, seq, points, source_id
       ), moves as (
         insert into lot_move (shop_id, member_id, transfer_seq, lot_seq, points)
         select $1, member_id, seq, source_id::int, -points from transfers
       ) select count(*)::int as n from transfers`,
      [shopId, LOTS_LAPSE_AT],
    ),
});

/** The time of every member's tier is up, and last year's spend keeps nobody's. */
export const benchReviewTiers = sweepBench({
  name: "review_tiers",
  unit: "members/s",
  ours: async ({ db, shop }) => {
    const { settings } = await liveProgram(db, shop.shopId);
    const args = { shopId: shop.shopId, now: TIERS_END_AT, settings, timeZone: ZONE, newId: randomUUID };
    return (await reviewTiers(db, args)).reviewed;
  },
  floor: (db, shopId) =>
    count(
      db,
      `with members as (
         update member set tier_id = 'bronze', tier_since = $2, tier_until = null, revision = revision + 1
          where shop_id = $1 and tier_until <= $2 returning member_id
       ) select count(*)::int as n from members`,
      [shopId, TIERS_END_AT],
    ),
});

async function count(db: Database, sql: string, values: unknown[]): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql, values);
  return row?.n ?? 0;
}

/** Each side works on a copy of its own, so that neither finds the other's dead rows; what was dropped would show in n. */
function sweepBench(sweep: Sweep): (context: BenchContext) => Promise<Result> {
  return async ({ withSeeded }) => {
    const bare = await withSeeded(BIG_SHOP, ({ db, shop }) => timed(() => sweep.floor(db, shop.shopId)));
    const { result: ours, grownMb } = await withSeeded(BIG_SHOP, (copy) =>
      watchMemory(() => timed(() => sweep.ours(copy))),
    );
    if (ours.rows !== bare.rows) throw new Error(`${sweep.name}: ${ours.rows} rows, the floor ${bare.rows}`);
    return {
      name: sweep.name,
      value: round(ours.perSecond, 0),
      unit: sweep.unit,
      floor: round(bare.perSecond, 0),
      ratio: round(ours.perSecond / bare.perSecond),
      note: `${ours.rows} in ${round(ours.seconds, 1)} s (floor ${round(bare.seconds, 1)} s); memory of the process at most ${grownMb} MB more`,
    };
  };
}

async function timed(
  work: () => Promise<number>,
): Promise<{ rows: number; seconds: number; perSecond: number }> {
  const started = performance.now();
  const rows = await work();
  const seconds = (performance.now() - started) / 1000;
  return { rows, seconds, perSecond: rows / seconds };
}
