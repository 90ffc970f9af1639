import type { Queryable } from "#app/platform/db/database.server.ts";
import type { FriendFacts } from "./judge-friend.ts";

/** Orders that never became a purchase do not make somebody a customer from before. */
const NOT_A_PURCHASE = ["awaiting_order", "not_paid", "test", "cancelled"];

/** Reads what judgeFriend needs, of this shop alone. A guest without a customer id is known to nobody. */
export async function readFriendFacts(
  q: Queryable,
  args: {
    shopId: string;
    advocateId: string;
    orderId: string;
    customerId: string | null;
    memberId: string | null;
  },
): Promise<FriendFacts> {
  const { shopId, advocateId, orderId, customerId, memberId } = args;
  const [facts] = await q.query<FriendFacts>(
    `select coalesce($3::uuid = $2::uuid, false)
              or exists (select 1 from member
                          where shop_id = $1 and member_id = $2 and customer_id = $4) as "isAdvocate",
            exists (select 1 from order_state
                     where shop_id = $1 and order_id <> $5
                       and processed_at < (select processed_at from order_state where shop_id = $1 and order_id = $5)
                       and (customer_id = $4 or member_id = $3::uuid)
                       and document is not null and outcome <> all($6::text[])) as "orderedBefore",
            exists (select 1
                      from referral back
                      join member advocate on advocate.shop_id = back.shop_id and advocate.member_id = $2
                     where back.shop_id = $1 and back.advocate_id = $3::uuid
                       and back.friend_customer_id = advocate.customer_id
                       and back.status in ('ordered', 'rewarded', 'reversed')) as "invitedTheAdvocate"`,
    [shopId, advocateId, memberId, customerId, orderId, NOT_A_PURCHASE],
  );
  return facts ?? { isAdvocate: false, orderedBefore: false, invitedTheAdvocate: false };
}
