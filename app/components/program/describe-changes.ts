/** The difference between two versions of the program as a merchant would tell it. */
import type { ProgramSettings, Reward, Tier } from "#app/loyalty/program/settings.ts";
import { formatDayOfYear } from "#app/platform/i18n/translate.ts";
import type { AdminKey, Words } from "#app/components/shared/words.ts";
import { earnRuleChanges } from "./describe-earn-changes.ts";
import type { ProgramSection } from "./program-issues.ts";
import { tierAmountText } from "./program-sentences.ts";

export interface Change {
  section: ProgramSection;
  text: string;
  /** For whom, and from when. */
  effect: string;
}

type Report = (
  section: ProgramSection,
  key: AdminKey,
  vars: Record<string, string>,
  effect: AdminKey,
) => void;

/** Lists every difference, in the order of the editor; empty when nothing a merchant can see differs. */
export function describeChanges(before: ProgramSettings, after: ProgramSettings, words: Words): Change[] {
  const changes: Change[] = [];
  const report: Report = (section, key, vars, effect) => {
    changes.push({ section, text: words.t(key, vars), effect: words.t(effect) });
  };
  earnChanges(before, after, words, report);
  expiryChanges(before, after, words, report);
  rewardChanges(before, after, words, report);
  tierChanges(before, after, words, report);
  referralChanges(before, after, words, report);
  nameChanges(before, after, report);
  return changes;
}

function earnChanges(before: ProgramSettings, after: ProgramSettings, words: Words, report: Report): void {
  const was = before.earn;
  const is = after.earn;
  const rate = (earn: ProgramSettings["earn"]) =>
    words.t("change.rate", { points: words.points(earn.points), money: words.money(earn.perMinor) });
  const choice = (key: AdminKey) => words.t(key);
  const fields: [AdminKey, string, string][] = [
    ["change.earn.rate", rate(was), rate(is)],
    [
      "change.earn.rounding",
      choice(`program.rounding.${was.rounding}`),
      choice(`program.rounding.${is.rounding}`),
    ],
    ["change.earn.on", choice(`program.on.${was.on}`), choice(`program.on.${is.on}`)],
    [
      "change.earn.includedTax",
      choice(`program.tax.${was.includedTax}`),
      choice(`program.tax.${is.includedTax}`),
    ],
    ["change.earn.testOrders", yesNo(was.testOrders, words), yesNo(is.testOrders, words)],
    ["change.earn.guestClaim", days(before.guestClaimDays, words), days(after.guestClaimDays, words)],
    ...earnRuleChanges(was, is, words),
  ];
  for (const [key, from, to] of fields) {
    if (from !== to) report("earn", key, { from, to }, "effect.newOrders");
  }
}

function expiryChanges(before: ProgramSettings, after: ProgramSettings, words: Words, report: Report): void {
  const life = (expiry: ProgramSettings["expiry"]): string => {
    if (expiry.kind === "none") return words.t("change.never");
    if (expiry.kind === "calendar")
      return words.t("change.eachYear", { day: formatDayOfYear(expiry, words.locale) });
    const months = words.t("change.months", { count: expiry.months });
    return words.t(expiry.kind === "inactivity" ? "change.inactive" : "change.after", { months });
  };
  const reminders = (days: readonly number[]) =>
    days.length === 0 ? words.t("change.nothing") : words.t("change.daysBefore", { days: days.join(", ") });
  const fields: [AdminKey, string, string, AdminKey][] = [
    ["change.hold", days(before.earn.holdDays, words), days(after.earn.holdDays, words), "effect.newOrders"],
    ["change.expiry", life(before.expiry), life(after.expiry), "effect.newPoints"],
    ["change.reminders", reminders(before.reminderDays), reminders(after.reminderDays), "effect.fromTonight"],
    [
      "change.reinstate",
      days(before.reinstateDays, words),
      days(after.reinstateDays, words),
      "effect.fromTonight",
    ],
    [
      "change.shortfall",
      words.t(`program.shortfall.${before.shortfall}`),
      words.t(`program.shortfall.${after.shortfall}`),
      "effect.newRefunds",
    ],
  ];
  for (const [key, from, to, effect] of fields) {
    if (from !== to) report("expiry", key, { from, to }, effect);
  }
}

