/** What one order would earn with a campaign and without it, tier by tier, by the very functions that settle orders. */
import { awardWithCampaigns } from "#app/loyalty/earning/campaigns/extras.ts";
import type { CampaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import type { ProgramSettings, Tier } from "#app/loyalty/program/settings.ts";

export interface PreviewRow {
  /** Null where the program has no tiers. */
  tier: Tier | null;
  usual: number;
  /** Null where the campaign is not for this tier. */
  withCampaign: number | null;
}

export interface CampaignPreview {
  amountMinor: number;
  rows: PreviewRow[];
  /** The budget or the cap per member cuts what this one order gets. */
  cut: boolean;
}

/** 100,000 of a currency without decimals, 100 of another; more where the campaign asks for more. */
export function exampleAmountMinor(settings: Pick<CampaignSettings, "award">, exponent: number): number {
  const usual = exponent === 0 ? 100_000 : 100 * 10 ** exponent;
  return settings.award.kind === "bonus" ? Math.max(usual, settings.award.minimumMinor) : usual;
}

/**
 * An order of goods that count, at the general rate, by a member who has had nothing of the campaign yet.
 *
 * @param spentPoints what the campaign has given already: the room in its budget is what is left
 */
export function previewCampaignOrder(
  campaign: CampaignSettings,
  program: ProgramSettings,
  args: { exponent: number; spentPoints: number },
): CampaignPreview {
  const { earn, tiers } = program;
  const amountMinor = exampleAmountMinor(campaign, args.exponent);
  const entries = [{ eligibleMinor: amountMinor, points: earn.points, perMinor: earn.perMinor }];
  const { budget, perMember, tierIds, award } = campaign;
  const rooms = [budget === null ? [] : Math.max(0, budget - args.spentPoints), perMember ?? []].flat();
  const limit = rooms.length === 0 ? null : Math.min(...rooms);
  let cut = false;
  const row = (tier: Tier | null): PreviewRow => {
    const { base, extras, total } = awardWithCampaigns(entries, {
      multiplier: tier?.multiplier ?? "1",
      rounding: earn.rounding,
      cap: earn.caps.perOrder,
      stacking: earn.stacking,
      campaigns: [{ award, limit, takesPart: [true] }],
    });
    const fits = tier === null || tierIds.length === 0 || tierIds.includes(tier.id);
    cut ||= fits && extras.some((extra) => extra.cut > 0);
    return { tier, usual: base.total, withCampaign: fits ? total : null };
  };
  const rows = tiers.length === 0 ? [row(null)] : tiers.map(row);
  return { amountMinor, rows, cut };
}
