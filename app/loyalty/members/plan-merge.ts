import type { Posting } from "#app/loyalty/ledger/plan-transfers.ts";

/** What is left of a lot of the merged member. */
export interface MovingLot {
  lotSeq: number;
  points: number;
  state: "pending" | "available";
  earnedAt: Date;
  availableAt: Date;
  expiresAt: Date | null;
  orderId: string | null;
  orderName: string | null;
}

/** Points of the merged member that a code holds. */
export interface HeldForCode {
  redemptionId: string;
  points: number;
  title: unknown;
}

/**
 * The transfers that hand everything on: each out of the merged member and into the kept one, lot by lot, so that what
 * was earned when, by which order, and until when it lasts, stays as it was. What codes hold stays held; what is owed
 * is owed by the kept member from now on.
 */
export function planMerge(merge: {
  goneId: string;
  keptId: string;
  now: Date;
  lots: readonly MovingLot[];
  held: readonly HeldForCode[];
  owed: number;
}): Posting[] {
  const { goneId, keptId, now } = merge;
  const base = { reason: "merge", source: "merge", sourceId: goneId, occurredAt: now } as const;
  const hand = (
    account: "pending" | "available" | "held",
    points: number,
    what: string,
    extra: { takeFrom?: Posting["takeFrom"]; lot?: Posting["lot"]; detail?: Record<string, unknown> },
  ): Posting[] => {
    const { takeFrom, lot, detail = {} } = extra;
    const key = `merge:${goneId}:${what}`;
    const out = { ...base, memberId: goneId, from: account, to: "merged", points, detail } as const;
    const into = { ...base, memberId: keptId, from: "merged", to: account, points, detail } as const;
    return [
      { ...out, idempotencyKey: `${key}:out`, ...(takeFrom && { takeFrom }) },
      { ...into, idempotencyKey: `${key}:in`, ...(lot && { lot }) },
    ];
  };
  const held = merge.held.flatMap(({ redemptionId, points, title }) =>
    hand("held", points, redemptionId, { detail: { title } }),
  );
  const lots = merge.lots.flatMap((lot) =>
    hand(lot.state, lot.points, String(lot.lotSeq), {
      takeFrom: { lotSeq: lot.lotSeq },
      lot: {
        earnedAt: lot.earnedAt,
        availableAt: lot.availableAt,
        expiresAt: lot.expiresAt,
        ...(lot.orderId !== null && { orderId: lot.orderId }),
      },
      detail: lot.orderName === null ? {} : { orderName: lot.orderName },
    }),
  );
  return [...held, ...lots, ...debt(merge, base)];
}

/** The other way round: the kept member pays what the merged one owes, or owes it. */
function debt(
  merge: { goneId: string; keptId: string; owed: number },
  base: Pick<Posting, "reason" | "source" | "sourceId" | "occurredAt">,
): Posting[] {
  const { goneId, keptId, owed: points } = merge;
  if (points === 0) return [];
  const key = `merge:${goneId}:owed`;
  return [
    { ...base, memberId: keptId, from: "available", to: "merged", points, idempotencyKey: `${key}:out` },
    { ...base, memberId: goneId, from: "merged", to: "available", points, idempotencyKey: `${key}:in` },
  ];
}
