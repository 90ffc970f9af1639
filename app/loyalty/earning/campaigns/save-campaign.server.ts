import { isDeepStrictEqual } from "node:util";
import type { Tx } from "#app/platform/db/database.server.ts";
import { Conflict, InvalidInput, NotFound } from "#app/platform/errors.ts";
import { instantOfWallClock } from "../../program/calendar.ts";
import { liveProgram } from "../../program/program.server.ts";
import { recordAudit } from "../../program/record-audit.server.ts";
import { campaignSettings, type CampaignSettings } from "./campaign-settings.ts";
import type { CampaignRow } from "./campaign.ts";
import { lockCampaign } from "./read-campaigns.server.ts";

interface Changing {
  shopId: string;
  campaignId: string;
  actor: string;
  now: Date;
  eventId: string;
}

interface Issue {
  path: PropertyKey[];
  message: string;
}

/**
 * Keeps what the merchant set. A live campaign may be changed too: orders that were awarded before keep their snapshot.
 *
 * @param args.revision null creates the campaign under its id; else the revision that the merchant saw. The same change
 *   twice is `unchanged`.
 * @throws InvalidInput `campaign_settings` with `issues` (path and code) when the settings do not pass
 * @throws Conflict `campaign_changed` when somebody else was first, `campaign_ended` when it was ended
 */
export async function saveCampaign(
  tx: Tx,
  args: Changing & { settings: unknown; revision: number | null },
): Promise<{ outcome: "created" | "saved" | "unchanged"; revision: number }> {
  const { shopId, campaignId, revision } = args;
  const settings = readSettings(args.settings);
  const timeZone = await holdTimeZone(tx, shopId);
  const known = await lockCampaign(tx, shopId, campaignId);
  if (!known && revision !== null) throw new NotFound("no_such_campaign", { data: { campaignId } });
  if (known && isDeepStrictEqual(known.settings, settings)) {
    return { outcome: "unchanged", revision: known.revision };
  }
  if (known && known.revision !== revision) {
    throw new Conflict("campaign_changed", { data: { campaignId, revision: known.revision } });
  }
  if (known?.status === "ended") throw new Conflict("campaign_ended", { data: { campaignId } });
  const window = await checkAgainstShop(tx, shopId, settings, known, timeZone);
  const next = (known?.revision ?? 0) + 1;
  const written = await tx.query(
    known
      ? `update campaign set settings = $3::jsonb, starts_at = $4, ends_at = $5, budget = $6, revision = $7
          where shop_id = $1 and campaign_id = $2 returning 1`
      : `insert into campaign (shop_id, campaign_id, status, settings, starts_at, ends_at, budget, revision, created_at, created_by)
         values ($1, $2, 'draft', $3::jsonb, $4, $5, $6, $7, $8, $9) on conflict do nothing returning 1`,
    [
      shopId,
      campaignId,
      JSON.stringify(settings),
      window.startsAt,
      window.endsAt,
      settings.budget,
      next,
      ...(known ? [] : [args.now, args.actor]),
    ],
  );
  if (written.length === 0) throw new Conflict("campaign_changed", { data: { campaignId } });
  await audit(
    tx,
    args,
    known ? "campaign.save" : "campaign.create",
    known && { revision: known.revision, settings: known.settings },
    { revision: next, settings },
  );
  return { outcome: known ? "saved" : "created", revision: next };
}

/**
 * Lets a draft award orders from its start on. Twice is once.
 *
 * @param args.revision what the merchant saw, so that nobody publishes unseen changes
 * @throws Conflict `campaign_changed` or `campaign_ended`; NotFound
 */
export async function publishCampaign(
  tx: Tx,
  args: Changing & { revision: number },
): Promise<{ outcome: "published" | "already_published" }> {
  const campaign = await lockKnown(tx, args);
  if (campaign.status === "published") return { outcome: "already_published" };
  if (campaign.status === "ended")
    throw new Conflict("campaign_ended", { data: { campaignId: args.campaignId } });
  if (campaign.revision !== args.revision) {
    throw new Conflict("campaign_changed", {
      data: { campaignId: args.campaignId, revision: campaign.revision },
    });
  }
  await tx.query(
    `update campaign set status = 'published', published_at = $3 where shop_id = $1 and campaign_id = $2`,
    [args.shopId, args.campaignId, args.now],
  );
  await audit(
    tx,
    args,
    "campaign.publish",
    { status: "draft" },
    { status: "published", revision: campaign.revision },
  );
  return { outcome: "published" };
}

/**
 * Ends a published campaign now. Orders placed before this moment still take part, also where we hear of them later.
 * Twice is once.
 *
 * @throws Conflict `campaign_not_published` for a draft; NotFound
 */
export async function endCampaign(tx: Tx, args: Changing): Promise<{ outcome: "ended" | "already_ended" }> {
  const campaign = await lockKnown(tx, args);
  if (campaign.status === "ended") return { outcome: "already_ended" };
  if (campaign.status === "draft") {
    throw new Conflict("campaign_not_published", { data: { campaignId: args.campaignId } });
  }
  await tx.query(
    `update campaign set status = 'ended', ended_at = $3 where shop_id = $1 and campaign_id = $2`,
    [args.shopId, args.campaignId, args.now],
  );
  const after = { status: "ended", spentPoints: campaign.spentPoints };
  await audit(tx, args, "campaign.end", { status: "published" }, after);
  return { outcome: "ended" };
}

