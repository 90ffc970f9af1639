import type { Tx } from "#app/platform/db/database.server.ts";
import { InvariantViolation } from "#app/platform/errors.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { LOWEST_TIER } from "./lowest-tier.ts";
import { REFERRAL_CODE_BYTES, referralCodeFrom } from "./referral-code.ts";

const CODE_ATTEMPTS = 8;

export interface EnsuredMember {
  memberId: string;
  state: "active" | "blocked";
  created: boolean;
}

/**
 * The member of a Shopify customer, created when there is none. Any number of callers at once end with the
 * same member: the one who comes second waits for the first one's transaction. A new member starts in the
 * program's lowest tier.
 *
 * A customer who was merged into another is the member who was kept.
 *
 * @returns null when that member has been erased
 */
export async function ensureMember(
  tx: Tx,
  args: {
    shopId: string;
    customerId: string;
    now: Date;
    newId: () => string;
    randomBytes: (length: number) => Uint8Array;
    joinedAt?: Date;
    locale?: string;
  },
): Promise<EnsuredMember | null> {
  const { shopId, customerId } = args;
  const known = await findMember(tx, shopId, customerId);
  if (known !== undefined) return known;
  for (let attempt = 0; attempt < CODE_ATTEMPTS; attempt += 1) {
    const memberId = args.newId();
    const [created] = await tx.query(
      // Without a conflict target, a taken referral code does nothing either: the next attempt draws another.
      `insert into member (shop_id, member_id, customer_id, joined_at, locale, referral_code, tier_id, tier_since, revision)
       select $1, $2::uuid, $3, $4::timestamptz, $5, $6, start.tier_id,
              case when start.tier_id is null then null else $4::timestamptz end, 1
         from ${LOWEST_TIER} as start
       on conflict do nothing
       returning member_id`,
      [
        shopId,
        memberId,
        customerId,
        args.joinedAt ?? args.now,
        args.locale ?? null,
        referralCodeFrom(args.randomBytes(REFERRAL_CODE_BYTES)),
      ],
    );
    if (created) {
      await enqueue(tx, "project-member", { shopId, memberId }, { jobKey: `project:${shopId}:${memberId}` });
      return { memberId, state: "active", created: true };
    }
    const other = await findMember(tx, shopId, customerId);
    if (other !== undefined) return other;
  }
  throw new InvariantViolation("member_referral_codes_exhausted", { data: { shopId } });
}

/**
 * undefined: no member yet. A merged member leads to the one who was kept. The row is locked, so that whoever settles
 * something for it comes wholly before a merge or wholly after, and then finds where it went.
 */
async function findMember(
  tx: Tx,
  shopId: string,
  customerId: string,
): Promise<EnsuredMember | null | undefined> {
  let [row] = await tx.query<FoundMember>(`${FIND} customer_id = $2 for no key update`, [shopId, customerId]);
  if (!row) return undefined;
  while (row?.mergedInto) {
    [row] = await tx.query<FoundMember>(`${FIND} member_id = $2 for no key update`, [shopId, row.mergedInto]);
  }
  if (row?.state !== "active" && row?.state !== "blocked") return null;
  return { memberId: row.memberId, state: row.state, created: false };
}

interface FoundMember {
  memberId: string;
  state: string;
  mergedInto: string | null;
}

const FIND = `select member_id as "memberId", state, merged_into as "mergedInto" from member where shop_id = $1 and`;
