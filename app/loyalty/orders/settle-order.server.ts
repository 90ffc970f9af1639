import type { Tx } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { orderSource } from "../earning/order-source.ts";
import { lockMembers } from "../ledger/lock-members.server.ts";
import { postTransfers } from "../ledger/post-transfers.server.ts";
import { ensureMember } from "../members/ensure-member.server.ts";
import { liveProgram } from "../program/program.server.ts";
import { attributeOrder } from "../referrals/attribute-order.server.ts";
import { restoreForOrder } from "../rewards/restore-for-order.server.ts";
import { useCodesOnOrder } from "../rewards/use-codes.server.ts";
import { applyTier } from "../tiers/apply-tier.server.ts";
import type { AwardSnapshot, OrderDocument } from "./order.ts";
import { hasEarned } from "./order.ts";
import { clawback, earning } from "./plan-postings.server.ts";
import { capRules, pricingRules } from "./price-order.server.ts";
import {
  freshRules,
  type OrderRow,
  type SettleArgs,
  type SettleOutcome,
  type Settlement,
  type ShopRow,
} from "./settlement.ts";
import { targetPoints, type PricingRules, type Target } from "./target-points.ts";

/**
 * Makes an order hold the points its latest state earns, by posting the difference. Whatever happened, and however often
 * and in whatever order we heard of it, settling again changes nothing more.
 *
 * Locks the order's row, then the member's; referral rewards of other members are left to jobs, so no two settlements can
 * wait for each other in a circle.
 */
export async function settleOrder(
  tx: Tx,
  args: SettleArgs,
): Promise<{ outcome: SettleOutcome; posted: number }> {
  const { shopId, orderId } = args;
  const [shop] = await tx.query<ShopRow>(
    `select time_zone as "timeZone", uninstalled_at as "uninstalledAt" from shop where shop_id = $1`,
    [shopId],
  );
  if (!shop || shop.uninstalledAt) return { outcome: "uninstalled", posted: 0 };
  const [row] = await tx.query<OrderRow>(
    `select member_id as "memberId", customer_id as "customerId", document, refunds, snapshot,
            points_held as "pointsHeld", changes, spent_minor as "spentMinor", outcome
       from order_state where shop_id = $1 and order_id = $2 for update`,
    [shopId, orderId],
  );
  const order = row?.document;
  if (!row || !order) return { outcome: "awaiting_order", posted: 0 };
  const program = await liveProgram(tx, shopId);
  if (order.test && !program.settings.earn.testOrders) return leave(tx, args, row, "test");
  const customerId = order.customerId ?? row.customerId;
  if (!customerId) return leave(tx, args, row, "guest");
  const member = await ensureMember(tx, {
    shopId,
    customerId,
    now: args.now,
    newId: args.newId,
    randomBytes: args.randomBytes,
    joinedAt: new Date(Math.min(args.now.getTime(), Date.parse(order.processedAt))),
  });
  if (!member) return leave(tx, args, row, "erased");
  if (member.state === "blocked" && !row.snapshot) return leave(tx, args, row, "blocked");
  return settleForMember(tx, args, {
    row,
    order,
    customerId,
    shop,
    program,
    memberId: row.memberId ?? member.memberId,
  });
}

