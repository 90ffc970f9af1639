import type { Tx } from "#app/platform/db/database.server.ts";
import type { Posting } from "../ledger/plan-transfers.ts";
import { lockMembers } from "../ledger/lock-members.server.ts";
import { postTransfers } from "../ledger/post-transfers.server.ts";
import { ensureMember } from "../members/ensure-member.server.ts";
import { addMonths, endOfLocalDay, localDate } from "../program/calendar.ts";
import { liveProgram } from "../program/program.server.ts";
import type { ProgramSettings } from "../program/settings.ts";
import { attributeOrder } from "../referrals/attribute-order.server.ts";
import { restoreForOrder } from "../rewards/restore-for-order.server.ts";
import { useCodesOnOrder } from "../rewards/use-codes.server.ts";
import { applyTier } from "../tiers/apply-tier.server.ts";
import type { AwardSnapshot, OrderDocument, Refunds } from "./order.ts";
import { hasEarned } from "./order.ts";
import type { Target } from "./target-points.ts";
import { targetPoints } from "./target-points.ts";

/** Why an order holds the points it holds. Kept in order_state.outcome, shown in the admin. */
export type SettleOutcome =
  | "settled"
  | "unchanged"
  | "awaiting_order"
  | "not_paid"
  | "guest"
  | "test"
  | "cancelled"
  | "blocked"
  | "erased"
  | "uninstalled";

export interface SettleArgs {
  shopId: string;
  orderId: string;
  now: Date;
  newId: () => string;
  randomBytes: (length: number) => Uint8Array;
}

interface OrderRow {
  memberId: string | null;
  customerId: string | null;
  document: OrderDocument | null;
  refunds: Refunds;
  snapshot: AwardSnapshot | null;
  pointsHeld: number;
  changes: number;
  spentMinor: number;
  outcome: string;
}

interface ShopRow {
  timeZone: string;
  uninstalledAt: Date | null;
}

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

interface Settlement {
  row: OrderRow;
  order: OrderDocument;
  customerId: string;
  shop: ShopRow;
  program: { version: number; settings: ProgramSettings };
  memberId: string;
}

async function settleForMember(
  tx: Tx,
  args: SettleArgs,
  settlement: Settlement,
): Promise<{ outcome: SettleOutcome; posted: number }> {
  const { shopId, orderId, now } = args;
  const { row, order, program, memberId, customerId } = settlement;
  const [member] = await lockMembers(tx, shopId, [memberId]);
  const rules = row.snapshot ?? freshRules(program, member?.tierId ?? null, now);
  const earned = hasEarned(order, program.settings.earn.on, row.snapshot !== null);
  const target = targetPoints(order, row.refunds, rules);
  const points = earned ? target.points : 0;
  const posted = await postDifference(tx, args, settlement, rules, target, points);

  const undone = order.cancelledAt !== null || order.financialStatus === "voided" || target.fullyRefunded;
  const outcome = describe(order, earned);
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
  if (spentMinor !== row.spentMinor) {
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
    paid: earned,
    undone,
    now,
    settings: program.settings,
    occurredAt,
  });
  const changed = posted !== 0 || outcome !== row.outcome || spentMinor !== row.spentMinor;
  return { outcome: changed ? outcome : "unchanged", posted };
}

function describe(order: OrderDocument, earned: boolean): "settled" | "cancelled" | "not_paid" {
  if (earned) return "settled";
  return order.cancelledAt || order.financialStatus === "voided" ? "cancelled" : "not_paid";
}

/** The rules as they stand now; they become the order's snapshot when it is first awarded. */
function freshRules(
  program: { version: number; settings: ProgramSettings },
  tierId: string | null,
  now: Date,
): AwardSnapshot {
  const { earn, tiers } = program.settings;
  const tier = tiers.find((entry) => entry.id === tierId) ?? tiers[0];
  return {
    programVersion: program.version,
    points: earn.points,
    perMinor: earn.perMinor,
    rounding: earn.rounding,
    includedTax: earn.includedTax,
    tierId: tier?.id ?? null,
    tierName: tier?.name ?? null,
    multiplier: tier?.multiplier ?? "1",
    awardedAt: now.toISOString(),
    lines: {},
  };
}

