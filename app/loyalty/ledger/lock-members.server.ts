import type { Tx } from "#app/platform/db/database.server.ts";

/** The balances of a member as they stand under the lock. */
export interface LockedMember {
  memberId: string;
  customerId: string | null;
  state: "active" | "blocked" | "erased" | "merged";
  available: number;
  pending: number;
  held: number;
  lifetime: number;
  lastSeq: number;
  tierId: string | null;
}

/**
 * Locks the members' rows until the transaction ends, always in the order of their ids, so that two transactions can
 * never wait for each other in a circle. Unknown ids are left out.
 */
export async function lockMembers(
  tx: Tx,
  shopId: string,
  memberIds: readonly string[],
): Promise<LockedMember[]> {
  return tx.query<LockedMember>(
    `select member_id as "memberId", customer_id as "customerId", state, available, pending, held, lifetime,
            last_seq as "lastSeq", tier_id as "tierId"
       from member
      where shop_id = $1 and member_id = any($2::uuid[])
      order by member_id
        for no key update`,
    [shopId, [...new Set(memberIds)]],
  );
}