function rewardChanges(before: ProgramSettings, after: ProgramSettings, words: Words, report: Report): void {
  eachPair(before.rewards, after.rewards, (was, is) => {
    const name = (is ?? was)?.title[words.locale] ?? "";
    if (!was) return report("rewards", "change.reward.added", { name }, "effect.everyMember");
    if (!is) return report("rewards", "change.reward.removed", { name }, "effect.codesStay");
    for (const [key, from, to] of rewardFields(was, is, words)) {
      if (from !== to) report("rewards", key, { name, from, to }, "effect.newCodes");
    }
  });
  if (before.cancelAllowed !== after.cancelAllowed) {
    const vars = { from: yesNo(before.cancelAllowed, words), to: yesNo(after.cancelAllowed, words) };
    report("rewards", "change.cancelAllowed", vars, "effect.everyMember");
  }
}

function rewardFields(was: Reward, is: Reward, words: Words): [AdminKey, string, string][] {
  const value = (reward: Reward): string => {
    if (reward.kind === "amount_off") return words.money(reward.amountMinor);
    if (reward.kind === "percentage_off") return `${reward.percent}%`;
    return reward.kind === "cash" ? words.money(reward.pointValueMinor) : "";
  };
  const cost = (reward: Reward) => (reward.kind === "cash" ? "" : words.points(reward.cost));
  const steps = (reward: Reward): string => {
    if (reward.kind !== "cash") return "";
    const range = { minimum: words.points(reward.minimumPoints), step: words.points(reward.stepPoints) };
    return reward.maximumPoints === null
      ? words.t("change.steps", range)
      : words.t("change.stepsUpTo", { ...range, maximum: words.points(reward.maximumPoints) });
  };
  const combines = (reward: Reward): string => {
    const kinds = (["orderDiscounts", "productDiscounts", "shippingDiscounts"] as const)
      .filter((kind) => reward.combinesWith[kind])
      .map((kind) => words.t(`program.combines.${kind}`));
    return kinds.length === 0 ? words.t("change.nothing") : kinds.join(", ");
  };
  return [
    ["change.reward.title", titles(was.title), titles(is.title)],
    ["change.reward.enabled", yesNo(was.enabled, words), yesNo(is.enabled, words)],
    [
      "change.reward.kind",
      words.t(`program.reward.kind.${was.kind}`),
      words.t(`program.reward.kind.${is.kind}`),
    ],
    ["change.reward.cost", cost(was), cost(is)],
    ["change.reward.value", value(was), value(is)],
    ["change.reward.steps", steps(was), steps(is)],
    ["change.reward.minimum", words.money(was.minimumMinor), words.money(is.minimumMinor)],
    ["change.reward.life", days(was.codeLifeDays, words), days(is.codeLifeDays, words)],
    ["change.reward.combines", combines(was), combines(is)],
  ];
}

function tierChanges(before: ProgramSettings, after: ProgramSettings, words: Words, report: Report): void {
  const was = before.tierRules;
  const is = after.tierRules;
  const rules: [AdminKey, string, string, AdminKey][] = [
    [
      "change.tiers.basis",
      words.t(`program.tiers.basis.${was.basis}`),
      words.t(`program.tiers.basis.${is.basis}`),
      "effect.tierNext",
    ],
    [
      "change.tiers.window",
      words.t(`program.tiers.window.${was.window}`),
      words.t(`program.tiers.window.${is.window}`),
      "effect.tierNext",
    ],
    ["change.tiers.grace", days(was.graceDays, words), days(is.graceDays, words), "effect.fromTonight"],
    ["change.tiers.notice", days(was.noticeDays, words), days(is.noticeDays, words), "effect.fromTonight"],
  ];
  for (const [key, from, to, effect] of rules) {
    if (from !== to) report("tiers", key, { from, to }, effect);
  }
  eachPair(before.tiers, after.tiers, (was, is) => {
    const name = (is ?? was)?.name[words.locale] ?? "";
    if (!was) return report("tiers", "change.tier.added", { name }, "effect.tierNext");
    if (!is) return report("tiers", "change.tier.removed", { name }, "effect.tierNext");
    for (const [key, from, to, effect] of tierFields(was, is, before, after, words)) {
      if (from !== to) report("tiers", key, { name, from, to }, effect);
    }
  });
}

