import type { Queryable } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import type { Services } from "#app/services.server.ts";
import { readShopFacts, writeShopFacts } from "./shop-facts.server.ts";

/**
 * Asks Shopify for the facts of an installed shop, lest a message about a change of them was lost: a time zone above all,
 * by which nights, days and campaigns go. Unlike installing, it never brings back a shop that has removed us. Twice is once.
 *
 * @throws UpstreamUnavailable when Shopify does not answer: asking again does no harm
 */
export async function refreshShop(
  services: Services,
  { shopId }: { shopId: string },
  run: { now: Date },
): Promise<{ outcome: "refreshed" | "uninstalled" }> {
  const { db } = services;
  if (!(await isInstalled(db, shopId, ""))) return { outcome: "uninstalled" };
  const facts = await readShopFacts(services, shopId);
  return db.transaction(async (tx) => {
    if (!(await isInstalled(tx, shopId, "for no key update"))) return { outcome: "uninstalled" };
    await writeShopFacts(tx, shopId, facts, run.now);
    await enqueue(tx, "project-program", { shopId }, { jobKey: `project-program:${shopId}` });
    return { outcome: "refreshed" };
  });
}

async function isInstalled(q: Queryable, shopId: string, lock: "" | "for no key update"): Promise<boolean> {
  const rows = await q.query(`select 1 from shop where shop_id = $1 and uninstalled_at is null ${lock}`, [
    shopId,
  ]);
  return rows.length > 0;
}
