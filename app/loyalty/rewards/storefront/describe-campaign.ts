import type { CampaignSettings } from "#app/loyalty/earning/campaigns/campaign.ts";
import { toDecimal } from "#app/loyalty/program/money.ts";
import type { Locale } from "#app/platform/i18n/translate.ts";

export interface DescribedCampaign {
  name: string;
  award:
    | { kind: "multiplier"; multiplier: string }
    | { kind: "bonus"; points: number; minimum: string | null };
  /** Whether it is about everything, or about some goods alone. */
  goods: "all" | "some";
  /** The first instant that is no longer in it; null until further notice. */
  endsAt: string | null;
}

/** A campaign as everybody may see it. Its budget, and how much of it is spent, stay the merchant's. */
export function describeCampaign(
  campaign: { settings: CampaignSettings; endsAt: Date | null },
  currencyExponent: number,
  locale: Locale,
): DescribedCampaign {
  const { name, award, products } = campaign.settings;
  const minimum = (minor: number) => (minor > 0 ? toDecimal(minor, currencyExponent) : null);
  const some = Object.values(products).some((values) => values.length > 0);
  return {
    name: name[locale],
    award:
      award.kind === "multiplier"
        ? award
        : { kind: "bonus", points: award.points, minimum: minimum(award.minimumMinor) },
    goods: some ? "some" : "all",
    endsAt: campaign.endsAt?.toISOString() ?? null,
  };
}
