import type { Services } from "#app/services.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { UpstreamRefused } from "#app/platform/errors.ts";
import { CurrentAppInstallation } from "#app/platform/shopify/operations/current-app-installation.ts";
import { MetafieldsSet } from "#app/platform/shopify/operations/metafields-set.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { errorOfFailure } from "./gateway-error.ts";
import { programMetafield } from "./program-metafield.ts";

export interface ProjectProgramResult {
  outcome: "written" | "unchanged" | "uninstalled";
}

/**
 * Writes the live program where the theme blocks read it, and sees to it that members follow. Runs of one
 * shop come one after the other, so that the newest version is the last one written.
 *
 * @throws UpstreamUnavailable when Shopify does not answer: writing again does no harm
 */
export async function projectProgram(
  services: Services,
  payload: { shopId: string },
  _run: { now: Date },
): Promise<ProjectProgramResult> {
  const { shopId } = payload;
  return services.db.transaction(async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('project-program:' || $1, 0))`, [shopId]);
    const [shop] = await tx.query<{ currency: string; currencyExponent: number }>(
      `select currency, currency_exponent as "currencyExponent"
         from shop where shop_id = $1 and uninstalled_at is null`,
      [shopId],
    );
    if (!shop) return { outcome: "uninstalled" };
    const value = JSON.stringify(programMetafield(await liveProgram(tx, shopId), shop));
    const installation = await readInstallation(services, shopId);
    await enqueue(tx, "project-member", { shopId, memberId: "" }, { jobKey: `project:${shopId}:rest` });
    if (sameJson(installation.metafield?.value, value)) return { outcome: "unchanged" };
    await writeProgram(services, shopId, installation.id, value);
    return { outcome: "written" };
  });
}

async function readInstallation(services: Services, shopId: string) {
  const reply = await services.shopify.request(shopId, CurrentAppInstallation, {});
  if (!reply.ok) throw errorOfFailure(reply.failure);
  return reply.data.currentAppInstallation;
}

async function writeProgram(
  services: Services,
  shopId: string,
  ownerId: string,
  value: string,
): Promise<void> {
  const reply = await services.shopify.request(shopId, MetafieldsSet, {
    metafields: [{ ownerId, namespace: "loyalty", key: "program", type: "json", value }],
  });
  if (!reply.ok) throw errorOfFailure(reply.failure);
  const error = reply.data.metafieldsSet?.userErrors.at(0);
  if (error) throw new UpstreamRefused("program_metafield_refused", { data: { code: error.code } });
}

/** Shopify may write JSON in its own spacing and order. */
function sameJson(a: string | undefined, b: string): boolean {
  if (a === undefined) return false;
  try {
    return canonical(JSON.parse(a)) === canonical(JSON.parse(b));
  } catch {
    return false;
  }
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`).join(",")}}`;
}
