import type { Tx } from "#app/platform/db/database.server.ts";
import { enqueueAll } from "#app/platform/jobs/enqueue.server.ts";
import { postTransfers } from "../ledger/post-transfers.server.ts";
import { attributeOrder } from "../referrals/attribute-order.server.ts";
import { restoreForOrder } from "../rewards/restore-for-order.server.ts";
import { useCodesOnOrder } from "../rewards/use-codes.server.ts";
import { applyTiers } from "../tiers/apply-tier.server.ts";
import { type ProgressLost, progressLost } from "../tiers/progress-lost.ts";
import { awardCampaigns, chargeCampaigns } from "./award-campaigns.server.ts";
import type { OrderDocument } from "./order.ts";
import { clawback, earnAgain, NOTHING_TAKEN } from "./plan-clawback.ts";
import { earning } from "./plan-postings.ts";
import { priceWave } from "./price-wave.server.ts";
import { readTakeable } from "./read-takeable.server.ts";
import {
  type Grounds,
  isUndone,
  type OrderRow,
  type Priced,
  type Settled,
  type SettleOutcome,
  type Settlement,
} from "./settlement.ts";

/**
 * Settles orders that have nothing in common (plan-waves.ts), in a number of statements that does not depend on how many
 * they are; those with codes and referrals take a few more each. Every member concerned is locked.
 *
 * @returns what became of each order, and the tiers that members have entered by it
 */
export async function settleWave(
  tx: Tx,
  grounds: Grounds,
  wave: readonly Settlement[],
): Promise<{ settled: Map<string, Settled>; tiers: Map<string, string | null> }> {
  const { shopId } = grounds;
  const { priced, awaiting } = await priceWave(tx, grounds, wave);
  const settled = await awaitFacts(tx, grounds, awaiting);
  const awarded = await awardCampaigns(tx, grounds, priced);
  await postDifferences(tx, grounds, awarded);
  const written = awarded.map((entry) => ({ ...entry, ...resultOf(entry) }));
  await writeOrders(tx, grounds, written);
  await chargeCampaigns(tx, grounds, awarded);
  for (const { settlement, target } of written) {
    if (!settlement.touchesCodes) continue;
    await settleCodes(tx, grounds, { ...settlement, undone: isUndone(settlement.order, target) });
  }
  const moved = written.filter(
    ({ posted, spentMinor, settlement }) => posted !== 0 || spentMinor !== settlement.row.spentMinor,
  );
  const tiers = await applyTiers(tx, {
    shopId,
    memberIds: moved.map(({ settlement }) => settlement.memberId),
    now: grounds.now,
    settings: grounds.program.settings,
    timeZone: grounds.timeZone,
    lost: lostBy(grounds, moved),
  });
  for (const entry of written) await settleReferral(tx, grounds, entry);
  for (const { settlement, outcome, posted, spentMinor } of written) {
    const { row, orderId } = settlement;
    const changed = posted !== 0 || outcome !== row.outcome || spentMinor !== row.spentMinor;
    const repriced = settlement.anew ? { repriced: true as const } : {};
    settled.set(orderId, { outcome: changed ? outcome : "unchanged", posted, ...repriced });
  }
  return { settled, tiers };
}

type Written = Priced & Result;

interface Result {
  posted: number;
  outcome: SettleOutcome;
  spentMinor: number;
}

/** What members have lost towards their tiers; the members of a wave have one order in it each. */
function lostBy({ program }: Grounds, moved: readonly Written[]): Map<string, ProgressLost> {
  const { basis } = program.settings.tierRules;
  return new Map(
    moved.map(({ settlement: { memberId, order, row }, spentMinor, points }) => {
      const before = { spentMinor: row.spentMinor, points: row.pointsHeld };
      const amount = progressLost(basis, before, { spentMinor, points });
      return [memberId, { amount, placedAt: new Date(order.processedAt) }];
    }),
  );
}

function resultOf({ settlement, paid, sourceOff, earned, target, points }: Priced): Result {
  return {
    posted: points - settlement.row.pointsHeld,
    outcome: sourceOff && paid ? "source_off" : describe(settlement.order, earned),
    spentMinor: earned ? target.keptMinor : 0,
  };
}

function describe(order: OrderDocument, earned: boolean): "settled" | "cancelled" | "not_paid" {
  if (earned) return "settled";
  return order.cancelledAt || order.financialStatus === "voided" ? "cancelled" : "not_paid";
}