function tierFields(
  was: Tier,
  is: Tier,
  before: ProgramSettings,
  after: ProgramSettings,
  words: Words,
): [AdminKey, string, string, AdminKey][] {
  const amount = (value: number | null, { tierRules }: ProgramSettings) =>
    value === null ? words.t("change.sameAsEntry") : tierAmountText(value, tierRules.basis, words);
  const look = (tier: Tier) => `${words.t(`program.shape.${tier.shape}`)} ${tier.color.toLowerCase()}`;
  return [
    ["change.tier.name", titles(was.name), titles(is.name), "effect.everyMember"],
    [
      "change.tier.threshold",
      amount(was.thresholdMinor, before),
      amount(is.thresholdMinor, after),
      "effect.tierNext",
    ],
    ["change.tier.retain", amount(was.retainMinor, before), amount(is.retainMinor, after), "effect.tierNext"],
    ["change.tier.entry", words.points(was.entryPoints), words.points(is.entryPoints), "effect.tierEntry"],
    [
      "change.tier.invitation",
      yesNo(was.invitationOnly, words),
      yesNo(is.invitationOnly, words),
      "effect.tierNext",
    ],
    ["change.tier.multiplier", `×${was.multiplier}`, `×${is.multiplier}`, "effect.newOrders"],
    ["change.tier.look", look(was), look(is), "effect.everyMember"],
  ];
}

function referralChanges(
  before: ProgramSettings,
  after: ProgramSettings,
  words: Words,
  report: Report,
): void {
  const was = before.referral;
  const is = after.referral;
  const fields: [AdminKey, string, string][] = [
    ["change.referral.enabled", yesNo(was.enabled, words), yesNo(is.enabled, words)],
    ["change.referral.advocate", words.points(was.advocatePoints), words.points(is.advocatePoints)],
    ["change.referral.friend", words.money(was.friendAmountMinor), words.money(is.friendAmountMinor)],
    ["change.referral.minimum", words.money(was.friendMinimumMinor), words.money(is.friendMinimumMinor)],
    ["change.referral.life", days(was.codeLifeDays, words), days(is.codeLifeDays, words)],
  ];
  for (const [key, from, to] of fields) {
    if (from !== to) report("referral", key, { from, to }, "effect.newReferrals");
  }
  const monthly = ({ monthlyLimit }: ProgramSettings["referral"]) =>
    monthlyLimit === null ? words.t("change.noLimit") : words.number(monthlyLimit);
  if (was.monthlyLimit === is.monthlyLimit) return;
  const vars = { from: monthly(was), to: monthly(is) };
  report("referral", "change.referral.monthlyLimit", vars, "effect.newRewards");
}

function nameChanges(before: ProgramSettings, after: ProgramSettings, report: Report): void {
  const name = [titles(before.pointsName), titles(after.pointsName)] as const;
  const short = [titles(before.pointsShort), titles(after.pointsShort)] as const;
  if (name[0] !== name[1])
    report("names", "change.names.name", { from: name[0], to: name[1] }, "effect.everyMember");
  if (short[0] !== short[1])
    report("names", "change.names.short", { from: short[0], to: short[1] }, "effect.everyMember");
}

function eachPair<Item extends { id: string }>(
  before: Item[],
  after: Item[],
  visit: (was: Item | undefined, is: Item | undefined) => void,
): void {
  const ids = new Set([...after, ...before].map((item) => item.id));
  for (const id of ids) {
    visit(
      before.find((item) => item.id === id),
      after.find((item) => item.id === id),
    );
  }
}

function titles(text: { en: string; ko: string }): string {
  return text.en === text.ko ? text.en : `${text.en} / ${text.ko}`;
}

function yesNo(value: boolean, words: Words): string {
  return words.t(value ? "common.on" : "common.off");
}

function days(count: number, words: Words): string {
  return words.t("change.days", { count });
}