/**
 * Forgets a draft. What was published once stays, since orders hold points by it. Twice is once.
 *
 * @throws Conflict `campaign_not_draft`
 */
export async function deleteDraftCampaign(tx: Tx, args: Changing): Promise<{ outcome: "deleted" | "gone" }> {
  const campaign = await lockCampaign(tx, args.shopId, args.campaignId);
  if (!campaign) return { outcome: "gone" };
  if (campaign.status !== "draft") {
    throw new Conflict("campaign_not_draft", { data: { campaignId: args.campaignId } });
  }
  await tx.query(`delete from campaign where shop_id = $1 and campaign_id = $2`, [
    args.shopId,
    args.campaignId,
  ]);
  await audit(
    tx,
    args,
    "campaign.delete",
    { revision: campaign.revision, settings: campaign.settings },
    undefined,
  );
  return { outcome: "deleted" };
}

/**
 * The shop moved to another time zone: the windows of campaigns that are not over are read from its new clocks. Doing it
 * twice changes nothing.
 */
export async function rezoneCampaigns(
  tx: Tx,
  args: { shopId: string; timeZone: string; now: Date },
): Promise<{ moved: number }> {
  const { shopId, timeZone, now } = args;
  const rows = await tx.query<Pick<CampaignRow, "campaignId" | "settings">>(
    `select campaign_id as "campaignId", settings from campaign
      where shop_id = $1 and status <> 'ended' and (ends_at is null or ends_at > $2)
      order by campaign_id for no key update`,
    [shopId, now],
  );
  if (rows.length === 0) return { moved: 0 };
  const windows = rows.map(({ campaignId, settings }) => ({
    id: campaignId,
    ...windowOf(settings, timeZone),
  }));
  const moved = await tx.query(
    `update campaign c set starts_at = w."startsAt", ends_at = w."endsAt"
       from json_to_recordset($2::json) as w(id uuid, "startsAt" timestamptz, "endsAt" timestamptz)
      where c.shop_id = $1 and c.campaign_id = w.id
        and (c.starts_at, c.ends_at) is distinct from (w."startsAt", w."endsAt")
      returning 1`,
    [shopId, JSON.stringify(windows)],
  );
  return { moved: moved.length };
}

/** Locked first, as a change of the zone does: it then either is in what is read here, or finds the row written here. */
async function holdTimeZone(tx: Tx, shopId: string): Promise<string> {
  const [shop] = await tx.query<{ timeZone: string }>(
    `select time_zone as "timeZone" from shop where shop_id = $1 for share`,
    [shopId],
  );
  return shop?.timeZone ?? "UTC";
}

async function lockKnown(tx: Tx, { shopId, campaignId }: Changing): Promise<CampaignRow> {
  const campaign = await lockCampaign(tx, shopId, campaignId);
  if (!campaign) throw new NotFound("no_such_campaign", { data: { campaignId } });
  return campaign;
}

function readSettings(given: unknown): CampaignSettings {
  const parsed = campaignSettings.safeParse(given);
  if (!parsed.success) refuse(parsed.error.issues);
  return parsed.data;
}

function refuse(issues: readonly Issue[]): never {
  throw new InvalidInput("campaign_settings", {
    data: { issues: issues.map(({ path, message }) => ({ path, message })) },
  });
}

/** What the settings alone cannot tell: the program's tiers, the shop's clocks, what is spent already. */
async function checkAgainstShop(
  tx: Tx,
  shopId: string,
  settings: CampaignSettings,
  known: CampaignRow | null,
  timeZone: string,
): Promise<{ startsAt: Date; endsAt: Date | null }> {
  const issues: Issue[] = [];
  const { tiers } = (await liveProgram(tx, shopId)).settings;
  if (settings.tierIds.some((id) => !tiers.some((tier) => tier.id === id))) {
    issues.push({ path: ["tierIds"], message: "unknown_tier" });
  }
  if (settings.budget !== null && known && settings.budget < known.spentPoints) {
    issues.push({ path: ["budget"], message: "budget_below_spent" });
  }
  const window = windowOf(settings, timeZone);
  // A clock change may leave nothing between two readings that are in order.
  if (window.endsAt && window.endsAt <= window.startsAt)
    issues.push({ path: ["ends"], message: "window_order" });
  if (issues.length > 0) refuse(issues);
  return window;
}

function windowOf(
  { starts, ends }: Pick<CampaignSettings, "starts" | "ends">,
  timeZone: string,
): { startsAt: Date; endsAt: Date | null } {
  return {
    startsAt: instantOfWallClock(starts, timeZone),
    endsAt: ends === null ? null : instantOfWallClock(ends, timeZone),
  };
}

async function audit(
  tx: Tx,
  { shopId, campaignId, actor, now, eventId }: Changing,
  action: string,
  before: unknown,
  after: unknown,
): Promise<void> {
  const subject = `campaign:${campaignId}`;
  await recordAudit(tx, {
    shopId,
    eventId,
    at: now,
    actor,
    action,
    subject,
    before: before ?? undefined,
    after,
  });
}