async function settleForMember(
  tx: Tx,
  args: SettleArgs,
  settlement: Settlement,
): Promise<{ outcome: SettleOutcome; posted: number }> {
  const { shopId, orderId, now } = args;
  const { row, order, program, memberId, customerId } = settlement;
  const [member] = await lockMembers(tx, shopId, [memberId]);
  const { snapshot } = row;
  const fresh = freshRules(program, member?.tierId ?? null, now);
  const paid = hasEarned(order, program.settings.earn.on, snapshot !== null);
  const sourceOff = isSourceOff(settlement);
  const earned = paid && !sourceOff;
  const priced = earned ? await price(tx, args, settlement, fresh) : { rules: snapshot ?? fresh, room: null };
  if (priced === "awaiting_facts") return awaitFacts(tx, args, row);
  const { rules, room } = priced;
  const target = targetPoints(order, row.refunds, rules);
  const points = earned ? withinRoom(target.points, row.pointsHeld, room) : 0;
  const posted = await postDifference(tx, args, settlement, rules, target, points);

  const undone = order.cancelledAt !== null || order.financialStatus === "voided" || target.fullyRefunded;
  const outcome = sourceOff && paid ? "source_off" : describe(order, earned);
  const spentMinor = earned ? target.keptMinor : 0;
  await tx.query(
    `update order_state
        set member_id = $3, snapshot = $4::jsonb, points_held = $5, spent_minor = $6, outcome = $7, settled_at = $8,
            changes = changes + $9, customer_id = $10, email_hash = null
      where shop_id = $1 and order_id = $2`,
    [
      shopId,
      orderId,
      memberId,
      earned || row.snapshot ? JSON.stringify({ ...rules, lines: target.lines }) : null,
      points,
      spentMinor,
      outcome,
      now,
      posted === 0 ? 0 : 1,
      customerId,
    ],
  );
  const occurredAt = new Date(order.updatedAt);
  await useCodesOnOrder(tx, { shopId, orderId, codes: order.discountCodes, memberId, now, occurredAt });
  if (undone) await restoreForOrder(tx, { shopId, orderId, now });
  if (spentMinor !== row.spentMinor || posted !== 0) {
    await applyTier(tx, {
      shopId,
      memberId,
      now,
      settings: program.settings,
      timeZone: settlement.shop.timeZone,
    });
  }
  await attributeOrder(tx, {
    shopId,
    orderId,
    codes: order.discountCodes,
    customerId,
    memberId,
    paid,
    undone,
    now,
    settings: program.settings,
    occurredAt,
  });
  const changed = posted !== 0 || outcome !== row.outcome || spentMinor !== row.spentMinor;
  return { outcome: changed ? outcome : "unchanged", posted };
}

/** Decided when the order is first looked at as paid: switching the source on later does not reach back. */
function isSourceOff({ row, order, program }: Settlement): boolean {
  if (row.snapshot) return false;
  return row.outcome === "source_off" || !program.settings.earn.sources[orderSource(order.sourceName)];
}

async function price(
  tx: Tx,
  { shopId, orderId, now }: SettleArgs,
  { row: { snapshot }, order, program, memberId, shop: { timeZone } }: Settlement,
  fresh: AwardSnapshot,
): Promise<{ rules: PricingRules; room: number | null } | "awaiting_facts"> {
  const { rules, missing } = await pricingRules(tx, { shopId, order, snapshot, fresh, program, now });
  if (missing) return "awaiting_facts";
  return capRules(tx, { shopId, orderId, memberId, order, snapshot, rules, program, timeZone });
}

function describe(order: OrderDocument, earned: boolean): "settled" | "cancelled" | "not_paid" {
  if (earned) return "settled";
  return order.cancelledAt || order.financialStatus === "voided" ? "cancelled" : "not_paid";
}

/** An order never grows past the room its caps leave now; what it holds already stays. */
function withinRoom(points: number, held: number, room: number | null): number {
  return room === null || points <= held ? points : Math.min(points, Math.max(held, room));
}

/** Shopify has to be asked first, which no transaction waits for: a job asks, and settles again. */
async function awaitFacts(
  tx: Tx,
  args: SettleArgs,
  row: OrderRow,
): Promise<{ outcome: SettleOutcome; posted: number }> {
  const { shopId, orderId } = args;
  await enqueue(tx, "settle-order", { shopId, orderId }, { jobKey: `settle:${shopId}:${orderId}` });
  return leave(tx, args, row, "awaiting_facts");
}

/** Posts what is missing or too much; returns the signed difference. */
async function postDifference(
  tx: Tx,
  args: SettleArgs,
  settlement: Settlement,
  rules: PricingRules,
  target: Target,
  points: number,
): Promise<number> {
  const { row } = settlement;
  const difference = points - row.pointsHeld;
  if (difference === 0) return 0;
  const postings =
    difference > 0
      ? [earning(args, settlement, rules, target, difference)]
      : await clawback(tx, args, settlement, target, -difference);
  await postTransfers(tx, { shopId: args.shopId, now: args.now, postings, allowDebt: true });
  return difference;
}

/** Notes why an order holds nothing (or keeps what it holds) without touching points. */
async function leave(
  tx: Tx,
  args: SettleArgs,
  row: OrderRow,
  outcome: SettleOutcome,
): Promise<{ outcome: SettleOutcome; posted: number }> {
  if (row.outcome === outcome) return { outcome: "unchanged", posted: 0 };
  await tx.query(
    `update order_state set outcome = $3, settled_at = $4 where shop_id = $1 and order_id = $2`,
    [args.shopId, args.orderId, outcome, args.now],
  );
  return { outcome, posted: 0 };
}
