/**
 * Makes one member of two when Shopify merges their customers (docs/decisions/008-merging-members.md). The ledger is
 * append-only, so history stays under the member it was written for and is read through `merged_into`; what can still be
 * spent, released, taken back or used moves, through the account `merged`.
 */
import type { Tx } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { type LockedMember, lockMembers } from "#app/loyalty/ledger/lock-members.server.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { recordAudit } from "#app/loyalty/program/record-audit.server.ts";
import { applyTier } from "#app/loyalty/tiers/apply-tier.server.ts";
import { ensureMember } from "./ensure-member.server.ts";
import { type HeldForCode, type MovingLot, planMerge } from "./plan-merge.ts";
import { lockWhatMoves, moveRecords, takeBackDoubleBonuses } from "./move-records.server.ts";

export interface MergeArgs {
  shopId: string;
  keptCustomerId: string;
  deletedCustomerId: string;
  now: Date;
  newId: () => string;
  randomBytes: (length: number) => Uint8Array;
}

/**
 * Brings balances, lots, orders, codes, referrals and tier of the deleted customer's member to the kept customer's.
 * Whatever arrives for the deleted customer afterwards goes there too. Repeating it changes nothing.
 *
 * Locks orders, then referrals, then members, as settlement and referral rewards do.
 */
export async function mergeMembers(
  tx: Tx,
  args: MergeArgs,
): Promise<{ outcome: "merged" | "unchanged" | "erased"; memberId: string | null }> {
  const { shopId, keptCustomerId, deletedCustomerId } = args;
  if (keptCustomerId === deletedCustomerId) return { outcome: "unchanged", memberId: null };
  const moving = await lockWhatMoves(tx, { shopId, customerId: deletedCustomerId });
  await lockKnown(tx, shopId, [keptCustomerId, deletedCustomerId]);
  const kept = await ensureMember(tx, { ...args, customerId: keptCustomerId });
  // A customer who is no member yet becomes one all the same: late orders of theirs have to find the way.
  const gone = await ensureMember(tx, { ...args, customerId: deletedCustomerId });
  if (!kept || !gone) return { outcome: "erased", memberId: kept?.memberId ?? null };
  if (kept.memberId === gone.memberId) return { outcome: "unchanged", memberId: kept.memberId };
  const members = await lockMembers(tx, shopId, [kept.memberId, gone.memberId]);
  const keptMember = members.find(({ memberId }) => memberId === kept.memberId);
  const goneMember = members.find(({ memberId }) => memberId === gone.memberId);
  // Their own row says so when they were merged before, into somebody else.
  if (!keptMember || goneMember?.customerId !== deletedCustomerId)
    return { outcome: "unchanged", memberId: kept.memberId };

  await movePoints(tx, args, goneMember, kept.memberId);
  await moveRecords(tx, { shopId, moving, gone: goneMember, kept: keptMember });
  const before = await mergedInto(tx, shopId, gone.memberId);
  await closeMember(tx, args, goneMember, keptMember);
  const timeZone = await timeZoneOf(tx, shopId);
  await takeBackDoubleBonuses(tx, {
    shopId,
    now: args.now,
    timeZone,
    goneIds: [gone.memberId, ...before],
    keptId: kept.memberId,
  });
  await bringTiersTogether(tx, { ...args, timeZone }, gone.memberId, kept.memberId);
  await recordAudit(tx, {
    shopId,
    eventId: args.newId(),
    at: args.now,
    actor: "system",
    action: "member.merge",
    subject: `member:${kept.memberId}`,
    before: { available: keptMember.available, pending: keptMember.pending, held: keptMember.held },
    after: {
      mergedMember: gone.memberId,
      brought: { available: goneMember.available, pending: goneMember.pending, held: goneMember.held },
    },
  });
  const job = { shopId, memberId: kept.memberId };
  await enqueue(tx, "project-member", job, { jobKey: `project:${shopId}:${kept.memberId}` });
  return { outcome: "merged", memberId: kept.memberId };
}

/** Both at once and in the order of their ids, before anything locks one of them. */
async function lockKnown(tx: Tx, shopId: string, customerIds: string[]): Promise<void> {
  const known = await tx.query<{ memberId: string }>(
    `select coalesce(merged_into, member_id) as "memberId" from member where shop_id = $1 and customer_id = any($2)`,
    [shopId, customerIds],
  );
  await lockMembers(
    tx,
    shopId,
    known.map(({ memberId }) => memberId),
  );
}

