/** A campaign as the editor holds it: every number, day and list is the text that was typed. The server reads the same. */
import { z } from "zod";
import { CAMPAIGN_AWARDS, CAMPAIGN_SEGMENTS } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import type { CampaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import { addDays, localDate } from "#app/loyalty/program/calendar.ts";
import { minorToText } from "#app/components/shared/money-text.ts";
import { listOf } from "#app/components/shared/typed-list.ts";
import { narrow, readMoney, readWhole } from "#app/components/shared/typed-values.ts";

const typed = z.string().max(60);
const typedList = z.string().max(70_000);
const name = z.string().max(400);

/** The shape of the posted form; what the fields say is judged later, by the campaign's own schema. */
export const campaignForm = z.strictObject({
  name: z.strictObject({ en: name, ko: name }),
  startsDate: typed,
  startsTime: typed,
  openEnd: z.boolean(),
  endsDate: typed,
  endsTime: typed,
  segment: z.enum(CAMPAIGN_SEGMENTS),
  days: typed,
  tiers: z.enum(["all", "some"]),
  tierIds: z.array(typed).max(100),
  goods: z.enum(["all", "some"]),
  products: z.strictObject({
    productIds: typedList,
    variantIds: typedList,
    collectionIds: typedList,
    tags: typedList,
    vendors: typedList,
  }),
  award: z.enum(CAMPAIGN_AWARDS),
  multiplier: typed,
  bonus: typed,
  minimum: typed,
  budget: typed,
  perMember: typed,
});

export type CampaignForm = z.infer<typeof campaignForm>;

/** The segments to choose from. Birthdays are not collected yet, so that one is shown only where it is chosen already. */
export function offeredSegments(chosen: CampaignForm["segment"]): CampaignForm["segment"][] {
  return CAMPAIGN_SEGMENTS.filter((segment) => segment !== "birthday_month" || segment === chosen);
}

/** In the sequence of the editor, with the kind of thing each names. */
export const GOODS_FIELDS = [
  ["productIds", "product"],
  ["variantIds", "variant"],
  ["collectionIds", "collection"],
  ["tags", "tag"],
  ["vendors", "vendor"],
] as const satisfies readonly (readonly [keyof CampaignSettings["products"], string])[];

const DEFAULT_DAYS = "90";

/** Fills the editor from stored settings. */
export function campaignToForm(settings: CampaignSettings, exponent: number): CampaignForm {
  const { segment, award, products, starts, ends } = settings;
  const limit = (points: number | null) => (points === null ? "" : String(points));
  const bonus = award.kind === "bonus" ? award : null;
  const some = GOODS_FIELDS.some(([key]) => products[key].length > 0);
  return {
    name: { ...settings.name },
    startsDate: starts.slice(0, 10),
    startsTime: starts.slice(11),
    openEnd: ends === null,
    endsDate: ends?.slice(0, 10) ?? "",
    endsTime: ends?.slice(11) ?? "00:00",
    segment: segment.kind,
    days: "days" in segment ? String(segment.days) : DEFAULT_DAYS,
    tiers: settings.tierIds.length > 0 ? "some" : "all",
    tierIds: [...settings.tierIds],
    goods: some ? "some" : "all",
    products: {
      productIds: products.productIds.join(", "),
      variantIds: products.variantIds.join(", "),
      collectionIds: products.collectionIds.join(", "),
      tags: products.tags.join(", "),
      vendors: products.vendors.join(", "),
    },
    award: award.kind,
    multiplier: award.kind === "multiplier" ? award.multiplier : "2",
    bonus: bonus ? String(bonus.points) : "",
    minimum: minorToText(bonus?.minimumMinor ?? 0, exponent),
    budget: limit(settings.budget),
    perMember: limit(settings.perMember),
  };
}

/** A new campaign: double points for everybody, for the week from tomorrow's midnight. The name is for the merchant to write. */
export function newCampaign(now: Date, timeZone: string): CampaignSettings {
  const tomorrow = addDays(localDate(now, timeZone), 1);
  return {
    name: { en: "", ko: "" },
    starts: `${tomorrow}T00:00`,
    ends: `${addDays(tomorrow, 7)}T00:00`,
    segment: { kind: "all" },
    tierIds: [],
    products: { variantIds: [], productIds: [], collectionIds: [], tags: [], vendors: [] },
    award: { kind: "multiplier", multiplier: "2" },
    budget: null,
    perMember: null,
  };
}

/** The same campaign again, as long as before, from tomorrow on: a draft that nobody has saved yet. */
export function copyOfCampaign(
  settings: CampaignSettings,
  named: { en: string; ko: string },
  now: Date,
  timeZone: string,
): CampaignSettings {
  const starts = `${addDays(localDate(now, timeZone), 1)}T${settings.starts.slice(11)}`;
  const lasts = settings.ends === null ? null : wallMs(settings.ends) - wallMs(settings.starts);
  const ends = lasts === null ? null : new Date(wallMs(starts) + lasts).toISOString().slice(0, 16);
  return { ...settings, name: named, starts, ends };
}

// A reading of the clocks as if they were UTC's: only differences are made of it.
function wallMs(reading: string): number {
  return Date.parse(`${reading}:00Z`);
}

/**
 * Reads the typed text into a candidate for `campaignSettings`. What cannot be read stays as it was typed, and an empty
 * field is left out, so that the schema refuses exactly that field.
 */
export function candidateFromCampaign(form: CampaignForm, exponent: number): Record<string, unknown> {
  const limit = (text: string) => (text.trim() === "" ? null : readWhole(text));
  const some = form.goods === "some";
  const days = form.segment === "lapsed" || form.segment === "joined_within";
  return {
    name: form.name,
    starts: reading(form.startsDate, form.startsTime),
    ends: form.openEnd ? null : reading(form.endsDate, form.endsTime),
    segment: { kind: form.segment, ...(days ? { days: readWhole(form.days) } : {}) },
    tierIds: form.tiers === "some" ? form.tierIds : [],
    products: Object.fromEntries(GOODS_FIELDS.map(([key]) => [key, some ? listOf(form.products[key]) : []])),
    award:
      form.award === "multiplier"
        ? { kind: form.award, multiplier: narrow(form.multiplier) }
        : {
            kind: form.award,
            points: readWhole(form.bonus),
            minimumMinor: readMoney(form.minimum, exponent),
          },
    budget: limit(form.budget),
    perMember: limit(form.perMember),
  };
}

function reading(date: string, time: string): string | undefined {
  return date.trim() === "" && time.trim() === "" ? undefined : `${date.trim()}T${time.trim()}`;
}
