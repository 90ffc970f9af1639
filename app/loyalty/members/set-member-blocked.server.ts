import type { Services } from "#app/services.server.ts";
import type { Tx } from "#app/platform/db/database.server.ts";
import { addJobsSql, enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { lockMembers } from "#app/loyalty/ledger/lock-members.server.ts";
import { recordAudit } from "#app/loyalty/program/record-audit.server.ts";

/**
 * Blocks a member (no earning, no redeeming; what they have stays) or lets them back in: their orders that were left
 * meanwhile are settled then, by jobs. Doing it twice is once.
 */
export async function setMemberBlocked(
  services: Pick<Services, "db" | "newId">,
  args: { shopId: string; memberId: string; blocked: boolean; actor: string; reason: string; now: Date },
): Promise<{ outcome: "blocked" | "unblocked" | "unchanged" | "no_such_member" }> {
  const { shopId, memberId, now } = args;
  const eventId = services.newId();
  const wanted = args.blocked ? "blocked" : "active";
  return services.db.transaction(async (tx) => {
    const [member] = await lockMembers(tx, shopId, [memberId]);
    if (!member || member.state === "erased" || member.state === "merged")
      return { outcome: "no_such_member" };
    if (member.state === wanted) return { outcome: "unchanged" };
    await tx.query(
      `update member set state = $3, revision = revision + 1 where shop_id = $1 and member_id = $2`,
      [shopId, memberId, wanted],
    );
    await recordAudit(tx, {
      shopId,
      eventId,
      at: now,
      actor: args.actor,
      action: args.blocked ? "member.block" : "member.unblock",
      subject: `member:${memberId}`,
      before: { state: member.state },
      after: { state: wanted },
      reason: args.reason,
    });
    await enqueue(tx, "project-member", { shopId, memberId }, { jobKey: `project:${shopId}:${memberId}` });
    if (!args.blocked) await settleLeftOrders(tx, shopId, memberId);
    return { outcome: args.blocked ? "blocked" : "unblocked" };
  });
}

const LEFT_SQL = `
with waiting as materialized (
  select order_id from order_state
   where shop_id = $1 and outcome = 'blocked'
     and customer_id in (select customer_id from member
                          where shop_id = $1 and (member_id = $2 or merged_into = $2))
   order by processed_at, order_id
)
select 1 from ${addJobsSql({
  task: "'settle-order'",
  payload: "json_build_object('shopId', $1::text, 'orderId', order_id)",
  jobKey: "'settle:' || $1 || ':' || order_id",
  source: "waiting",
})}`;

/** Oldest first. The member must be locked: no settlement of theirs finds them blocked any more. */
async function settleLeftOrders(tx: Tx, shopId: string, memberId: string): Promise<void> {
  await tx.query(LEFT_SQL, [shopId, memberId]);
}