/** Posts what is missing or too much; returns the signed difference. */
async function postDifference(
  tx: Tx,
  args: SettleArgs,
  settlement: Settlement,
  rules: AwardSnapshot,
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

function earning(
  args: SettleArgs,
  settlement: Settlement,
  rules: AwardSnapshot,
  target: Target,
  points: number,
): Posting {
  const { row, order, program, shop, memberId } = settlement;
  const { earn, expiry } = program.settings;
  // An order we first hear of as paid was paid when it was placed; one we knew unpaid was paid at its latest change.
  const paidLater = row.outcome === "not_paid" || row.changes > 0;
  const occurredAt = new Date(paidLater ? order.updatedAt : order.processedAt);
  const availableAt = new Date(occurredAt.getTime() + earn.holdDays * 86_400_000);
  const lastDay =
    expiry.kind === "none" ? null : addMonths(localDate(occurredAt, shop.timeZone), expiry.months);
  return {
    memberId,
    from: "issued",
    to: availableAt > args.now ? "pending" : "available",
    points,
    reason: "earn",
    source: "order",
    sourceId: args.orderId,
    idempotencyKey: `order:${args.orderId}:${row.changes + 1}`,
    occurredAt,
    detail: {
      orderName: order.name,
      currency: order.currency,
      eligibleMinor: target.eligibleMinor,
      points: rules.points,
      perMinor: rules.perMinor,
      multiplier: rules.multiplier,
      tierName: rules.tierName,
      rounding: rules.rounding,
      awarded: target.awarded,
      heldBefore: row.pointsHeld,
      programVersion: rules.programVersion,
    },
    lot: {
      availableAt,
      expiresAt: lastDay === null ? null : endOfLocalDay(lastDay, shop.timeZone),
      orderId: args.orderId,
    },
  };
}

/** This order's pending points first, then available from its own lot, then the rest; what is missing is owed or absorbed. */
async function clawback(
  tx: Tx,
  args: SettleArgs,
  settlement: Settlement,
  target: Target,
  points: number,
): Promise<Posting[]> {
  const { row, order, program, memberId } = settlement;
  const [state] = await tx.query<{ pending: number; available: number }>(
    `select coalesce((select sum(remaining)::bigint from points_lot
                       where shop_id = $1 and member_id = $2 and order_id = $3 and state = 'pending'), 0) as pending,
            available
       from member where shop_id = $1 and member_id = $2`,
    [args.shopId, memberId, args.orderId],
  );
  const fromPending = Math.min(points, state?.pending ?? 0);
  const fromAvailable = points - fromPending;
  const owed = fromAvailable - Math.min(fromAvailable, Math.max(0, state?.available ?? 0));
  const key = `order:${args.orderId}:${row.changes + 1}`;
  const base = {
    memberId,
    source: "order" as const,
    sourceId: args.orderId,
    occurredAt: new Date(order.cancelledAt ?? order.updatedAt),
    detail: {
      orderName: order.name,
      currency: order.currency,
      cause: order.cancelledAt ? "cancelled" : Object.keys(row.refunds).length > 0 ? "refunded" : "edited",
      awarded: target.awarded,
      heldBefore: row.pointsHeld,
      heldAfter: row.pointsHeld - points,
      keptMinor: target.keptMinor,
    },
  };
  const takeFrom = { orderId: args.orderId };
  const postings: Posting[] = [];
  if (fromPending > 0) {
    postings.push({
      ...base,
      from: "pending",
      to: "reversed",
      points: fromPending,
      reason: "clawback",
      idempotencyKey: `${key}:pending`,
      takeFrom,
    });
  }
  if (fromAvailable > 0) {
    postings.push({
      ...base,
      from: "available",
      to: "reversed",
      points: fromAvailable,
      reason: "clawback",
      idempotencyKey: key,
      takeFrom,
    });
  }
  if (owed > 0 && program.settings.shortfall === "absorb") {
    postings.push({
      ...base,
      from: "forgiven",
      to: "available",
      points: owed,
      reason: "forgive",
      idempotencyKey: `${key}:forgiven`,
    });
  }
  return postings;
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
