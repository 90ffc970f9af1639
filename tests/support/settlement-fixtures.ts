import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { holdPosting } from "#app/loyalty/rewards/redemption-postings.server.ts";
import type { RedemptionRow } from "#app/loyalty/rewards/redemption-row.server.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import { NOW } from "./ledger-fixtures.ts";

const idOf = (kind: number, number: number): string =>
  `0000000${kind}-0000-4000-8000-${String(number).padStart(12, "0")}`;

/**
 * Customer `number` as a member, alike in every shop: with `points`, and 300 more that are held for the code
 * `CODE-<number>`.
 */
export async function createMemberWithCode(
  db: Database,
  args: { shopId: string; number: number; points: number; state?: string },
): Promise<string> {
  const { shopId, number } = args;
  const [memberId, redemptionId] = [idOf(1, number), idOf(2, number)];
  await db.query(
    `insert into member (shop_id, member_id, customer_id, joined_at, referral_code, tier_id, tier_since, state)
     values ($1, $2, $3, $4, 'REF' || $3, 'bronze', $4, $5)`,
    [shopId, memberId, String(number), NOW, args.state ?? "active"],
  );
  if (args.points === 0) return memberId;
  const redemption = {
    redemptionId,
    memberId,
    points: 300,
    terms: { title: { en: "$3 off", ko: "3달러 할인" } },
  } as RedemptionRow;
  await db.query(
    `insert into redemption (shop_id, redemption_id, member_id, reward_id, kind, points, terms, status, code,
                             idempotency_key, request_hash, requested_at, ready_at)
     values ($1, $2, $3, 'amount-3', 'amount_off', 300, $4::jsonb, 'ready', 'CODE-' || $5::text, $2::uuid, '', $6, $6)`,
    [shopId, redemptionId, memberId, JSON.stringify(redemption.terms), String(number), NOW],
  );
  await db.transaction((tx) =>
    postTransfers(tx, {
      shopId,
      now: NOW,
      postings: [
        {
          memberId,
          from: "issued",
          to: "available",
          points: args.points + 300,
          reason: "bonus",
          source: "bonus",
          sourceId: `start-${number}`,
          idempotencyKey: `start:${number}`,
          occurredAt: NOW,
          lot: { expiresAt: null },
        },
        holdPosting(redemption, NOW, `redemption:${redemptionId}:hold`),
      ],
    }),
  );
  return memberId;
}

/** An invitation by the member whose customer is `advocate`; the friend's code is `FRIEND-<number>`. */
export async function inviteFriend(
  db: Database,
  { shopId, number, advocate }: { shopId: string; number: number; advocate: number },
): Promise<void> {
  await db.query(
    `insert into referral (shop_id, referral_id, advocate_id, friend_email_hash, code, status, created_at)
     values ($1, $2, $3, 'friend-' || $4::text, 'FRIEND-' || $4::text, 'invited', $5)`,
    [shopId, idOf(3, number), idOf(1, advocate), String(number), NOW],
  );
}

type Rows = Record<string, unknown>[];

/** Everything that settlement writes in a shop, comparable with another shop's: members are named by their customers. */
export async function booksOf(
  db: Database,
  shopId: string,
): Promise<
  Record<
    "members" | "transfers" | "lots" | "moves" | "orders" | "redemptions" | "referrals" | "campaigns",
    Rows
  >
> {
  const read = (columns: string, table: string, order: string): Promise<Rows> =>
    db.query(`select ${columns} from ${table} where shop_id = $1 order by ${order}`, [shopId]);
  const books = {
    campaigns: await read(
      `campaign_id, order_id, points, member_id,
       (select spent_points from campaign c where c.shop_id = $1 and c.campaign_id = campaign_award.campaign_id) as spent`,
      "campaign_award",
      "campaign_id, order_id",
    ),
    members: await read(
      `customer_id as member, state, joined_at, tier_id, tier_since, tier_until, available, pending, held, lifetime,
       last_seq, last_active_at, member_id`,
      "member",
      "customer_id",
    ),
    transfers: await read(
      `member_id, seq, from_account, to_account, points, reason, source, source_id, idempotency_key, reverses_seq,
       occurred_at, actor, note, detail, available_after`,
      "points_transfer",
      "idempotency_key",
    ),
    lots: await read(
      `member_id, lot_seq, granted, remaining, state, earned_at, available_at, expires_at, order_id`,
      "points_lot",
      `(select customer_id from member m where m.shop_id = $1 and m.member_id = points_lot.member_id), lot_seq`,
    ),
    moves: await read(
      `member_id, transfer_seq, lot_seq, points`,
      "lot_move",
      `(select customer_id from member m where m.shop_id = $1 and m.member_id = lot_move.member_id), transfer_seq, lot_seq`,
    ),
    orders: await read(
      `order_id, member_id, customer_id, document, refunds, snapshot, points_held, changes, spent_minor, outcome`,
      "order_state",
      "order_id",
    ),
    redemptions: await read(
      `redemption_id, member_id, status, used_order_id, closed_at, restored_at`,
      "redemption",
      "redemption_id",
    ),
    referrals: await read(
      `referral_id, advocate_id, friend_customer_id, status, reason, order_id, ordered_at`,
      "referral",
      "referral_id",
    ),
  };
  const text = books.members.reduce<string>(
    (all, { member_id: id, member }) => all.replaceAll(String(id), `member-${String(member)}`),
    JSON.stringify(books),
  );
  const named = JSON.parse(text) as typeof books;
  // Keys that name a member are in the sequence of its id otherwise.
  named.transfers.sort((a, b) => (String(a["idempotency_key"]) < String(b["idempotency_key"]) ? -1 : 1));
  return named;
}

/** How many deadlocks PostgreSQL has counted in this database. */
export async function deadlocks(db: Database): Promise<number> {
  await db.query("select pg_stat_clear_snapshot()");
  const [row] = await db.query<{ deadlocks: number }>(
    "select deadlocks from pg_stat_database where datname = current_database()",
  );
  return row?.deadlocks ?? 0;
}
