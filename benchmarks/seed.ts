/**
 * One big shop beside fifty small ones, written in sets: ten transfers a member, with the lots, moves, redemptions and orders
 * they belong to, so that the ledger's audit finds nothing wrong.
 *
 * A member's year: earn 500, earn 300, hold 300 and use it on the third order, earn 400 there, lose 100 to a refund, lapse
 * the 200 left of the first lot, earn 250 with a hold, have it released (nine in ten; the tenth member still waits), earn 350.
 */
import { createHash } from "node:crypto";
import { seedProgram } from "#app/loyalty/program/program.server.ts";
import type { Database, Tx } from "#app/platform/db/database.server.ts";
import { NOW } from "./now.ts";

export const SMALL_SHOPS = 50;
const SMALL_SHOP_MEMBERS = 20;

/** When every member's second lot lapses, and when every tier's time is up. Holds end at NOW already. */
export const LOTS_LAPSE_AT = new Date("2026-12-01T05:00:00Z");
export const TIERS_END_AT = new Date("2027-01-01T05:00:00Z");

export interface SeededShop {
  shopId: string;
  members: number;
}

/** The nth member's id; the same in every database, spread like random ones. */
export const memberIdSql = (shop: string, n: string): string => `md5(${shop} || ':' || ${n})::uuid`;

export function memberIdOf(shopId: string, n: string): string {
  const hex = createHash("md5").update(`${shopId}:${n}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Fills a migrated, empty database. Indexes and constraints are dropped and made again as they were. */
export async function seed(db: Database, bigMembers: number): Promise<SeededShop> {
  const big = { shopId: "bench-big.myshopify.com", members: bigMembers };
  const shops = [
    big,
    ...Array.from({ length: SMALL_SHOPS }, (_, index) => ({
      shopId: `bench-small-${index + 1}.myshopify.com`,
      members: SMALL_SHOP_MEMBERS,
    })),
  ];
  await db.transaction(async (tx) => {
    await tx.query("set local statement_timeout = 0");
    await tx.query("set local maintenance_work_mem = '1GB'");
    await tx.query("set local work_mem = '128MB'");
    for (const shop of shops) await seedShop(tx, shop.shopId);
    const restore = await dropIndexesAndConstraints(tx);
    for (const shop of shops) await seedRows(tx, shop);
    for (const sql of restore) await tx.query(sql);
  });
  for (const table of [...TABLES, "shop"]) await db.query(`vacuum (analyze) ${table}`);
  return big;
}

async function seedShop(tx: Tx, shopId: string): Promise<void> {
  await tx.query(
    `insert into shop (shop_id, name, currency, currency_exponent, time_zone, locale, storefront_url, installed_at)
     values ($1, 'Bench', 'USD', 2, 'America/New_York', 'en', 'https://' || $1, $2)`,
    [shopId, NOW],
  );
  await seedProgram(tx, { shopId, currency: "USD", currencyExponent: 2, now: NOW });
}

const TABLES = ["member", "order_state", "redemption", "points_transfer", "points_lot", "lot_move"];

/** Returns the statements that make everything again, in the order in which they can run. */
async function dropIndexesAndConstraints(tx: Tx): Promise<string[]> {
  const constraints = await tx.query<{ table: string; name: string; definition: string }>(
    `select c.conrelid::regclass::text as "table", c.conname as name, pg_get_constraintdef(c.oid) as definition
       from pg_constraint c
      where (c.conrelid = any($1::regclass[]) or c.confrelid = any($1::regclass[])) and c.contype in ('f', 'c', 'u', 'p')
      order by array_position(array['f', 'c', 'u', 'p'], c.contype::text), c.conname`,
    [TABLES],
  );
  for (const { table, name } of constraints) {
    await tx.query(`alter table ${table} drop constraint ${name}`);
  }
  const indexes = await tx.query<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
       from pg_index where indrelid = any($1::regclass[])`,
    [TABLES],
  );
  for (const { name } of indexes) await tx.query(`drop index ${name}`);
  const add = constraints.map(
    ({ table, name, definition }) => `alter table ${table} add constraint ${name} ${definition}`,
  );
  return [...indexes.map(({ definition }) => definition), ...add.toReversed()];
}

