/**
 * The merchant's program as one document. It is versioned as a whole (program_version.settings), so that an order can
 * always name the rules it was priced by. Every default here is a choice documented in docs/program.md.
 */
import { z } from "zod";
import { EARN_LIMITS, earnSettings } from "./earn-settings.ts";
import { EXPIRY_LIMITS, expirySettings, reinstateDays, reminderDays } from "./expiry-settings.ts";
import { checkTiers, tierRules, tierTerms } from "./tier-settings.ts";

/** Limits shared by the schema, the editor and the tests. */
export const LIMITS = {
  earnPointsMax: EARN_LIMITS.pointsMax,
  earnPerMinorMax: EARN_LIMITS.perMinorMax,
  holdDaysMax: EARN_LIMITS.holdDaysMax,
  expiryMonthsMax: EXPIRY_LIMITS.monthsMax,
  multiplierMax: 20,
  tiersMax: 10,
  rewardsMax: 50,
  costMax: 1_000_000_000,
  amountMinorMax: 1_000_000_000_000,
  codeLifeDaysMax: 730,
  nameMax: 40,
  titleMax: 80,
  monthlyReferralsMax: 10_000,
} as const;

const localized = (max: number) =>
  z.strictObject({ en: z.string().trim().min(1).max(max), ko: z.string().trim().min(1).max(max) });

const slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/);
const amountMinor = z.int().min(0).max(LIMITS.amountMinorMax);

/** A decimal string with at most two decimals, above zero: `"1"`, `"1.25"`. */
const multiplier = z
  .string()
  .regex(/^(?:0|[1-9]\d?)(?:\.\d{1,2})?$/)
  .refine((text) => Number(text) > 0 && Number(text) <= LIMITS.multiplierMax);

const tier = z.strictObject({
  id: slug,
  name: localized(LIMITS.nameMax),
  /** From what the tier is reached, in the unit of `tierRules.basis`: minor units of money, points, or orders. */
  thresholdMinor: amountMinor,
  ...tierTerms(amountMinor),
  multiplier,
  color: z.string().regex(/^#[0-9a-f]{6}$/i),
  shape: z.enum(["circle", "hexagon", "diamond", "star", "shield"]),
});

const rewardBase = {
  id: slug,
  title: localized(LIMITS.titleMax),
  enabled: z.boolean(),
  /** The order's subtotal from which the code works; 0 for none. */
  minimumMinor: amountMinor,
  /** Days that the code lives; it lapses at the end of the last day in the shop's time zone, and the points return. */
  codeLifeDays: z.int().min(1).max(LIMITS.codeLifeDaysMax),
  combinesWith: z.strictObject({
    orderDiscounts: z.boolean(),
    productDiscounts: z.boolean(),
    shippingDiscounts: z.boolean(),
  }),
};
const cost = z.int().min(1).max(LIMITS.costMax);

const reward = z.discriminatedUnion("kind", [
  z.strictObject({
    ...rewardBase,
    kind: z.literal("amount_off"),
    cost,
    amountMinor: amountMinor.min(1),
  }),
  z.strictObject({
    ...rewardBase,
    kind: z.literal("percentage_off"),
    cost,
    percent: z.int().min(1).max(100),
  }),
  z.strictObject({ ...rewardBase, kind: z.literal("free_shipping"), cost }),
  /** Points as cash: any amount in steps. One point is worth `pointValueMinor`. */
  z.strictObject({
    ...rewardBase,
    kind: z.literal("cash"),
    pointValueMinor: z.int().min(1).max(LIMITS.amountMinorMax),
    minimumPoints: cost,
    stepPoints: cost,
    maximumPoints: cost.nullable(),
  }),
]);

const referral = z.strictObject({
  enabled: z.boolean(),
  advocatePoints: z.int().min(0).max(LIMITS.costMax),
  friendAmountMinor: amountMinor,
  friendMinimumMinor: amountMinor,
  codeLifeDays: z.int().min(1).max(LIMITS.codeLifeDaysMax),
  /** Friends for whom a member is rewarded in a calendar month; what comes after waits for the merchant. null: no limit. */
  monthlyLimit: z.int().min(1).max(LIMITS.monthlyReferralsMax).nullable().default(10),
});

/** The whole program. Unknown keys are refused, so that a typing error cannot silently switch something off. */
export const programSettings = z
  .strictObject({
    pointsName: localized(LIMITS.nameMax),
    /** The unit after a number: 1,250P, 1,250원. */
    pointsShort: localized(10),
    earn: earnSettings,
    expiry: expirySettings,
    reminderDays,
    reinstateDays,
    /** When a refund takes back more than the member has left. */
    shortfall: z.enum(["owed", "absorb"]),
    tiers: z.array(tier).max(LIMITS.tiersMax),
    tierRules,
    rewards: z.array(reward).max(LIMITS.rewardsMax),
    referral,
    /** Shoppers may cancel a code they have not used. */
    cancelAllowed: z.boolean(),
    /** Days back that a guest's orders are credited once they have an account with the same e-mail. */
    guestClaimDays: z.int().min(0).max(365),
  })
  .superRefine((settings, context) => {
    refuseRepeats(
      settings.tiers.map((entry) => entry.id),
      "tiers",
      context,
    );
    refuseRepeats(
      settings.rewards.map((entry) => entry.id),
      "rewards",
      context,
    );
    checkTiers(settings.tiers, context);
    settings.rewards.forEach((entry, index) => {
      if (entry.kind !== "cash") return;
      if (entry.stepPoints > 0 && entry.minimumPoints % entry.stepPoints !== 0) {
        context.addIssue({
          code: "custom",
          path: ["rewards", index, "minimumPoints"],
          message: "minimum_in_steps",
        });
      }
      if (entry.maximumPoints !== null && entry.maximumPoints < entry.minimumPoints) {
        context.addIssue({
          code: "custom",
          path: ["rewards", index, "maximumPoints"],
          message: "maximum_below_minimum",
        });
      }
    });
  });

export type ProgramSettings = z.infer<typeof programSettings>;
/** As it may be written down: what has a default may be left out. */
export type ProgramSettingsInput = z.input<typeof programSettings>;
export type Reward = ProgramSettings["rewards"][number];
export type Tier = ProgramSettings["tiers"][number];

function refuseRepeats(ids: string[], list: "tiers" | "rewards", context: z.RefinementCtx): void {
  ids.forEach((id, index) => {
    if (ids.indexOf(id) !== index) {
      context.addIssue({ code: "custom", path: [list, index, "id"], message: "repeated_id" });
    }
  });
}
