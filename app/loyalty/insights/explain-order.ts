/** An order as the admin tells it: what it earned, by which rules, and what became of it. */
import type { AwardSnapshot, OrderDocument, Refunds } from "#app/loyalty/orders/order.ts";
import { awardDetail, targetPoints } from "#app/loyalty/orders/target-points.ts";

export interface OrderStory {
  orderId: string;
  name: string | null;
  memberId: string | null;
  customerId: string | null;
  processedAt: string | null;
  settledAt: string | null;
  pointsHeld: number;
  /** Why the order holds what it holds; a code, put into words by the page. */
  outcome: string;
  /** The arithmetic of the award; null until the order was first awarded. */
  award: Award | null;
}

export interface Award {
  eligibleMinor: number;
  points: number;
  perMinor: number;
  multiplier: string;
  tierName: { en: string; ko: string } | null;
  rounding: "down" | "nearest" | "up";
  awarded: number;
  /** Taken back by refunds and cancellation, of what was awarded. */
  takenBack: number;
  programVersion: number;
  /** The eligible money by rate, where there is more than the one general rate. */
  rates?: { eligibleMinor: number; points: number; perMinor: number; why: string }[] | undefined;
  /** What of the eligible money was paid with a gift card or store credit. */
  creditMinor?: number | undefined;
  /** The cap that cut the award, and what it would have been. */
  capped?: { by: string; uncapped: number } | undefined;
  /** What campaigns added, in their sequence, and what their limits cut off. */
  campaigns?: { name: { en: string; ko: string }; points: number; cut?: number | undefined }[] | undefined;
}

/** An order as it is stored. */
export interface StoredOrder {
  orderId: string;
  memberId: string | null;
  customerId: string | null;
  name: string | null;
  processedAt: Date | null;
  settledAt: Date | null;
  document: OrderDocument | null;
  refunds: Refunds;
  snapshot: AwardSnapshot | null;
  pointsHeld: number;
  outcome: string;
}

/** Recomputes the arithmetic from what is stored, by the function that settled the order. */
export function explainOrder(row: StoredOrder): OrderStory {
  return {
    orderId: row.orderId,
    name: row.name,
    memberId: row.memberId,
    customerId: row.customerId,
    processedAt: row.processedAt?.toISOString() ?? null,
    settledAt: row.settledAt?.toISOString() ?? null,
    pointsHeld: row.pointsHeld,
    outcome: row.outcome,
    award:
      row.document && row.snapshot ? awardOf(row.document, row.snapshot, row.refunds, row.pointsHeld) : null,
  };
}

function awardOf(document: OrderDocument, snapshot: AwardSnapshot, refunds: Refunds, held: number): Award {
  const target = targetPoints(document, refunds, snapshot);
  return {
    eligibleMinor: target.eligibleMinor,
    points: snapshot.points,
    perMinor: snapshot.perMinor,
    multiplier: snapshot.multiplier,
    tierName: snapshot.tierName,
    rounding: snapshot.rounding,
    awarded: target.awarded,
    takenBack: Math.max(0, target.awarded - held),
    programVersion: snapshot.programVersion,
    ...awardDetail(snapshot, target),
  };
}
