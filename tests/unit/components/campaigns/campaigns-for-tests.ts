import { campaignToForm } from "#app/components/campaigns/campaign-form.ts";
import type { CampaignForm } from "#app/components/campaigns/campaign-form.ts";
import type { CampaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";

/** Double points for everybody over Christmas 2026. */
export function christmas(part: Partial<CampaignSettings> = {}): CampaignSettings {
  return {
    name: { en: "Christmas", ko: "크리스마스" },
    starts: "2026-12-24T00:00",
    ends: "2026-12-27T00:00",
    segment: { kind: "all" },
    tierIds: [],
    products: { variantIds: [], productIds: [], collectionIds: [], tags: [], vendors: [] },
    award: { kind: "multiplier", multiplier: "2" },
    budget: null,
    perMember: null,
    ...part,
  };
}

/** The same as it is typed, with what a test types over it. */
export function christmasForm(edit: (form: CampaignForm) => void = () => {}, exponent = 2): CampaignForm {
  const form = campaignToForm(christmas(), exponent);
  edit(form);
  return form;
}