async function movePoints(tx: Tx, args: MergeArgs, gone: LockedMember, keptId: string): Promise<void> {
  const { shopId, now } = args;
  const lots = await tx.query<MovingLot>(
    `select l.lot_seq as "lotSeq", l.remaining as points, l.state, l.earned_at as "earnedAt",
            l.available_at as "availableAt", l.expires_at as "expiresAt", l.order_id as "orderId",
            t.detail ->> 'orderName' as "orderName"
       from points_lot l
       join points_transfer t on t.shop_id = l.shop_id and t.member_id = l.member_id and t.seq = l.lot_seq
      where l.shop_id = $1 and l.member_id = $2 and l.remaining > 0
      order by l.lot_seq`,
    [shopId, gone.memberId],
  );
  const held = await tx.query<HeldForCode>(
    `select redemption_id as "redemptionId", points, terms -> 'title' as title from redemption
      where shop_id = $1 and member_id = $2 and status in ('requested', 'ready')
      order by redemption_id for update`,
    [shopId, gone.memberId],
  );
  const owed = Math.max(0, -gone.available);
  const postings = planMerge({ goneId: gone.memberId, keptId, now, lots, held, owed });
  await postTransfers(tx, { shopId, now, postings, allowDebt: true });
}

async function mergedInto(tx: Tx, shopId: string, memberId: string): Promise<string[]> {
  const rows = await tx.query<{ memberId: string }>(
    `select member_id as "memberId" from member where shop_id = $1 and merged_into = $2`,
    [shopId, memberId],
  );
  return rows.map((row) => row.memberId);
}

/** The merged member stays as a signpost; whoever was merged into them before points at the kept one from now on. */
async function closeMember(tx: Tx, args: MergeArgs, gone: LockedMember, kept: LockedMember): Promise<void> {
  const { shopId, now } = args;
  await tx.query(
    `update member as kept
        set lifetime = kept.lifetime + gone.lifetime,
            joined_at = least(kept.joined_at, gone.joined_at),
            last_active_at = greatest(kept.last_active_at, gone.last_active_at),
            locale = coalesce(kept.locale, gone.locale),
            birthday_month = coalesce(kept.birthday_month, gone.birthday_month),
            birthday_day = case when kept.birthday_month is null then gone.birthday_day else kept.birthday_day end,
            state = case when gone.state = 'blocked' then 'blocked' else kept.state end,
            revision = kept.revision + 1
       from member gone
      where kept.shop_id = $1 and kept.member_id = $2 and gone.shop_id = $1 and gone.member_id = $3`,
    [shopId, kept.memberId, gone.memberId],
  );
  await tx.query(
    `update member
        set merged_into = $2, merged_at = case when member_id = $3 then $4 else merged_at end, state = 'merged',
            lifetime = 0, birthday_month = null, birthday_day = null, locale = null, projected_revision = revision
      where shop_id = $1 and (member_id = $3 or merged_into = $3)`,
    [shopId, kept.memberId, gone.memberId, now],
  );
}

async function timeZoneOf(tx: Tx, shopId: string): Promise<string> {
  const [shop] = await tx.query<{ timeZone: string }>(
    `select time_zone as "timeZone" from shop where shop_id = $1`,
    [shopId],
  );
  return shop?.timeZone ?? "UTC";
}

/** The better of the two tiers with its dates; then what the spend of both together entitles to. */
async function bringTiersTogether(
  tx: Tx,
  args: { shopId: string; now: Date; timeZone: string },
  goneId: string,
  keptId: string,
): Promise<void> {
  const { shopId, now, timeZone } = args;
  const { settings } = await liveProgram(tx, shopId);
  const rank = settings.tiers.map((tier) => tier.id);
  await tx.query(
    `update member as kept
        set tier_id = gone.tier_id, tier_since = gone.tier_since, tier_until = gone.tier_until,
            tier_locked = gone.tier_locked
       from member gone
      where kept.shop_id = $1 and kept.member_id = $2 and gone.shop_id = $1 and gone.member_id = $3
        and (coalesce(array_position($4::text[], gone.tier_id), 0) > coalesce(array_position($4::text[], kept.tier_id), 0)
             or gone.tier_id = kept.tier_id and (gone.tier_locked and not kept.tier_locked
                  or gone.tier_locked = kept.tier_locked and gone.tier_until > kept.tier_until))`,
    [shopId, keptId, goneId, rank],
  );
  // Together they have lost nothing: the tier that was kept lasts as long as was said.
  await applyTier(tx, { shopId, memberId: keptId, now, settings, timeZone, lost: new Map() });
}
