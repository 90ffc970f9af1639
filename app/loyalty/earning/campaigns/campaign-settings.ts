/** What a campaign is, as the merchant sets it: when, for whom, on which goods, how much, and at most how much. */
import { z } from "zod";
import { EARN_LIMITS } from "../../program/earn-settings.ts";
import { LIMITS } from "../../program/settings.ts";

/** Limits shared by the schema, the editor and the tests. */
export const CAMPAIGN_LIMITS = {
  nameMax: 80,
  daysMax: 3650,
  tiersMax: LIMITS.tiersMax,
  valuesMax: EARN_LIMITS.valuesMax,
  valueMax: EARN_LIMITS.valueMax,
  multiplierMax: 20,
  bonusMax: 1_000_000,
  minimumMinorMax: LIMITS.amountMinorMax,
  budgetMax: 1_000_000_000_000,
} as const;

/** Every kind of award and of segment, in the sequence in which an editor offers them. */
export const CAMPAIGN_AWARDS = ["multiplier", "bonus"] as const;
export const CAMPAIGN_SEGMENTS = [
  "all",
  "first_order",
  "returning",
  "lapsed",
  "joined_within",
  "birthday_month",
] as const;

const title = z.string().trim().min(1).max(CAMPAIGN_LIMITS.nameMax);

/** A reading of the shop's clocks: `2026-12-24T00:00`. */
const wallClock = z.string().refine(isWallClock, { message: "not_a_time" });

const value = z.string().trim();
/** Refused as a whole, since it is one field in the editor. */
const list = z
  .array(value)
  .max(CAMPAIGN_LIMITS.valuesMax)
  .refine((values) => values.every(({ length }) => length >= 1 && length <= CAMPAIGN_LIMITS.valueMax), {
    message: "bad_value",
  });
const ids = list.refine((values) => values.every((entry) => /^[0-9]{1,20}$/.test(entry)), {
  message: "not_ids",
});
const days = z.int().min(1).max(CAMPAIGN_LIMITS.daysMax);

const segment = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("all") }),
  /** Nothing that counts was ordered before. */
  z.strictObject({ kind: z.literal("first_order") }),
  /** Something that counts was ordered before. */
  z.strictObject({ kind: z.literal("returning") }),
  /** The last order that counts is at least so many days ago. */
  z.strictObject({ kind: z.literal("lapsed"), days }),
  /** Became a member at most so many days ago. */
  z.strictObject({ kind: z.literal("joined_within"), days }),
  z.strictObject({ kind: z.literal("birthday_month") }),
]);

const award = z.discriminatedUnion("kind", [
  /** A decimal string with at most two decimals, above one: `"2"`, `"1.25"`. */
  z.strictObject({
    kind: z.literal("multiplier"),
    multiplier: z.string().refine(isMultiplier, { message: "bad_multiplier" }),
  }),
  /** Once an order, where its goods come to at least `minimumMinor`. */
  z.strictObject({
    kind: z.literal("bonus"),
    points: z.int().min(1).max(CAMPAIGN_LIMITS.bonusMax),
    minimumMinor: z.int().min(0).max(CAMPAIGN_LIMITS.minimumMinorMax),
  }),
]);

/** Any of these makes goods part of the campaign; none at all means all goods. */
const products = z.strictObject({
  variantIds: ids.default([]),
  productIds: ids.default([]),
  collectionIds: ids.default([]),
  tags: list.default([]),
  vendors: list.default([]),
});

const cap = z.int().min(1).max(CAMPAIGN_LIMITS.budgetMax).nullable();

export const campaignSettings = z
  .strictObject({
    /** Shoppers read it in their statement. */
    name: z.strictObject({ en: title, ko: title }),
    starts: wallClock,
    /** The first moment that is no longer in it; null until it is ended by hand. */
    ends: wallClock.nullable().default(null),
    segment: segment.prefault({ kind: "all" }),
    /** Of the member when the order is first awarded; empty for every tier. */
    tierIds: z.array(z.string().min(1).max(32)).max(CAMPAIGN_LIMITS.tiersMax).default([]),
    products: products.prefault({}),
    award,
    /** Points in all, and points a member; null for no limit. */
    budget: cap.default(null),
    perMember: cap.default(null),
  })
  .superRefine((campaign, context) => {
    const { starts, ends } = campaign;
    if (ends !== null && isWallClock(starts) && isWallClock(ends) && ends <= starts) {
      context.addIssue({ code: "custom", path: ["ends"], message: "window_order" });
    }
    const { budget, perMember } = campaign;
    if (budget !== null && perMember !== null && perMember > budget) {
      context.addIssue({ code: "custom", path: ["perMember"], message: "cap_above_budget" });
    }
  });

export type CampaignSettings = z.infer<typeof campaignSettings>;
export type CampaignSettingsInput = z.input<typeof campaignSettings>;

function isWallClock(reading: string): boolean {
  if (!/^2\d{3}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(reading)) return false;
  const time = Date.parse(`${reading}:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(reading);
}

function isMultiplier(text: string): boolean {
  return (
    /^[1-9]\d?(?:\.\d{1,2})?$/.test(text) && Number(text) > 1 && Number(text) <= CAMPAIGN_LIMITS.multiplierMax
  );
}
