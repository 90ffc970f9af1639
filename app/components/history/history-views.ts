/** What the page of past orders is given: the runs as JSON, their instants as text. */
import type { BackfillRun } from "#app/loyalty/importing/backfill-run.server.ts";
import type { ReconcileEntry, ReconciliationRun } from "#app/loyalty/orders/reconcile-report.server.ts";
import type {
  ResettlementEntry,
  ResettlementRun,
  ResettlementTotals,
} from "#app/loyalty/orders/resettle-run.server.ts";

/** As it is after JSON: instants are text. */
export type Json<T> = {
  [K in keyof T]: T[K] extends Date ? string : T[K] extends Date | null ? string | null : T[K];
};

export type BackfillView = Json<
  Pick<
    BackfillRun,
    | "runId"
    | "state"
    | "paused"
    | "startedAt"
    | "finishedAt"
    | "ordersFound"
    | "ordersSettled"
    | "ordersAwarded"
    | "ordersGuest"
    | "ordersFailed"
    | "pointsPosted"
    | "settledUntil"
  >
> & { active: boolean };

export type ReconciliationView = Json<ReconciliationRun>;
export type DifferenceView = ReconcileEntry & { runId: string; at: string };

/** A rate as it stood, for "before → after". */
export interface RateView {
  programVersion: number;
  points: number;
  perMinor: number;
  multiplier: string;
}

export type ResettledOrderView = Pick<
  ResettlementEntry,
  "orderId" | "memberId" | "name" | "why" | "pointsBefore" | "pointsAfter" | "state"
> & { before: RateView | null; after: RateView | null };

export type ResettlementView = Json<
  Pick<
    ResettlementRun,
    "runId" | "state" | "since" | "until" | "ordersSeen" | "ordersApplied" | "ordersFailed"
  >
> & { totals: ResettlementTotals; orders: ResettledOrderView[] };

/** Posts an intent with its fields and a key of its own. */
export type PostHistory = (fields: Record<string, string>) => void;