/** Posts what each order misses or holds too much, all in one. */
async function postDifferences(tx: Tx, grounds: Grounds, wave: readonly Priced[]): Promise<void> {
  const takeable = await readTakeable(tx, grounds.shopId, wave.filter(mayHaveBeenTaken));
  const postings = wave.flatMap((entry) => {
    const { row, orderId } = entry.settlement;
    const difference = entry.points - row.pointsHeld;
    const from = takeable.get(orderId) ?? NOTHING_TAKEN;
    if (difference < 0) return clawback(grounds, entry, -difference, from);
    return difference > 0 ? earnAgain(earning(grounds, entry, difference), from) : [];
  });
  if (postings.length === 0) return;
  await postTransfers(tx, { shopId: grounds.shopId, now: grounds.now, postings, allowDebt: true });
}

/** It holds less now, or more after it had held less: the first change of an order gives, only a later one takes. */
function mayHaveBeenTaken({ points, settlement: { row } }: Priced): boolean {
  return points < row.pointsHeld || (points > row.pointsHeld && row.changes > 1);
}

async function writeOrders(tx: Tx, { shopId, now }: Grounds, wave: readonly Written[]): Promise<void> {
  if (wave.length === 0) return;
  const rows = wave.map(({ settlement, earned, rules, target, points, posted, outcome, spentMinor }) => ({
    order_id: settlement.orderId,
    member_id: settlement.memberId,
    customer_id: settlement.customerId,
    snapshot: earned || settlement.row.snapshot ? { ...rules, lines: target.lines } : null,
    points_held: points,
    spent_minor: spentMinor,
    outcome,
    changes: settlement.row.changes + (posted === 0 ? 0 : 1),
  }));
  await tx.query(
    `update order_state o
        set member_id = w.member_id, snapshot = w.snapshot, points_held = w.points_held, spent_minor = w.spent_minor,
            outcome = w.outcome, settled_at = $3, changes = w.changes, customer_id = w.customer_id, email_hash = null
       from json_to_recordset($2::json) as w(order_id text, member_id uuid, customer_id text, snapshot jsonb,
            points_held bigint, spent_minor bigint, outcome text, changes int)
      where o.shop_id = $1 and o.order_id = w.order_id`,
    [shopId, JSON.stringify(rows), now],
  );
}

/** The codes an order used spend their points; an order that is undone gives them back. */
export async function settleCodes(
  tx: Tx,
  { shopId, now }: Pick<Grounds, "shopId" | "now">,
  {
    orderId,
    order,
    memberId,
    undone,
  }: Pick<Settlement, "orderId" | "order" | "memberId"> & { undone: boolean },
): Promise<void> {
  const occurredAt = new Date(order.updatedAt);
  await useCodesOnOrder(tx, { shopId, orderId, codes: order.discountCodes, memberId, now, occurredAt });
  if (undone) await restoreForOrder(tx, { shopId, orderId, now });
}

async function settleReferral(
  tx: Tx,
  { shopId, now, program: { settings } }: Grounds,
  { settlement, target, earned }: Written,
): Promise<void> {
  if (!settlement.touchesReferrals) return;
  const { orderId, order, customerId, memberId } = settlement;
  await attributeOrder(tx, {
    shopId,
    orderId,
    codes: order.discountCodes,
    customerId,
    memberId,
    paid: earned,
    undone: isUndone(order, target),
    now,
    settings,
    occurredAt: new Date(order.updatedAt),
  });
}

/** Shopify has to be asked first, which no transaction waits for: a job asks, and settles again. */
async function awaitFacts(
  tx: Tx,
  grounds: Grounds,
  awaiting: readonly Settlement[],
): Promise<Map<string, Settled>> {
  if (awaiting.length === 0) return new Map();
  const { shopId } = grounds;
  await enqueueAll(
    tx,
    "settle-order",
    awaiting.map(({ orderId }) => ({ payload: { shopId, orderId }, jobKey: `settle:${shopId}:${orderId}` })),
  );
  return leaveOrders(
    tx,
    grounds,
    awaiting.map(({ row }) => ({ row, outcome: "awaiting_facts" })),
  );
}

/** Notes why orders hold nothing (or keep what they hold) without touching points. */
export async function leaveOrders(
  tx: Tx,
  { shopId, now }: Pick<Grounds, "shopId" | "now">,
  left: readonly { row: OrderRow; outcome: SettleOutcome }[],
): Promise<Map<string, Settled>> {
  const changed = left.filter(({ row, outcome }) => row.outcome !== outcome);
  if (changed.length > 0) {
    await tx.query(
      `update order_state o set outcome = w.outcome, settled_at = $4
         from unnest($2::text[], $3::text[]) as w(order_id, outcome)
        where o.shop_id = $1 and o.order_id = w.order_id`,
      [shopId, changed.map(({ row }) => row.orderId), changed.map(({ outcome }) => outcome), now],
    );
  }
  return new Map(
    left.map(({ row, outcome }) => [
      row.orderId,
      { outcome: row.outcome === outcome ? "unchanged" : outcome, posted: 0 },
    ]),
  );
}
