import type { Tx } from "#app/platform/db/database.server.ts";
import { holdWithin, limitGrowth, roomOf, type CampaignRoom } from "../earning/campaigns/campaign-room.ts";
import {
  campaignStanding,
  chargeAwards,
  lockCampaigns,
  type CampaignStanding,
} from "../earning/campaigns/campaign-standing.server.ts";
import { isInSegment, type PublishedCampaign } from "../earning/campaigns/take-part.ts";
import type { AwardedCampaign } from "./order.ts";
import { type Grounds, type Priced, withinRoom } from "./settlement.ts";
import { targetPoints, type PricingRules } from "./target-points.ts";

/**
 * What campaigns make of a wave's awards: called once a wave when rules, caps and targets are known and nothing is posted
 * yet. Orders of a wave have different members, all of whom are locked. The campaigns are locked from here on; an earlier
 * order of the wave is served before a later one. No statement is made where no order takes part in any.
 *
 * @returns the wave, with rules, target, points and charges of the orders that take part exchanged
 */
export async function awardCampaigns(
  tx: Tx,
  grounds: Grounds,
  wave: readonly Priced[],
): Promise<readonly Priced[]> {
  const concerned = new Set(wave.filter((entry) => isConcerned(grounds, entry)));
  if (concerned.size === 0) return wave;
  const { campaigns } = grounds;
  const standing = await campaignStanding(tx, {
    shopId: grounds.shopId,
    orders: [...concerned].map(({ settlement: { orderId, memberId, order } }) => ({
      orderId,
      memberId,
      processedAt: order.processedAt,
    })),
    campaignIds: campaigns.map(({ campaignId }) => campaignId),
    perMember: campaigns.filter(asksElsewhere).map(({ campaignId }) => campaignId),
    facts: campaigns.some(({ settings }) => settings.segment.kind !== "all"),
  });
  const spent = new Map([...standing.budgets].map(([campaignId, budget]) => [campaignId, budget.spent]));
  return wave.map((entry) => (concerned.has(entry) ? awardOrder(grounds, entry, standing, spent) : entry));
}

/**
 * A set of several waves asks and charges wave by wave: it locks the campaigns of all of them before the first. No statement
 * is made where no order of the set can be in any.
 */
export async function lockForWaves(tx: Tx, { shopId, campaigns }: Grounds, waves: number): Promise<void> {
  if (waves < 2 || campaigns.length === 0) return;
  await lockCampaigns(tx, { shopId, campaignIds: campaigns.map(({ campaignId }) => campaignId) });
}

/** Writes what campaigns are charged for a wave, as awardCampaigns returned it. */
export async function chargeCampaigns(tx: Tx, grounds: Grounds, wave: readonly Priced[]): Promise<void> {
  const charges = wave.flatMap(({ charges: own, settlement: { orderId, memberId } }) =>
    own.map(({ campaignId, points }) => ({ campaignId, orderId, memberId, points })),
  );
  await chargeAwards(tx, { shopId: grounds.shopId, charges, now: grounds.now });
}

/** It is to take part, it does, or it did before it was to be priced anew. */
function isConcerned({ campaigns }: Grounds, { earned, rules, settlement: { row } }: Priced): boolean {
  if (row.snapshot) return (row.snapshot.campaigns ?? []).length > 0;
  return (earned && (rules.campaigns ?? []).length > 0) || (campaigns.length > 0 && row.changes > 0);
}

/** What a first order is, two orders that came in the wrong sequence would both be: only one of them has it. */
function asksElsewhere({ settings: { perMember, segment } }: PublishedCampaign): boolean {
  return perMember !== null || segment.kind === "first_order";
}

