import type { Services } from "#app/services.server.ts";
import { removeShopJobs } from "./remove-shop-jobs.server.ts";

/** Every table with rows of a shop, in the order in which nothing refers to what is deleted. */
export const SHOP_TABLES = [
  "lot_move",
  "points_lot",
  "points_transfer",
  "redemption",
  "referral",
  "order_state",
  "expiry_reminder",
  "tier_notice",
  "campaign_award",
  "campaign",
  "member",
  "program_version",
  "audit_event",
  "inbox_event",
  "privacy_export",
  "points_import_row",
  "points_import",
  "backfill_line",
  "backfill_order",
  "backfill_run",
  "reconciliation_entry",
  "reconciliation_run",
  "resettlement_entry",
  "resettlement_run",
  "order_dispute",
  "product_fact",
] as const;

/**
 * Does what `shop/redact` asks: removes every row of that shop and none of another's. The ledger's
 * append-only triggers let it through only for the shop that this transaction names. Repeating it changes
 * nothing.
 */
export async function eraseShop(
  services: Services,
  payload: { shopId: string },
  _run: { now: Date },
): Promise<{ outcome: "erased" }> {
  const { shopId } = payload;
  await services.db.transaction(async (tx) => {
    await tx.query(
      `select set_config('statement_timeout', '0', true), set_config('dangol.erasing_shop', $1, true)`,
      [shopId],
    );
    for (const table of SHOP_TABLES) await tx.query(`delete from ${table} where shop_id = $1`, [shopId]);
    await tx.query(`delete from session where shop = $1`, [shopId]);
    await tx.query(`delete from shop where shop_id = $1`, [shopId]);
    await removeShopJobs(tx, { shopId, all: true });
  });
  services.log.info("A shop was erased.", { shopId });
  return { outcome: "erased" };
}
