import type { Queryable } from "#app/platform/db/database.server.ts";

export interface MemberDetail {
  memberId: string;
  customerId: string | null;
  state: "active" | "blocked" | "erased" | "merged";
  joinedAt: string;
  lastActiveAt: string | null;
  referralCode: string;
  tier: { id: string | null; since: string | null; until: string | null; locked: boolean };
  available: number;
  pending: number;
  held: number;
  lifetime: number;
  /** Whether the storefront shows what the ledger says. */
  projected: boolean;
  /** Who was kept when this member was merged. */
  mergedInto: string | null;
}

export interface MemberLot {
  lotSeq: number;
  granted: number;
  remaining: number;
  state: "pending" | "available";
  earnedAt: string;
  availableAt: string;
  expiresAt: string | null;
  orderId: string | null;
  orderName: string | null;
}

export interface MemberCode {
  redemptionId: string;
  rewardId: string;
  kind: string;
  title: { en: string; ko: string } | null;
  points: number;
  status: "requested" | "ready" | "used" | "expired" | "cancelled" | "failed";
  closing: string | null;
  failure: string | null;
  code: string;
  requestedAt: string;
  expiresAt: string | null;
  closedAt: string | null;
  usedOrderId: string | null;
  usedOrderName: string | null;
  restoredAt: string | null;
}

export interface MemberAudit {
  eventId: string;
  at: string;
  actor: string;
  action: string;
  before: unknown;
  after: unknown;
  reason: string | null;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A member of this shop; null when the id is malformed, unknown, or another shop's. Only reads. */
export async function readMember(
  q: Queryable,
  shopId: string,
  memberId: string,
): Promise<MemberDetail | null> {
  if (!UUID.test(memberId)) return null;
  const [row] = await q.query<
    Omit<MemberDetail, "joinedAt" | "lastActiveAt" | "tier" | "projected"> & {
      joinedAt: Date;
      lastActiveAt: Date | null;
      tierId: string | null;
      tierSince: Date | null;
      tierUntil: Date | null;
      tierLocked: boolean;
      revision: number;
      projectedRevision: number;
    }
  >(
    `select member_id as "memberId", customer_id as "customerId", state, joined_at as "joinedAt",
            last_active_at as "lastActiveAt", referral_code as "referralCode", tier_id as "tierId",
            tier_since as "tierSince", tier_until as "tierUntil", tier_locked as "tierLocked",
            available, pending, held, lifetime, revision, projected_revision as "projectedRevision",
            merged_into as "mergedInto"
       from member where shop_id = $1 and member_id = $2`,
    [shopId, memberId],
  );
  if (!row) return null;
  const { tierId, tierSince, tierUntil, tierLocked, revision, projectedRevision, ...rest } = row;
  return {
    ...rest,
    joinedAt: row.joinedAt.toISOString(),
    lastActiveAt: row.lastActiveAt?.toISOString() ?? null,
    tier: {
      id: tierId,
      since: tierSince?.toISOString() ?? null,
      until: tierUntil?.toISOString() ?? null,
      locked: tierLocked,
    },
    projected: revision === projectedRevision,
  };
}

/** What is left of each grant, soonest to expire first: the order in which it is spent. Only reads. */
export async function readLots(q: Queryable, shopId: string, memberId: string): Promise<MemberLot[]> {
  const rows = await q.query<MemberLot>(
    `select lot.lot_seq as "lotSeq", lot.granted, lot.remaining, lot.state, lot.earned_at as "earnedAt",
            lot.available_at as "availableAt", lot.expires_at as "expiresAt", lot.order_id as "orderId",
            state.name as "orderName"
       from points_lot as lot
       left join order_state as state on state.shop_id = lot.shop_id and state.order_id = lot.order_id
      where lot.shop_id = $1 and lot.member_id = $2 and lot.remaining > 0
      order by lot.state desc, lot.expires_at nulls last, lot.lot_seq
      limit 200`,
    [shopId, memberId],
  );
  return rows.map((row) => ({
    ...row,
    earnedAt: iso(row.earnedAt),
    availableAt: iso(row.availableAt),
    expiresAt: isoOrNull(row.expiresAt),
  }));
}

/** A member's codes, newest first. Only reads. */
export async function readCodes(q: Queryable, shopId: string, memberId: string): Promise<MemberCode[]> {
  const rows = await q.query<MemberCode>(
    `select code.redemption_id as "redemptionId", code.reward_id as "rewardId", code.kind,
            code.terms -> 'title' as title, code.points, code.status, code.closing, code.failure, code.code,
            code.requested_at as "requestedAt", code.expires_at as "expiresAt", code.closed_at as "closedAt",
            code.used_order_id as "usedOrderId", state.name as "usedOrderName", code.restored_at as "restoredAt"
       from redemption as code
       left join order_state as state on state.shop_id = code.shop_id and state.order_id = code.used_order_id
      where code.shop_id = $1 and code.member_id = $2
      order by code.requested_at desc limit 100`,
    [shopId, memberId],
  );
  return rows.map((row) => ({
    ...row,
    requestedAt: iso(row.requestedAt),
    expiresAt: isoOrNull(row.expiresAt),
    closedAt: isoOrNull(row.closedAt),
    restoredAt: isoOrNull(row.restoredAt),
  }));
}

/** What people did to this member and their codes by hand, newest first. Only reads. */
export async function readMemberAudit(
  q: Queryable,
  shopId: string,
  memberId: string,
): Promise<MemberAudit[]> {
  const rows = await q.query<MemberAudit>(
    `select event_id as "eventId", at, actor, action, before, after, reason
       from audit_event
      where shop_id = $1
        and (subject = 'member:' || $2::text
          or subject in (select 'redemption:' || redemption_id::text from redemption
                          where shop_id = $1 and member_id = $2::uuid))
      order by at desc limit 50`,
    [shopId, memberId],
  );
  return rows.map((row) => ({ ...row, at: iso(row.at) }));
}

// The driver gives Dates; a page gets text.
function iso(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

function isoOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : iso(value);
}