/** @param spent what is spent of every budget; goes along with the orders */
function awardOrder(
  grounds: Grounds,
  entry: Priced,
  standing: CampaignStanding,
  spent: Map<string, number>,
): Priced {
  const { settlement, earned, room } = entry;
  const { orderId, row } = settlement;
  const held = standing.held(orderId);
  const roomFor = (campaignId: string) => roomInCampaign(grounds, standing, spent, orderId, campaignId);
  const { rules, target } = earned ? limited(grounds, entry, standing, roomFor) : entry;
  const holding = earned
    ? holdWithin(target, roomFor, (points) => withinRoom(points, row.pointsHeld, room))
    : { points: 0, campaigns: new Map<string, number>() };
  const charges = [...new Set([...held.keys(), ...holding.campaigns.keys()])].flatMap((campaignId) => {
    const [before, points] = [held.get(campaignId) ?? 0, holding.campaigns.get(campaignId) ?? 0];
    if (before === points) return [];
    spent.set(campaignId, (spent.get(campaignId) ?? 0) + points - before);
    return [{ campaignId, points }];
  });
  const awarded = new Map(target.campaigns.map((campaign) => [campaign.campaignId, campaign.awarded]));
  const campaigns = rules.campaigns?.map((campaign) => ({
    ...campaign,
    awarded: awarded.get(campaign.campaignId) ?? 0,
  }));
  const kept = withCampaigns(rules, campaigns ?? []);
  return { ...entry, rules: kept, target, points: holding.points, charges };
}

/** The rules with the limits that hold now: those of a first award, or of what an edit of the order adds. */
function limited(
  grounds: Grounds,
  entry: Priced,
  standing: CampaignStanding,
  roomFor: (campaignId: string) => CampaignRoom,
): Pick<Priced, "rules" | "target"> {
  const { order, row } = entry.settlement;
  const campaigns = entry.rules.campaigns ?? [];
  const price = (next: AwardedCampaign[]) => {
    const rules = withCampaigns(entry.rules, next);
    return { rules, target: targetPoints(order, row.refunds, rules) };
  };
  if (!row.snapshot) {
    const fitting = campaigns.filter((campaign) => fits(grounds, entry, standing, campaign));
    return price(fitting.map((campaign) => ({ ...campaign, limit: roomFor(campaign.campaignId).most })));
  }
  const grown = campaigns.map((campaign, index) => {
    const after = entry.target.campaigns[index]?.awarded ?? 0;
    const room = roomFor(campaign.campaignId);
    return { ...campaign, limit: limitGrowth(campaign.limit, { before: campaign.awarded, after }, room) };
  });
  const changed = grown.some(({ limit }, index) => limit !== campaigns[index]?.limit);
  return changed ? price(grown) : entry;
}

function fits(
  { campaigns, timeZone }: Grounds,
  { settlement: { orderId, order } }: Priced,
  standing: CampaignStanding,
  { campaignId }: AwardedCampaign,
): boolean {
  const segment = campaigns.find((campaign) => campaign.campaignId === campaignId)?.settings.segment;
  if (!segment) return false;
  if (segment.kind === "all") return true;
  const facts = standing.facts(orderId);
  if (!facts) return false;
  const once = segment.kind === "first_order" && (standing.elsewhere(orderId).get(campaignId) ?? 0) > 0;
  return !once && isInSegment(segment, facts, { processedAt: new Date(order.processedAt), timeZone });
}

/** A campaign that is gone or that we were not told of has no room for more. */
function roomInCampaign(
  { campaigns }: Grounds,
  standing: CampaignStanding,
  spent: ReadonlyMap<string, number>,
  orderId: string,
  campaignId: string,
): CampaignRoom {
  const held = standing.held(orderId).get(campaignId) ?? 0;
  const campaign = campaigns.find((entry) => entry.campaignId === campaignId);
  if (!campaign) return { held, most: held };
  const elsewhere = standing.elsewhere(orderId).get(campaignId) ?? 0;
  const { perMember } = campaign.settings;
  const budget = standing.budgets.get(campaignId)?.budget ?? null;
  return roomOf({ budget, perMember }, { spent: spent.get(campaignId) ?? 0, held, elsewhere });
}

/** A snapshot without campaigns says nothing of them. */
function withCampaigns(rules: PricingRules, campaigns: AwardedCampaign[]): PricingRules {
  if (campaigns.length > 0) return { ...rules, campaigns };
  const { campaigns: _none, stacking: _neither, ...rest } = rules;
  return rest;
}
