/**
 * The program as the editor holds it: every number is the text that was typed, so that a mistake is shown beside its
 * field with the typed text still in it. The server reads the same form through the same functions.
 */
import { z } from "zod";
import type { ProgramSettings, Reward, Tier } from "#app/loyalty/program/settings.ts";
import { minorToText } from "#app/components/shared/money-text.ts";
import { narrow, readMoney, readWhole } from "#app/components/shared/typed-values.ts";
import { candidateEarn, earnForm, earnToForm } from "./earn-form.ts";

const localized = z.strictObject({ en: z.string().max(400), ko: z.string().max(400) });
const typed = z.string().max(60);

const tierForm = z.strictObject({
  id: typed,
  name: localized,
  threshold: typed,
  retain: typed,
  entryPoints: typed,
  invitationOnly: z.boolean(),
  multiplier: typed,
  color: typed,
  shape: z.enum(["circle", "hexagon", "diamond", "star", "shield"]),
});

const rewardForm = z.strictObject({
  id: typed,
  kind: z.enum(["amount_off", "percentage_off", "free_shipping", "cash"]),
  title: localized,
  enabled: z.boolean(),
  cost: typed,
  amount: typed,
  percent: typed,
  minimum: typed,
  codeLifeDays: typed,
  combinesWith: z.strictObject({
    orderDiscounts: z.boolean(),
    productDiscounts: z.boolean(),
    shippingDiscounts: z.boolean(),
  }),
  pointValue: typed,
  minimumPoints: typed,
  stepPoints: typed,
  maximumPoints: typed,
});

/** The shape of the posted form; what the fields say is judged later, by the program's own schema. */
export const programForm = z.strictObject({
  pointsName: localized,
  pointsShort: localized,
  earn: earnForm,
  expiry: z.strictObject({
    kind: z.enum(["none", "after_earning", "inactivity", "calendar"]),
    months: typed,
    month: typed,
    day: typed,
  }),
  reminderDays: typed,
  reinstateDays: typed,
  shortfall: z.enum(["owed", "absorb"]),
  tiers: z.array(tierForm).max(100),
  tierRules: z.strictObject({
    basis: z.enum(["spent", "points", "orders"]),
    window: z.enum(["calendar_year", "rolling_12_months", "lifetime"]),
    graceDays: typed,
    noticeDays: typed,
  }),
  rewards: z.array(rewardForm).max(200),
  referral: z.strictObject({
    enabled: z.boolean(),
    advocatePoints: typed,
    friendAmount: typed,
    friendMinimum: typed,
    codeLifeDays: typed,
    monthlyLimit: typed,
  }),
  cancelAllowed: z.boolean(),
  guestClaimDays: typed,
});

export type ProgramForm = z.infer<typeof programForm>;
export type RewardForm = ProgramForm["rewards"][number];
export type TierForm = ProgramForm["tiers"][number];

/** Fills the editor from stored settings. */
export function formFromSettings(settings: ProgramSettings, exponent: number): ProgramForm {
  const { earn, expiry, referral } = settings;
  return {
    pointsName: { ...settings.pointsName },
    pointsShort: { ...settings.pointsShort },
    earn: earnToForm(earn, exponent),
    expiry: {
      kind: expiry.kind,
      months: "months" in expiry ? String(expiry.months) : "12",
      month: expiry.kind === "calendar" ? String(expiry.month) : "12",
      day: expiry.kind === "calendar" ? String(expiry.day) : "31",
    },
    reminderDays: settings.reminderDays.join(", "),
    reinstateDays: String(settings.reinstateDays),
    shortfall: settings.shortfall,
    tiers: settings.tiers.map((tier) => tierToForm(tier, tierExponent(settings.tierRules, exponent))),
    tierRules: {
      basis: settings.tierRules.basis,
      window: settings.tierRules.window,
      graceDays: String(settings.tierRules.graceDays),
      noticeDays: String(settings.tierRules.noticeDays),
    },
    rewards: settings.rewards.map((reward) => rewardToForm(reward, exponent)),
    referral: {
      enabled: referral.enabled,
      advocatePoints: String(referral.advocatePoints),
      friendAmount: minorToText(referral.friendAmountMinor, exponent),
      friendMinimum: minorToText(referral.friendMinimumMinor, exponent),
      codeLifeDays: String(referral.codeLifeDays),
      monthlyLimit: referral.monthlyLimit === null ? "" : String(referral.monthlyLimit),
    },
    cancelAllowed: settings.cancelAllowed,
    guestClaimDays: String(settings.guestClaimDays),
  };
}

function tierToForm(tier: Tier, exponent: number): TierForm {
  const { id, name, multiplier, color, shape } = tier;
  return {
    id,
    name: { ...name },
    threshold: minorToText(tier.thresholdMinor, exponent),
    retain: tier.retainMinor === null ? "" : minorToText(tier.retainMinor, exponent),
    entryPoints: String(tier.entryPoints),
    invitationOnly: tier.invitationOnly,
    multiplier,
    color,
    shape,
  };
}

