import type { Database, Tx } from "#app/platform/db/database.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import type { Services } from "#app/services.server.ts";
import { entitlementSql, entitlementValues } from "./entitlement-sql.server.ts";
import { rewardEntries } from "./entry-reward.server.ts";
import { type TierPeriod, tierPeriodAt } from "./tier-period.ts";

const BATCH_SIZE = 5_000;
const NOBODY = "00000000-0000-0000-0000-000000000000";

export interface RaiseArgs {
  shopId: string;
  now: Date;
  settings: Pick<ProgramSettings, "tiers" | "tierRules" | "expiry">;
  timeZone: string;
  batchSize?: number;
}

/**
 * After publishing: raises everybody whom the rules put higher than they stand, as publishing showed before. By the program
 * that is live then: one that was published meanwhile has a job of its own only where it reaches otherwise. Twice is once.
 */
export async function raiseAfterPublish(
  services: Pick<Services, "db" | "log">,
  { shopId }: { shopId: string },
  run: { now: Date },
): Promise<{ outcome: "raised" | "uninstalled"; raised: number }> {
  const { db } = services;
  const [shop] = await db.query<{ timeZone: string }>(
    `select time_zone as "timeZone" from shop where shop_id = $1 and uninstalled_at is null`,
    [shopId],
  );
  if (!shop) return { outcome: "uninstalled", raised: 0 };
  const { settings } = await liveProgram(db, shopId);
  const { raised } = await raiseTiers(db, { shopId, now: run.now, settings, timeZone: shop.timeZone });
  services.log.info("Members were raised to the tiers of a new program.", { shopId, count: raised });
  return { outcome: "raised", raised };
}

/**
 * Raises members to what their orders entitle them to by these settings, in sets, with what entering a tier gives; dates
 * as settlement would give them. Nobody is lowered, nobody without a tier of the program is placed (the review does
 * both), and locked tiers stay. Running it again, or twice at once, changes nothing more.
 */
export async function raiseTiers(db: Database, args: RaiseArgs): Promise<{ raised: number }> {
  let raised = 0;
  if (args.settings.tiers.length < 2) return { raised };
  const period = tierPeriodAt(args.settings.tierRules.window, args.now, args.timeZone);
  const limit = args.batchSize ?? BATCH_SIZE;
  for (let after: string | null = NOBODY; after !== null;) {
    const page: { memberId: string }[] = await db.query<{ memberId: string }>(
      `select member_id as "memberId" from member where shop_id = $1 and member_id > $2 order by member_id limit $3`,
      [args.shopId, after, limit],
    );
    const last = page.at(-1)?.memberId;
    if (last !== undefined) raised += await raiseBetween(db, args, period, { after, last });
    after = last !== undefined && page.length === limit ? last : null;
  }
  return { raised };
}

/** Looks without a lock first: hardly anybody moves. Whoever does is locked and measured again. */
async function raiseBetween(
  db: Database,
  args: RaiseArgs,
  period: TierPeriod,
  { after, last }: { after: string; last: string },
): Promise<number> {
  const { shopId, settings } = args;
  const found = await db.query<{ memberId: string }>(
    `with ${entitlementSql(settings.tierRules.basis, `m.state in ('active', 'blocked') and m.member_id > $6::uuid and m.member_id <= $7::uuid`)}
     select member_id as "memberId" from entitled where held >= 0 and rank > held order by member_id`,
    [shopId, ...entitlementValues(settings, period), after, last],
  );
  if (found.length === 0) return 0;
  return db.transaction((tx) =>
    raiseSome(
      tx,
      args,
      period,
      found.map(({ memberId }) => memberId),
    ),
  );
}

async function raiseSome(
  tx: Tx,
  args: RaiseArgs,
  period: TierPeriod,
  memberIds: readonly string[],
): Promise<number> {
  const { shopId, now, settings, timeZone } = args;
  await tx.query(
    `select 1 from member where shop_id = $1 and member_id = any($2::uuid[]) order by member_id for no key update`,
    [shopId, memberIds],
  );
  const entries = await tx.query<{ memberId: string; tierId: string }>(
    `with ${entitlementSql(settings.tierRules.basis, `m.state in ('active', 'blocked') and m.member_id = any($6::uuid[])`)}
     update member m
        set tier_id = e.id, tier_since = $7,
            tier_until = case when e.reached then $8::timestamptz else coalesce($9::timestamptz, m.tier_until, $8) end,
            revision = m.revision + 1
       from entitled e
      where m.shop_id = $1 and m.member_id = e.member_id and e.held >= 0 and e.rank > e.held
      returning m.member_id as "memberId", m.tier_id as "tierId"`,
    [shopId, ...entitlementValues(settings, period), memberIds, now, period.keptUntil, period.unreachedUntil],
  );
  await rewardEntries(tx, { shopId, entries, now, settings, timeZone });
  await enqueue(tx, "project-member", { shopId, memberId: "" }, { jobKey: `project:${shopId}:rest` });
  return entries.length;
}
