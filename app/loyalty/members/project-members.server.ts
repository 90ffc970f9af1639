import type { Services } from "#app/services.server.ts";
import type { Queryable } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { MetafieldsSet } from "#app/platform/shopify/operations/metafields-set.ts";
import { localDate } from "#app/loyalty/program/calendar.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { type TierPeriod, tierPeriodAt } from "#app/loyalty/tiers/tier-period.ts";
import { errorOfFailure } from "./gateway-error.ts";
import { type MetafieldInput, memberMetafields, type ProjectionContext } from "./member-metafields.ts";
import { markProjected, readUnprojected, type UnprojectedMember } from "./read-projections.server.ts";

export interface ProjectMembersResult {
  /** busy: another run is at it and will be followed by one more. more: the rest is left to the next job. */
  outcome: "done" | "more" | "busy" | "uninstalled";
  projected: number;
}

/** Shopify takes 25 metafields a call, and a member has three. */
const MEMBERS_PER_CALL = 8;
/** Then other jobs get their turn. */
const CALLS_PER_RUN = 100;
const RETRY_MS = 1_000;

interface ShopRow {
  currencyExponent: number;
  timeZone: string;
  storefrontUrl: string;
}

/** What all members are projected by. */
interface Grounds {
  /** Another one: something of it has changed. */
  stamp: string;
  context: ProjectionContext;
  period: TierPeriod;
}

/**
 * Writes the metafields of every member of the shop whose projection is behind, eight members a call; the
 * gateway paces the calls. Only one run works on a shop at a time, so that an older figure can never be
 * written over a newer one. A change during the run raises the member's revision and is written by this run
 * or the next.
 *
 * @throws UpstreamUnavailable when Shopify does not answer: writing again does no harm
 */
export async function projectMembers(
  services: Services,
  payload: { shopId: string },
  run: { now: Date },
): Promise<ProjectMembersResult> {
  const { shopId } = payload;
  // The transaction does nothing but hold the lock; reading and writing go through the pool.
  return services.db.transaction(async (tx) => {
    const [lock] = await tx.query<{ taken: boolean }>(
      `select pg_try_advisory_xact_lock(hashtextextended('project:' || $1, 0)) as taken`,
      [shopId],
    );
    if (lock?.taken === true) return projectShop(services, shopId, run.now);
    await enqueueRest(services, shopId, new Date(run.now.getTime() + RETRY_MS));
    return { outcome: "busy", projected: 0 };
  });
}

async function projectShop(services: Services, shopId: string, now: Date): Promise<ProjectMembersResult> {
  let projected = 0;
  let after: string | null = null;
  let grounds = await readGrounds(services.db, shopId, now);
  for (let call = 0; call < CALLS_PER_RUN; call += 1) {
    if (!grounds) return { outcome: "uninstalled", projected };
    const members: UnprojectedMember[] = await readUnprojected(services.db, {
      shopId,
      after,
      limit: MEMBERS_PER_CALL,
      basis: grounds.context.settings.tierRules.basis,
      period: grounds.period,
    });
    if (members.length === 0 && after === null) return { outcome: "done", projected };
    // Whoever is behind since another program was published must not be written, and ticked off, by the one before.
    const known: Grounds = grounds;
    grounds = await readGrounds(services.db, shopId, now);
    if (grounds?.stamp !== known.stamp) continue;
    // Reached the end: once more from the start, for what has changed meanwhile.
    after = members.at(-1)?.memberId ?? null;
    if (members.length === 0) continue;
    await writeMembers(services, shopId, members, known.context);
    await markProjected(services.db, { shopId, now, members });
    projected += members.length;
  }
  await enqueueRest(services, shopId, now);
  return { outcome: "more", projected };
}

async function readGrounds(q: Queryable, shopId: string, now: Date): Promise<Grounds | null> {
  const [shop] = await q.query<ShopRow>(
    `select currency_exponent as "currencyExponent", time_zone as "timeZone", storefront_url as "storefrontUrl"
       from shop where shop_id = $1 and uninstalled_at is null`,
    [shopId],
  );
  if (!shop) return null;
  const { version, settings } = await liveProgram(q, shopId);
  const period = tierPeriodAt(settings.tierRules.window, now, shop.timeZone);
  const dayOf = (instant: Date) => localDate(instant, shop.timeZone);
  return {
    stamp: JSON.stringify([version, shop]),
    context: { ...shop, settings, periodEnds: period.endsAt, dayOf },
    period,
  };
}

/** One run for whatever is left in the shop, however many ask for it. */
function enqueueRest(services: Services, shopId: string, runAt: Date): Promise<void> {
  return enqueue(
    services.db,
    "project-member",
    { shopId, memberId: "" },
    { jobKey: `project:${shopId}:rest`, runAt },
  );
}

/**
 * Writes them together; when Shopify refuses one of them it takes none, so the others are then written one by
 * one.
 */
async function writeMembers(
  services: Services,
  shopId: string,
  members: readonly UnprojectedMember[],
  context: ProjectionContext,
): Promise<void> {
  const refusal = await write(
    services,
    shopId,
    members.flatMap((member) => memberMetafields(member, context)),
  );
  if (refusal === null) return;
  for (const member of members) {
    const refused =
      members.length === 1 ? refusal : await write(services, shopId, memberMetafields(member, context));
    // A customer whom Shopify no longer has: nothing to show, and nothing to wait for.
    if (refused !== null) {
      const { memberId } = member;
      services.log.warn("Shopify refused a member's metafields.", { shopId, memberId, code: refused });
    }
  }
}

/** @returns the code of Shopify's refusal, or null when all were written */
async function write(
  services: Services,
  shopId: string,
  metafields: MetafieldInput[],
): Promise<string | null> {
  const reply = await services.shopify.request(shopId, MetafieldsSet, { metafields });
  if (!reply.ok) throw errorOfFailure(reply.failure);
  const error = reply.data.metafieldsSet?.userErrors.at(0);
  return error ? (error.code ?? "UNKNOWN") : null;
}
