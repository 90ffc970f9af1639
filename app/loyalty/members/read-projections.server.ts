import type { Queryable } from "#app/platform/db/database.server.ts";
import type { TierRules } from "#app/loyalty/program/tier-settings.ts";
import { AMOUNT_SQL } from "#app/loyalty/tiers/read-progress.server.ts";
import type { TierPeriod } from "#app/loyalty/tiers/tier-period.ts";
import type { MemberProjection } from "./member-metafields.ts";

/** A member whose storefront metafields are behind, with the revision that these figures are of. */
export type UnprojectedMember = MemberProjection & { memberId: string; revision: number };

type Row = Omit<UnprojectedMember, "expiring"> & { expiring: { points: number; expiresAt: string }[] };

/**
 * Reads the next members whose projection is behind, in one consistent snapshot; empty when all are up to
 * date.
 */
export async function readUnprojected(
  q: Queryable,
  args: {
    shopId: string;
    after: string | null;
    limit: number;
    basis: TierRules["basis"];
    period: Pick<TierPeriod, "currentFrom" | "to">;
  },
): Promise<UnprojectedMember[]> {
  const rows = await q.query<Row>(
    `select m.member_id as "memberId", m.revision, m.customer_id as "customerId", m.state, m.available, m.pending, m.held,
            m.tier_id as "tierId", m.tier_since as "tierSince", m.tier_until as "tierUntil",
            m.referral_code as "referralCode",
            coalesce((select json_agg(json_build_object('points', points, 'expiresAt', expires_at) order by expires_at)
               from (select expires_at, sum(remaining) as points from points_lot
                      where shop_id = $1 and member_id = m.member_id and remaining > 0 and state = 'available'
                        and expires_at is not null
                      group by expires_at order by expires_at limit 12) as lots), '[]') as expiring,
            coalesce((select sum(${AMOUNT_SQL[args.basis]}) from order_state o
                       where o.shop_id = $1 and o.member_id = m.member_id
                         and o.processed_at >= $4 and o.processed_at < $5), 0)::bigint as progress,
            (select count(*) from referral where shop_id = $1 and advocate_id = m.member_id
                and status <> 'refused') as invited,
            (select count(*) from referral where shop_id = $1 and advocate_id = m.member_id
                and status = 'rewarded') as rewarded,
            (select count(*) from referral where shop_id = $1 and advocate_id = m.member_id
                and status = 'review') as reviewing
       from member m
      where m.shop_id = $1 and m.revision <> m.projected_revision and m.customer_id is not null
        and m.state in ('active', 'blocked') and ($2::uuid is null or m.member_id > $2::uuid)
      order by m.member_id
      limit $3`,
    [args.shopId, args.after, args.limit, args.period.currentFrom, args.period.to],
  );
  return rows.map((row) => ({
    ...row,
    expiring: row.expiring.map((lot) => ({ points: lot.points, expiresAt: new Date(lot.expiresAt) })),
  }));
}

/**
 * Notes what has been written. A member that changed meanwhile has a higher revision by now and stays behind. Members are
 * locked in the order of their ids first, as everything that moves points locks them.
 */
export async function markProjected(
  q: Queryable,
  args: { shopId: string; now: Date; members: readonly { memberId: string; revision: number }[] },
): Promise<void> {
  await q.query(
    `with locked as (
       select member_id from member where shop_id = $1 and member_id = any($3::uuid[])
        order by member_id for no key update)
     update member set projected_revision = done.revision, projected_at = $2
       from locked join unnest($3::uuid[], $4::int[]) as done(member_id, revision) using (member_id)
      where member.shop_id = $1 and member.member_id = locked.member_id`,
    [
      args.shopId,
      args.now,
      args.members.map((member) => member.memberId),
      args.members.map((member) => member.revision),
    ],
  );
}
