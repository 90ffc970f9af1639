import type { Queryable } from "#app/platform/db/database.server.ts";
import { orderSource } from "../earning/order-source.ts";
import type { AwardSnapshot, OrderDocument } from "./order.ts";
import { hasEarned } from "./order.ts";
import { capRulesOfSet, pricingRulesOfSet, versionsOf } from "./price-order.server.ts";
import {
  freshRulesWithCampaigns,
  type Grounds,
  type OrderRow,
  type Priced,
  type Settlement,
  withinRoom,
} from "./settlement.ts";
import { type PricingRules, targetPoints } from "./target-points.ts";

/**
 * What orders of different members are to hold. Call it under the members' locks.
 *
 * @returns `awaiting`: those that Shopify has to be asked about first
 */
export async function priceWave(
  q: Queryable,
  grounds: Grounds,
  wave: readonly Settlement[],
): Promise<{ priced: Priced[]; awaiting: Settlement[] }> {
  const { shopId, now, program, timeZone } = grounds;
  const looked = wave.map((settlement) => look(grounds, settlement));
  const paying = looked.filter(({ earned }) => earned);
  const asked = paying.map(({ settlement: { order, row }, fresh }) => ({
    order,
    snapshot: row.snapshot,
    fresh,
  }));
  const snapshots = asked.map(({ snapshot }) => snapshot);
  const earnOf = await versionsOf(q, shopId, snapshots, program);
  const found = await pricingRulesOfSet(q, { shopId, orders: asked, earnOf, now });
  const ready = paying.flatMap(({ settlement }, index) => {
    const rules = found[index]?.rules;
    const { orderId, memberId, order, row } = settlement;
    return rules ? [{ orderId, memberId, order, snapshot: row.snapshot, rules }] : [];
  });
  const capped = await capRulesOfSet(q, { shopId, orders: ready, earnOf, timeZone });
  const prices = new Map(ready.map(({ orderId }, index) => [orderId, capped[index]] as const));
  const priced: Priced[] = [];
  const awaiting: Settlement[] = [];
  for (const entry of looked) {
    const { settlement, earned, fresh } = entry;
    const price = earned
      ? prices.get(settlement.orderId)
      : { rules: settlement.row.snapshot ?? fresh, room: null };
    if (price) priced.push(award(entry, price));
    else awaiting.push(settlement);
  }
  return { priced, awaiting };
}

interface Looked extends Pick<Priced, "settlement" | "paid" | "sourceOff" | "earned"> {
  fresh: AwardSnapshot;
}

function look(grounds: Grounds, asked: Settlement): Looked {
  const { order, memberId } = asked;
  const fresh = freshRulesWithCampaigns(grounds, order, grounds.members.get(memberId)?.tierId ?? null);
  if (asked.anew) {
    const row = { ...asked.row, snapshot: null };
    const judged = judge(grounds, order, row);
    if (judged.earned) return { settlement: { ...asked, row }, ...judged, fresh };
  }
  return { settlement: { ...asked, anew: false }, ...judge(grounds, order, asked.row), fresh };
}

function judge(
  { program }: Grounds,
  order: OrderDocument,
  row: OrderRow,
): Pick<Priced, "paid" | "sourceOff" | "earned"> {
  const { earn } = program.settings;
  const paid = hasEarned(order, earn.on, row.snapshot !== null);
  // Decided when the order is first looked at as paid: switching the source on later does not reach back.
  const sourceOff =
    !row.snapshot && (row.outcome === "source_off" || !earn.sources[orderSource(order.sourceName)]);
  return { paid, sourceOff, earned: paid && !sourceOff };
}

function award(
  { settlement, paid, sourceOff, earned }: Looked,
  { rules, room }: { rules: PricingRules; room: number | null },
): Priced {
  const { order, row } = settlement;
  const target = targetPoints(order, row.refunds, rules);
  const points = earned ? withinRoom(target.points, row.pointsHeld, room) : 0;
  return { settlement, paid, sourceOff, earned, rules, room, target, points, charges: [] };
}
