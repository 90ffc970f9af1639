import type { Services } from "#app/services.server.ts";
import { TransactionConflict, type Tx } from "#app/platform/db/database.server.ts";
import { lockMembers } from "#app/loyalty/ledger/lock-members.server.ts";
import { LOWEST_TIER } from "#app/loyalty/members/lowest-tier.ts";
import { REFERRAL_CODE_BYTES, referralCodeFrom } from "#app/loyalty/members/referral-code.ts";

export interface ImportMember {
  memberId: string;
  available: number;
}

const ATTEMPTS = 3;

/**
 * The members of many customers, made where there are none, locked in the order of their ids until the transaction
 * ends. A merged customer's is the member who was kept; an erased one's is missing.
 *
 * @throws TransactionConflict when one of them was merged at this moment: the transaction is run again
 */
export async function lockImportMembers(
  tx: Tx,
  services: Pick<Services, "newId" | "randomBytes">,
  args: { shopId: string; now: Date; customerIds: readonly string[] },
): Promise<Map<string, ImportMember>> {
  const { shopId } = args;
  if (args.customerIds.length === 0) return new Map();
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if ((await createMissing(tx, services, args)) === 0) break;
  }
  const named = await tx.query<{ customerId: string; memberId: string }>(
    `select customer_id as "customerId", coalesce(merged_into, member_id) as "memberId" from member
      where shop_id = $1 and customer_id = any($2)`,
    [shopId, args.customerIds],
  );
  const locked = new Map(
    (
      await lockMembers(
        tx,
        shopId,
        named.map(({ memberId }) => memberId),
      )
    ).map((member) => [member.memberId, member]),
  );
  // Merged between the look and the lock: from the start again.
  if ([...locked.values()].some(({ state }) => state === "merged"))
    throw new TransactionConflict("a member was merged in between");
  const members = new Map<string, ImportMember>();
  for (const { customerId, memberId } of named) {
    const member = locked.get(memberId);
    if (member && member.state !== "erased")
      members.set(customerId, { memberId, available: member.available });
  }
  return members;
}

/** Those of the customers who have a member, merged ones included. */
export async function customersWhoJoined(
  tx: Tx,
  shopId: string,
  customerIds: readonly string[],
): Promise<Set<string>> {
  const known = await tx.query<{ customerId: string }>(
    `select customer_id as "customerId" from member where shop_id = $1 and customer_id = any($2)`,
    [shopId, customerIds],
  );
  return new Set(known.map(({ customerId }) => customerId));
}

/** The id and the code that a member gets. */
export function newMember({ newId, randomBytes }: Pick<Services, "newId" | "randomBytes">): {
  memberId: string;
  referralCode: string;
} {
  return { memberId: newId(), referralCode: referralCodeFrom(randomBytes(REFERRAL_CODE_BYTES)) };
}

/** @returns how many could not be made because their referral code was taken */
async function createMissing(
  tx: Tx,
  services: Pick<Services, "newId" | "randomBytes">,
  { shopId, now, customerIds }: { shopId: string; now: Date; customerIds: readonly string[] },
): Promise<number> {
  const there = await customersWhoJoined(tx, shopId, customerIds);
  const missing = [...new Set(customerIds)].filter((customerId) => !there.has(customerId));
  if (missing.length === 0) return 0;
  const rows = missing.map(() => newMember(services));
  const made = await tx.query(
    `insert into member (shop_id, member_id, customer_id, joined_at, referral_code, tier_id, tier_since, revision)
     select $1, made.member_id, made.customer_id, $2::timestamptz, made.referral_code, start.tier_id,
            case when start.tier_id is null then null else $2::timestamptz end, 1
       from unnest($3::uuid[], $4::text[], $5::text[]) as made(member_id, customer_id, referral_code),
            ${LOWEST_TIER} as start
     on conflict do nothing
     returning 1`,
    [
      shopId,
      now,
      rows.map(({ memberId }) => memberId),
      missing,
      rows.map(({ referralCode }) => referralCode),
    ],
  );
  return missing.length - made.length;
}
