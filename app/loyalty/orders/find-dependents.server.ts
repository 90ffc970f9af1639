import type { Tx } from "#app/platform/db/database.server.ts";
import { normaliseCode } from "../rewards/code.ts";
import type { OrderDocument } from "./order.ts";

/** What beside its own member the settlement of an order reads and writes. */
export interface Dependents {
  /** Whose points redemptions of the order are. */
  codeOwners: string[];
  touchesCodes: boolean;
  touchesReferrals: boolean;
  /** What its settlement must come in sequence with (plan-waves.ts). */
  keys: string[];
}

const NONE: Dependents = { codeOwners: [], touchesCodes: false, touchesReferrals: false, keys: [] };

interface Found {
  referrals: { orderId: string | null; code: string | null; referralId: string; advocateId: string }[] | null;
  redemptions: { usedOrderId: string | null; code: string; redemptionId: string; memberId: string }[] | null;
}

const FIND_SQL = `
with referrals as materialized (
  select order_id, code, referral_id, advocate_id from referral
   where shop_id = $1 and (order_id = any($2::text[]) or code = any($3::text[]))
   order by created_at, referral_id
     for update
)
select (select json_agg(json_build_object('orderId', order_id, 'code', code, 'referralId', referral_id,
          'advocateId', advocate_id)) from referrals) as referrals,
       (select json_agg(json_build_object('usedOrderId', used_order_id, 'code', code, 'redemptionId', redemption_id,
          'memberId', member_id))
          from redemption
         where shop_id = $1 and (code = any($3::text[]) or used_order_id = any($2::text[]))) as redemptions`;

/**
 * The redemptions and referrals that orders concern by the codes they carry or by what they used before: one statement,
 * and none when no order carries a code or may be undone. Locks the referrals, which comes after orders and before
 * members, as merging and rewarding do.
 */
export async function findDependents(
  tx: Tx,
  shopId: string,
  orders: readonly { orderId: string; order: OrderDocument; mayBeUndone: boolean }[],
): Promise<(orderId: string) => Dependents> {
  const asking = orders.filter(({ order, mayBeUndone }) => order.discountCodes.length > 0 || mayBeUndone);
  if (asking.length === 0) return () => NONE;
  const [found] = await tx.query<Found>(FIND_SQL, [
    shopId,
    asking.map(({ orderId }) => orderId),
    [...new Set(asking.flatMap(({ order }) => order.discountCodes.map(normaliseCode)))],
  ]);
  const byOrder = new Map(
    asking.map(({ orderId, order }) => [orderId, dependentsOf(orderId, order, found)] as const),
  );
  return (orderId) => byOrder.get(orderId) ?? NONE;
}

function dependentsOf(orderId: string, order: OrderDocument, found: Found | undefined): Dependents {
  const codes = new Set(order.discountCodes.map(normaliseCode));
  const redemptions = (found?.redemptions ?? []).filter(
    ({ code, usedOrderId }) => codes.has(code) || usedOrderId === orderId,
  );
  const referrals = (found?.referrals ?? []).filter(
    (referral) => referral.orderId === orderId || (referral.code !== null && codes.has(referral.code)),
  );
  const codeOwners = redemptions.map(({ memberId }) => memberId);
  return {
    codeOwners,
    touchesCodes: redemptions.length > 0,
    touchesReferrals: referrals.length > 0,
    keys: [
      ...redemptions.map(({ redemptionId }) => redemptionId),
      ...codeOwners,
      ...referrals.map(({ referralId }) => referralId),
      // Whether the friend once invited the advocate is asked: their orders must not pass each other.
      ...referrals.map(({ advocateId }) => advocateId),
    ],
  };
}
