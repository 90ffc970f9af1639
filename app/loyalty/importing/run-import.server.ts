import type { Queryable } from "#app/platform/db/database.server.ts";
import type { Services } from "#app/services.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { recordAudit } from "#app/loyalty/program/record-audit.server.ts";
import { applyStep } from "./apply-import.server.ts";
import { checkStep } from "./check-import.server.ts";
import { lockImport, readImport } from "./points-import.server.ts";
import { type ResolveContacts, shopifyContacts } from "./resolve-contacts.server.ts";

/**
 * The job: does step after step of the dry run, or of the posting once somebody has said yes. Every step is a
 * transaction of its own and leaves its mark, so a crash goes on where it stopped.
 */
export async function runImport(
  services: Services,
  { shopId, importId }: { shopId: string; importId: string },
  { now }: { now: Date },
  resolve: ResolveContacts = shopifyContacts(services),
): Promise<void> {
  let after: number | null = 0;
  while (after !== null) {
    const step: { shopId: string; importId: string; after: number } = { shopId, importId, after };
    const found = await readImport(services.db, shopId, importId);
    if (found?.status === "checking") after = await checkStep(services.db, resolve, step);
    else if (found?.status === "applying") after = await applyStep(services, { ...step, now });
    else return;
  }
}

/** Somebody has looked at the dry run and says yes. Saying it twice is once; it only makes sure that there is a job. */
export async function applyImport(
  services: Pick<Services, "db" | "newId">,
  args: { shopId: string; importId: string; actor: string; now: Date },
): Promise<{ outcome: "applying" | "not_ready" }> {
  const { shopId, importId, now, actor } = args;
  const eventId = services.newId();
  return services.db.transaction(async (tx) => {
    const found = await lockImport(tx, shopId, importId);
    if (found?.status === "done") return { outcome: "applying" };
    if (found?.status === "applying") {
      await continueImport(tx, { shopId, importId });
      return { outcome: "applying" };
    }
    if (found?.status !== "checked") return { outcome: "not_ready" };
    await tx.query(
      `update points_import set status = 'applying', applied_at = $3 where shop_id = $1 and import_id = $2`,
      [shopId, importId, now],
    );
    const subject = `import:${importId}`;
    const { reason } = found;
    await recordAudit(tx, { shopId, eventId, at: now, actor, action: "import.apply", subject, reason });
    await continueImport(tx, { shopId, importId });
    return { outcome: "applying" };
  });
}

async function continueImport(q: Queryable, { shopId, importId }: { shopId: string; importId: string }) {
  await enqueue(q, "run-import", { shopId, importId }, { jobKey: `import:${shopId}:${importId}` });
}

/** Lets go of an import that nobody has said yes to, with everything it kept. */
export async function cancelImport(
  services: Pick<Services, "db">,
  { shopId, importId }: { shopId: string; importId: string },
): Promise<{ outcome: "cancelled" | "too_late" }> {
  return services.db.transaction(async (tx) => {
    const found = await lockImport(tx, shopId, importId);
    if (found?.status === "cancelled") return { outcome: "cancelled" };
    if (!found || !["reading", "checking", "checked"].includes(found.status)) return { outcome: "too_late" };
    await tx.query(`delete from points_import_row where shop_id = $1 and import_id = $2`, [shopId, importId]);
    await tx.query(`update points_import set status = 'cancelled' where shop_id = $1 and import_id = $2`, [
      shopId,
      importId,
    ]);
    return { outcome: "cancelled" };
  });
}
