import type { Tx } from "#app/platform/db/database.server.ts";
import { ensureMembers } from "../members/ensure-members.server.ts";
import { lockForWaves } from "./award-campaigns.server.ts";
import { type Dependents, findDependents } from "./find-dependents.server.ts";
import { loadOrders } from "./load-orders.server.ts";
import type { OrderDocument } from "./order.ts";
import { planWaves } from "./plan-waves.ts";
import { leaveOrders, settleCodes, settleWave } from "./settle-wave.server.ts";
import {
  freshRules,
  type Grounds,
  isUndone,
  type OrderRow,
  type SettleArgs,
  type Settled,
  type SettleOutcome,
  type SettleSetArgs,
  type Settlement,
} from "./settlement.ts";
import { targetPoints } from "./target-points.ts";

/** settleOrders for one order. */
export async function settleOrder(tx: Tx, { orderId, ...args }: SettleArgs): Promise<Settled> {
  const settled = await settleOrders(tx, { ...args, orderIds: [orderId] });
  return settled.get(orderId) ?? NOTHING_YET;
}

const NOTHING_YET: Settled = { outcome: "awaiting_order", posted: 0 };

/**
 * Makes each order hold the points its latest state earns, by posting the difference. Whatever happened, and however often
 * and in whatever order we heard of it, settling again changes nothing more. A set ends where settling one order after
 * another does, oldest first, in few statements for all of them.
 *
 * Locks the orders, then the referrals whose codes they carry, then every member concerned, then the campaigns they take
 * part in, each kind at once and in the sequence of ids (campaigns with a budget first); referral rewards of other members
 * are left to jobs. So no two settlements wait for each other in a circle.
 *
 * @returns what became of each order, by id
 * @throws TransactionConflict when a member changed hands meanwhile; `transaction` runs it again
 */
export async function settleOrders(tx: Tx, args: SettleSetArgs): Promise<Map<string, Settled>> {
  const { shopId, now } = args;
  const settled = new Map<string, Settled>(args.orderIds.map((orderId) => [orderId, NOTHING_YET]));
  if (settled.size === 0) return settled;
  const loaded = await loadOrders(tx, { shopId, orderIds: args.orderIds });
  if (!loaded) {
    for (const orderId of settled.keys()) settled.set(orderId, { outcome: "uninstalled", posted: 0 });
    return settled;
  }
  const { program, timeZone } = loaded;
  const known = sortOut(loaded.rows, program.settings.earn.testOrders, args.anew ?? false);
  const dependentsOf = await findDependents(tx, shopId, known.candidates);
  const { byCustomer, members } = await ensureMembers(tx, {
    ...args,
    customers: known.candidates.map(({ customerId, order }) => ({
      customerId,
      joinedAt: new Date(Math.min(now.getTime(), Date.parse(order.processedAt))),
    })),
    memberIds: known.candidates.flatMap(({ orderId, row }) => [
      ...(row.memberId === null ? [] : [row.memberId]),
      ...dependentsOf(orderId).codeOwners,
    ]),
  });
  const found = known.candidates.map((candidate) =>
    place(candidate, byCustomer.get(candidate.customerId), dependentsOf(candidate.orderId)),
  );
  const left = [...known.left, ...found.filter(isLeft)];
  for (const [id, what] of await leaveOrders(tx, args, left)) settled.set(id, what);

  const tiers = new Map([...members].map(([id, { tierId }]) => [id, { tierId }]));
  const waves = planWaves(found.filter(isSequenced));
  const { campaigns } = loaded;
  const grounds = { shopId, now, timeZone, program, members: tiers, campaigns };
  await lockForWaves(tx, grounds, waves.length);
  for (const wave of waves) {
    for (const entry of wave) if (isLeft(entry)) await settleCodesOfLeft(tx, grounds, entry);
    const placed = wave.filter(isPlaced);
    if (placed.length === 0) continue;
    const result = await settleWave(tx, grounds, placed);
    for (const [id, what] of result.settled) settled.set(id, what);
    for (const [memberId, tierId] of result.tiers) tiers.set(memberId, { tierId });
  }
  return settled;
}