/** Money has the currency's decimals; points and orders have none. */
function tierExponent({ basis }: { basis: string }, exponent: number): number {
  return basis === "spent" ? exponent : 0;
}

function rewardToForm(reward: Reward, exponent: number): RewardForm {
  const cash = reward.kind === "cash" ? reward : null;
  return {
    id: reward.id,
    kind: reward.kind,
    title: { ...reward.title },
    enabled: reward.enabled,
    cost: reward.kind === "cash" ? "" : String(reward.cost),
    amount: reward.kind === "amount_off" ? minorToText(reward.amountMinor, exponent) : "",
    percent: reward.kind === "percentage_off" ? String(reward.percent) : "",
    minimum: minorToText(reward.minimumMinor, exponent),
    codeLifeDays: String(reward.codeLifeDays),
    combinesWith: { ...reward.combinesWith },
    pointValue: cash ? minorToText(cash.pointValueMinor, exponent) : "",
    minimumPoints: cash ? String(cash.minimumPoints) : "",
    stepPoints: cash ? String(cash.stepPoints) : "",
    maximumPoints: cash && cash.maximumPoints !== null ? String(cash.maximumPoints) : "",
  };
}

/**
 * Reads the typed text into a candidate for `programSettings`. What cannot be read stays as it was typed, and an
 * empty field is left out, so that the schema refuses exactly that field.
 */
export function candidateFromForm(form: ProgramForm, exponent: number): Record<string, unknown> {
  const money = (text: string) => readMoney(text, exponent);
  const { earn, expiry, referral } = form;
  return {
    pointsName: form.pointsName,
    pointsShort: form.pointsShort,
    earn: candidateEarn(earn, { whole: readWhole, money }),
    expiry: candidateExpiry(expiry),
    reminderDays: readList(form.reminderDays),
    reinstateDays: readWhole(form.reinstateDays),
    shortfall: form.shortfall,
    tiers: form.tiers.map((tier) => candidateTier(tier, tierExponent(form.tierRules, exponent))),
    tierRules: {
      basis: form.tierRules.basis,
      window: form.tierRules.window,
      graceDays: readWhole(form.tierRules.graceDays),
      noticeDays: readWhole(form.tierRules.noticeDays),
    },
    rewards: form.rewards.map((reward) => candidateReward(reward, exponent)),
    referral: {
      enabled: referral.enabled,
      advocatePoints: readWhole(referral.advocatePoints),
      friendAmountMinor: money(referral.friendAmount),
      friendMinimumMinor: money(referral.friendMinimum),
      codeLifeDays: readWhole(referral.codeLifeDays),
      monthlyLimit: referral.monthlyLimit.trim() === "" ? null : readWhole(referral.monthlyLimit),
    },
    cancelAllowed: form.cancelAllowed,
    guestClaimDays: readWhole(form.guestClaimDays),
  };
}

function candidateExpiry({ kind, months, month, day }: ProgramForm["expiry"]): Record<string, unknown> {
  if (kind === "none") return { kind };
  return kind === "calendar"
    ? { kind, month: readWhole(month), day: readWhole(day) }
    : { kind, months: readWhole(months) };
}

function candidateTier(tier: TierForm, exponent: number): Record<string, unknown> {
  return {
    id: tier.id,
    name: tier.name,
    thresholdMinor: readMoney(tier.threshold, exponent),
    retainMinor: tier.retain.trim() === "" ? null : readMoney(tier.retain, exponent),
    entryPoints: readWhole(tier.entryPoints),
    invitationOnly: tier.invitationOnly,
    multiplier: narrow(tier.multiplier),
    color: narrow(tier.color),
    shape: tier.shape,
  };
}

function candidateReward(reward: RewardForm, exponent: number): Record<string, unknown> {
  const base = {
    id: reward.id,
    kind: reward.kind,
    title: reward.title,
    enabled: reward.enabled,
    minimumMinor: readMoney(reward.minimum, exponent),
    codeLifeDays: readWhole(reward.codeLifeDays),
    combinesWith: reward.combinesWith,
  };
  switch (reward.kind) {
    case "amount_off":
      return { ...base, cost: readWhole(reward.cost), amountMinor: readMoney(reward.amount, exponent) };
    case "percentage_off":
      return { ...base, cost: readWhole(reward.cost), percent: readWhole(reward.percent) };
    case "free_shipping":
      return { ...base, cost: readWhole(reward.cost) };
    case "cash":
      return {
        ...base,
        pointValueMinor: readMoney(reward.pointValue, exponent),
        minimumPoints: readWhole(reward.minimumPoints),
        stepPoints: readWhole(reward.stepPoints),
        maximumPoints: reward.maximumPoints.trim() === "" ? null : readWhole(reward.maximumPoints),
      };
  }
}

/** "30, 7, 1"; empty for none. One that cannot be read stays text, and the list is refused for it. */
function readList(text: string): unknown[] {
  const parts = narrow(text)
    .split(/[,、\s]+/u)
    .filter((part) => part !== "");
  return parts.map(readWhole);
}
