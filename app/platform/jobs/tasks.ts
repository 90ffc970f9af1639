/** The catalogue of background tasks and what each is told. A payload names rows; it never carries personal data. */
export interface Tasks {
  "process-inbox-event": { shopId: string; webhookId: string };
  /** Settle again from what is stored. */
  "settle-order": { shopId: string; orderId: string };
  /** The saga of a redemption: create or find the code, or give the points back. */
  "fulfil-redemption": { shopId: string; redemptionId: string };
  /** Deactivate the code, then give the points back. */
  "close-redemption": { shopId: string; redemptionId: string };
  /** Write members' metafields; batches whatever it finds unprojected in the shop. */
  "project-member": { shopId: string; memberId: string };
  "project-program": { shopId: string };
  /** Make the friend's code. */
  "fulfil-referral": { shopId: string; referralId: string };
  /** Give the advocate their points. */
  "reward-referral": { shopId: string; referralId: string };
  "claim-guest-orders": { shopId: string; customerId: string; emailHash: string };
  /** After publishing: members whom the new rules put higher move up. */
  "raise-tiers": { shopId: string };
  /**
   * The metafields of many members are due again though nothing of theirs changed: a batch a job, each after the last one.
   * Whose: everybody's, those of members with a tier left to reach, or of those among them with orders placed in that time.
   */
  "renew-projections": {
    shopId: string;
    /** Tells this chain of jobs from another. */
    cause: string;
    who: { kind: "all" } | { kind: "below_top" } | { kind: "ordered_between"; from: string; to: string };
    after: string | null;
  };
  "run-nightly": { shopId: string; localDate: string };
  /** Compare with Shopify. The id names the report of all attempts; with who asked: because the merchant did. */
  "reconcile-orders": { shopId: string; runId?: string; actor?: string };
  /** Read past orders, a step at a time. */
  "backfill-orders": { shopId: string; runId: string };
  /** Settle past orders again: what would change, or the change, a step at a time. */
  "resettle-orders": { shopId: string; runId: string };
  /** Check or post the lines of a CSV import, step by step. */
  "run-import": { shopId: string; importId: string };
  /** Every night: what Shopify says of the shop, lest a change was missed. */
  "refresh-shop": { shopId: string };
  "erase-customer": { shopId: string; customerId: string; requestId: string };
  "erase-shop": { shopId: string };
  "export-customer": { shopId: string; customerId: string; requestId: string; webhookId?: string };
  "drop-payloads": Record<string, never>;
  /** Every ten minutes: enqueues run-nightly for the shops whose local midnight has passed. */
  "schedule-nightly": Record<string, never>;
  /** Every hour: enqueues reconcile-orders for every installed shop. */
  "schedule-reconcile": Record<string, never>;
}

export type TaskName = keyof Tasks;