interface Candidate {
  orderId: string;
  row: OrderRow;
  order: OrderDocument;
  customerId: string;
  mayBeUndone: boolean;
  anew: boolean;
}

/** An order that is left as it is, and why. */
interface Left {
  row: OrderRow;
  outcome: SettleOutcome;
}

/** One that earns nothing, though codes of ours paid for a part of it. */
interface LeftWithCodes extends Left {
  order: OrderDocument;
  memberId: string;
  keys: string[];
}

/**
 * Tells the orders that belong to somebody, oldest first, from those that wait or count for nobody. A test order that was
 * awarded while test orders earned goes on by its snapshot: what it holds can be taken back.
 */
function sortOut(
  rows: readonly OrderRow[],
  testOrders: boolean,
  anew: boolean,
): { candidates: Candidate[]; left: Left[] } {
  const candidates: Candidate[] = [];
  const left: Left[] = [];
  for (const row of rows) {
    const { orderId, document: order } = row;
    if (!order) continue;
    const customerId = order.customerId ?? row.customerId;
    const leftOut = order.test && !testOrders;
    if (leftOut && !row.snapshot) left.push({ row, outcome: "test" });
    else if (!customerId) left.push({ row, outcome: "guest" });
    else {
      candidates.push({
        orderId,
        row,
        order,
        customerId,
        mayBeUndone: mayBeUndone(order, row),
        // What holds nothing by its state (cancelled, unpaid) is not awarded anew.
        anew: anew && row.snapshot !== null && row.outcome === "settled" && !leftOut,
      });
    }
  }
  return { candidates: candidates.toSorted(byAge), left };
}

function mayBeUndone(order: OrderDocument, row: OrderRow): boolean {
  const { cancelledAt, financialStatus } = order;
  const over = financialStatus === "voided" || financialStatus === "refunded";
  return cancelledAt !== null || over || Object.keys(row.refunds).length > 0;
}

function byAge(a: Candidate, b: Candidate): number {
  const ms = Date.parse(a.order.processedAt) - Date.parse(b.order.processedAt);
  return ms || (a.orderId < b.orderId ? -1 : 1);
}

/**
 * Erased customers' orders, and new ones of blocked members, are left; the others are settled for their member: once
 * awarded for good, until then whoever the order's customer is.
 */
function place(
  { orderId, row, order, customerId, anew }: Candidate,
  customer: { memberId: string; state: string } | undefined,
  { keys, touchesCodes, touchesReferrals }: Dependents,
): Left | LeftWithCodes | Placed {
  if (customer?.state !== "active" && customer?.state !== "blocked") return { row, outcome: "erased" };
  const awarded = row.snapshot !== null || row.changes > 0;
  const memberId = (awarded ? row.memberId : null) ?? customer.memberId;
  const sequence = [memberId, customer.memberId, ...keys];
  if (customer.state === "blocked" && !row.snapshot) {
    const left: Left = { row, outcome: "blocked" };
    return touchesCodes ? { ...left, order, memberId, keys: sequence } : left;
  }
  return {
    orderId,
    row,
    order,
    customerId,
    memberId,
    touchesCodes,
    touchesReferrals,
    anew: anew && customer.state === "active",
    keys: sequence,
  };
}

type Placed = Settlement & { keys: string[] };

/** Who is blocked earns nothing, and has used the code all the same: its points are spent, or go back with the order. */
async function settleCodesOfLeft(
  tx: Tx,
  grounds: Grounds,
  { row, order, memberId }: LeftWithCodes,
): Promise<void> {
  const target = targetPoints(order, row.refunds, freshRules(grounds.program, null, grounds.now));
  await settleCodes(tx, grounds, { orderId: row.orderId, order, memberId, undone: isUndone(order, target) });
}

type Found = Left | LeftWithCodes | Placed;

function isLeft(found: LeftWithCodes | Placed): found is LeftWithCodes;
function isLeft(found: Found): found is Left;
function isLeft(found: Found): boolean {
  return "outcome" in found;
}

function isSequenced(found: Found): found is LeftWithCodes | Placed {
  return "keys" in found;
}

function isPlaced(found: LeftWithCodes | Placed): found is Placed {
  return !("outcome" in found);
}
