import type { Services } from "#app/services.server.ts";
import type { Tx } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { renewMembers } from "#app/loyalty/members/renew-members.server.ts";
import { removeShopJobs } from "#app/loyalty/members/remove-shop-jobs.server.ts";
import { resumeShopJobs } from "./resume-shop-jobs.server.ts";
import { currencyExponent } from "./money.ts";
import { seedProgram } from "./program.server.ts";
import { readShopFacts, writeShopFacts } from "./shop-facts.server.ts";

/**
 * Makes a shop ready after somebody signed in: its facts from Shopify, a live program when it has none, and
 * the projections that the storefront reads. A shop that comes back finds members, points, program and what was under way as
 * they were; only what Shopify dropped with the uninstall is written again. Running it again refreshes the facts.
 *
 * @throws UpstreamUnavailable when Shopify does not answer
 */
export async function installShop(
  services: Services,
  payload: { shopId: string },
  run: { now: Date } = { now: services.now() },
): Promise<{ outcome: "installed" | "reinstalled" | "refreshed" }> {
  const { shopId } = payload;
  const facts = await readShopFacts(services, shopId);
  return services.db.transaction(async (tx) => {
    const [before] = await tx.query<{ uninstalledAt: Date | null }>(
      `select uninstalled_at as "uninstalledAt" from shop where shop_id = $1 for no key update`,
      [shopId],
    );
    await writeShopFacts(tx, shopId, facts, run.now);
    const exponent = currencyExponent(facts.currency);
    const seeded = await seedProgram(tx, {
      shopId,
      currency: facts.currency,
      currencyExponent: exponent,
      now: run.now,
    });
    if (before?.uninstalledAt) {
      await renewMembers(tx, shopId, `installed:${run.now.toISOString()}`);
      await resumeShopJobs(tx, shopId);
    }
    await enqueue(tx, "project-program", { shopId }, { jobKey: `project-program:${shopId}` });
    const runId = services.newId();
    await enqueue(tx, "reconcile-orders", { shopId, runId }, { jobKey: `reconcile:${shopId}` });
    if (before?.uninstalledAt) return { outcome: "reinstalled" };
    return { outcome: before && seeded.outcome === "kept" ? "refreshed" : "installed" };
  });
}

/**
 * Stops everything for a shop that removed us: marks it, forgets its sessions (and with them its tokens), and
 * takes its waiting jobs away. Members and points stay until Shopify asks for their erasure. Doing it twice
 * is once.
 */
export async function uninstallShop(
  tx: Tx,
  args: { shopId: string; now: Date },
): Promise<{ outcome: "uninstalled" | "unchanged" }> {
  const { shopId, now } = args;
  const rows = await tx.query(
    `update shop set uninstalled_at = $2 where shop_id = $1 and uninstalled_at is null returning shop_id`,
    [shopId, now],
  );
  await tx.query(`delete from session where shop = $1`, [shopId]);
  await removeShopJobs(tx, { shopId });
  return { outcome: rows.length > 0 ? "uninstalled" : "unchanged" };
}