async function seedRows(tx: Tx, { shopId, members }: SeededShop): Promise<void> {
  await tx.query("create temporary table seeding (n int, member_id uuid, waits boolean) on commit drop");
  await tx.query(
    `insert into seeding select n, ${memberIdSql("$1::text", "n")}, n % 10 = 0 from generate_series(1, $2::int) as n`,
    [shopId, members],
  );
  // Everything but the second lot lives for years; `lots` says what is left of each in the end.
  await tx.query(
    `insert into member (shop_id, member_id, customer_id, joined_at, referral_code, tier_id, tier_since, tier_until,
        available, pending, held, lifetime, last_seq, last_active_at, revision, projected_revision, projected_at)
     select $1, member_id, n::text, timestamptz '2026-01-01' + n % 200000 * interval '1 minute', 'B' || n, 'silver',
        timestamptz '2026-01-01', $2, case when waits then 950 else 1200 end, case when waits then 250 else 0 end, 0, 1700,
        case when waits then 9 else 10 end, timestamptz '2026-11-01', 10, 10, timestamptz '2026-11-01'
       from seeding`,
    [shopId, TIERS_END_AT],
  );
  await tx.query(
    `insert into order_state (shop_id, order_id, member_id, customer_id, name, processed_at, updated_at, document, snapshot,
        points_held, changes, spent_minor, outcome, settled_at)
     select $1, (n::bigint * 10 + k)::text, member_id, n::text, '#' || (n::bigint * 10 + k), at, at, '{}', '{}', points,
        case when k = 3 then 2 else 1 end, points * 20, 'settled', at
       from seeding, ${ORDERS}`,
    [shopId],
  );
  await tx.query(
    `insert into redemption (shop_id, redemption_id, member_id, reward_id, kind, points, terms, status, code, idempotency_key,
        request_hash, requested_at, ready_at, closed_at, used_order_id)
     select $1, member_id, member_id, 'free-shipping', 'free_shipping', 300,
        '{"title": {"en": "Free shipping", "ko": "무료 배송"}}', 'used', 'BENCH' || n, 'k' || n, 'x', at, at, at,
        (n::bigint * 10 + 3)::text
       from seeding, (values (timestamptz '2026-04-01')) as t(at)`,
    [shopId],
  );
  await tx.query(
    `insert into points_transfer (shop_id, member_id, seq, from_account, to_account, points, reason, source, source_id,
        idempotency_key, occurred_at, recorded_at, actor, detail, available_after)
     select $1, member_id, t.seq, t.from_account, t.to_account, t.points, t.reason, t.source,
        case t.source when 'order' then (n::bigint * 10 + t.k)::text when 'redemption' then member_id::text else t.k::text end,
        t.reason || ':' || n || ':' || t.seq, t.at + n % 1440 * interval '1 minute', t.at + n % 1440 * interval '1 minute',
        'system', t.detail, t.after
       from seeding cross join lateral (values ${TRANSFERS})
         as t(seq, from_account, to_account, points, reason, source, k, at, after, detail)
      where t.seq is not null`,
    [shopId],
  );
  await tx.query(
    `insert into points_lot (shop_id, member_id, lot_seq, granted, remaining, state, earned_at, available_at, expires_at, order_id)
     select $1, member_id, l.seq, l.granted, l.remaining, l.state, l.at, l.at,
        case when l.k = 2 then $2 else timestamptz '2029-01-01' + n % 365 * interval '1 day' end, (n::bigint * 10 + l.k)::text
       from seeding cross join lateral (values
         (1, 1, 500, 0, 'available', timestamptz '2026-01-10'),
         (2, 2, 300, 300, 'available', timestamptz '2026-02-10'),
         (5, 3, 400, 300, 'available', timestamptz '2026-04-01'),
         (8, 4, 250, 250, case when waits then 'pending' else 'available' end, timestamptz '2026-08-01'),
         (case when waits then 9 else 10 end, 5, 350, 350, 'available', timestamptz '2026-10-01'))
         as l(seq, k, granted, remaining, state, at)`,
    [shopId, LOTS_LAPSE_AT],
  );
  await tx.query(
    `insert into lot_move (shop_id, member_id, transfer_seq, lot_seq, points)
     select $1, member_id, m.transfer_seq, m.lot_seq, m.points
       from seeding, (values (3, 1, -300), (6, 5, -100), (7, 1, -200)) as m(transfer_seq, lot_seq, points)`,
    [shopId],
  );
  await tx.query("drop table seeding");
}

const ORDERS = `(values
  (1, 500, timestamptz '2026-01-10'), (2, 300, timestamptz '2026-02-10'), (3, 300, timestamptz '2026-04-01'),
  (4, 250, timestamptz '2026-08-01'), (5, 350, timestamptz '2026-10-01')) as o(k, points, at)`;

// A waiting member has no release, so the last transfer takes its number and leaves 250 fewer to spend.
const DETAIL = `'{"orderName": "#1001", "currency": "USD", "eligibleMinor": 10000, "multiplier": "1", "rounding": "down"}'::jsonb`;
const TRANSFERS = `
  (1, 'issued', 'available', 500, 'earn', 'order', 1, timestamptz '2026-01-10', 500, ${DETAIL}),
  (2, 'issued', 'available', 300, 'earn', 'order', 2, timestamptz '2026-02-10', 800, ${DETAIL}),
  (3, 'available', 'held', 300, 'redeem_hold', 'redemption', 0, timestamptz '2026-03-01', 500, '{}'),
  (4, 'held', 'redeemed', 300, 'redeem_use', 'redemption', 0, timestamptz '2026-04-01', 500, '{}'),
  (5, 'issued', 'available', 400, 'earn', 'order', 3, timestamptz '2026-04-01', 900, ${DETAIL}),
  (6, 'available', 'reversed', 100, 'clawback', 'order', 3, timestamptz '2026-05-01', 800, ${DETAIL}),
  (7, 'available', 'expired', 200, 'expire', 'expiry', 1, timestamptz '2026-07-01', 600, '{"lotSeq": 1}'),
  (8, 'issued', 'pending', 250, 'earn', 'order', 4, timestamptz '2026-08-01', 600, ${DETAIL}),
  (case when waits then null else 9 end, 'pending', 'available', 250, 'release', 'order', 4, timestamptz '2026-09-01', 850,
   '{"lotSeq": 8, "debtPaid": 0}'),
  (case when waits then 9 else 10 end, 'issued', 'available', 350, 'earn', 'order', 5, timestamptz '2026-10-01',
   case when waits then 950 else 1200 end, ${DETAIL})`;
