/** What a setting means, in a sentence: shown beside its control and changed with it. */
import { pointValue, worthOf } from "#app/loyalty/insights/point-value.ts";
import type { OrderDocument } from "#app/loyalty/orders/order.ts";
import { targetPoints } from "#app/loyalty/orders/target-points.ts";
import { heldGrantExpiresAt } from "#app/loyalty/members/grant-expiry.ts";
import { allowance } from "#app/loyalty/earning/caps.ts";
import type { EarnRule } from "#app/loyalty/program/earn-settings.ts";
import type { ProgramSettings, Reward } from "#app/loyalty/program/settings.ts";
import { formatDayOfYear } from "#app/platform/i18n/translate.ts";
import type { Words } from "#app/components/shared/words.ts";

const EXAMPLE_ORDER: Omit<OrderDocument, "lines"> = {
  orderId: "1",
  name: "#1",
  customerId: null,
  currency: "",
  test: false,
  sourceName: "web",
  processedAt: "",
  updatedAt: "",
  cancelledAt: null,
  financialStatus: "paid",
  fulfilled: false,
  taxesIncluded: false,
  discountCodes: [],
};

/** An order large enough to show round numbers: 50,000 of a currency without decimals, 50 of another. */
export function exampleOrderMinor(exponent: number): number {
  return exponent === 0 ? 50_000 : 50 * 10 ** exponent;
}

/**
 * What an order of one line at that price would be awarded, by the very function that settles orders and within the caps
 * that a member with nothing yet meets.
 *
 * @param rate what the line earns at; the general rate otherwise
 */
export function examplePoints(
  settings: ProgramSettings,
  amountMinor: number,
  multiplier = "1",
  rate?: Pick<EarnRule, "points" | "perMinor">,
): number {
  const { points, perMinor, rounding, includedTax, caps } = settings.earn;
  const cap = allowance(caps, { sameDay: 0, everywhere: 0 });
  const rules = {
    points: rate?.points ?? points,
    perMinor: rate?.perMinor ?? perMinor,
    rounding,
    includedTax,
    multiplier,
    programVersion: 0,
    tierId: null,
    tierName: null,
    ...(cap && { cap }),
  };
  const line = { lineId: "1", productId: null, variantId: null, quantity: 1, priceMinor: amountMinor };
  const order = { ...EXAMPLE_ORDER, lines: [{ ...line, discountMinor: 0, taxMinor: 0, giftCard: false }] };
  return targetPoints(order, {}, { ...rules, awardedAt: "" }).awarded;
}

/** "A $50.00 order earns 250P, worth $2.50, usable at once, for 12 months." */
export function earnSentence(settings: ProgramSettings, words: Words, exponent: number): string {
  const { t } = words;
  const amountMinor = exampleOrderMinor(exponent);
  const points = examplePoints(settings, amountMinor);
  const value = pointValue(settings);
  const { holdDays } = settings.earn;
  return t("program.earn.sentence", {
    amount: words.money(amountMinor),
    points: words.points(points),
    worth: value ? t("program.earn.worth", { money: words.money(worthOf(points, value)) }) : "",
    hold: holdDays === 0 ? t("program.earn.atOnce") : t("program.earn.afterHold", { count: holdDays }),
    expiry: lifeText(settings.expiry, words),
  });
}

function lifeText(expiry: ProgramSettings["expiry"], { t, locale }: Words): string {
  switch (expiry.kind) {
    case "none":
      return t("program.earn.forEver");
    case "after_earning":
      return t("program.earn.forMonths", { count: expiry.months });
    case "inactivity":
      return t("program.earn.whileActive", { count: expiry.months });
    case "calendar":
      return t("program.earn.untilDay", { day: formatDayOfYear(expiry, locale) });
  }
}

/** An amount towards tiers in words: money, points, or a number of orders. */
export function tierAmountText(
  amount: number,
  basis: ProgramSettings["tierRules"]["basis"],
  words: Words,
): string {
  if (basis === "spent") return words.money(amount);
  return basis === "points" ? words.points(amount) : words.t("tier.orders", { count: amount });
}

/** How an odd amount is rounded, with the numbers of this program. */
export function roundingSentence(settings: ProgramSettings, words: Words, exponent: number): string {
  const amountMinor = exampleOrderMinor(exponent) + Math.max(1, Math.round(settings.earn.perMinor * 0.7));
  return words.t("program.rounding.sentence", {
    amount: words.money(amountMinor),
    points: words.points(examplePoints(settings, amountMinor)),
  });
}

/** What becomes of points as they grow old. */
export function expirySentence(
  settings: ProgramSettings,
  words: Words,
  now: string,
  timeZone: string,
): string {
  const { expiry, earn } = settings;
  if (expiry.kind === "none") return words.t("program.expiry.sentence.none");
  const earnedAt = new Date(now);
  const availableAt = new Date(earnedAt.getTime() + earn.holdDays * 86_400_000);
  const end = heldGrantExpiresAt(expiry, { earnedAt, availableAt }, timeZone);
  const date = end === null ? "" : words.date(new Date(end.getTime() - 1).toISOString());
  if (expiry.kind === "after_earning") return words.t("program.expiry.sentence.months", { date });
  return words.t(
    expiry.kind === "inactivity" ? "program.expiry.sentence.inactivity" : "program.expiry.sentence.calendar",
    { date },
  );
}

/** What a shopper gives and gets for a reward. */
export function rewardSentence(reward: Reward, words: Words): string {
  const { t } = words;
  const parts = [rewardCore(reward, words)];
  if (reward.minimumMinor > 0)
    parts.push(t("program.reward.from", { money: words.money(reward.minimumMinor) }));
  parts.push(t("program.reward.life", { count: reward.codeLifeDays }));
  return parts.join(" ");
}

function rewardCore(reward: Reward, words: Words): string {
  const { t } = words;
  switch (reward.kind) {
    case "amount_off":
      return t("program.reward.amount_off.sentence", {
        points: words.points(reward.cost),
        money: words.money(reward.amountMinor),
      });
    case "percentage_off":
      return t("program.reward.percentage_off.sentence", {
        points: words.points(reward.cost),
        percent: reward.percent,
      });
    case "free_shipping":
      return t("program.reward.free_shipping.sentence", { points: words.points(reward.cost) });
    case "cash":
      return t("program.reward.cash.sentence", {
        value: words.money(reward.pointValueMinor),
        one: words.points(1),
        minimum: words.points(reward.minimumPoints),
        step: words.points(reward.stepPoints),
      });
  }
}

/** What a tier asks for and gives. */
export function tierSentence(
  settings: ProgramSettings,
  index: number,
  words: Words,
  exponent: number,
): string {
  const tier = settings.tiers[index];
  if (!tier) return "";
  const amountMinor = exampleOrderMinor(exponent);
  const vars = {
    amount: words.money(amountMinor),
    points: words.points(examplePoints(settings, amountMinor, tier.multiplier)),
    threshold: tierAmountText(tier.thresholdMinor, settings.tierRules.basis, words),
  };
  if (tier.thresholdMinor === 0) return words.t("program.tier.sentence.first", vars);
  if (tier.invitationOnly) return words.t("program.tier.sentence.invitation", vars);
  const reached = words.t(`program.tier.sentence.${settings.tierRules.window}`, vars);
  const reward =
    tier.entryPoints > 0
      ? ` ${words.t("program.tier.sentence.entry", { points: words.points(tier.entryPoints) })}`
      : "";
  return `${reached}${reward}`;
}

/** What the friend and the advocate get. */
export function referralSentence(settings: ProgramSettings, words: Words): string {
  const { referral, earn } = settings;
  if (!referral.enabled) return words.t("program.referral.sentence.off");
  return words.t(REFERRAL_SENTENCES[earn.on][earn.holdDays > 0 ? "held" : "atOnce"], {
    friend: words.money(referral.friendAmountMinor),
    minimum:
      referral.friendMinimumMinor > 0
        ? words.t("program.referral.minimum", { money: words.money(referral.friendMinimumMinor) })
        : "",
    points: words.points(referral.advocatePoints),
  });
}

const REFERRAL_SENTENCES = {
  paid: { atOnce: "program.referral.sentence", held: "program.referral.sentence.hold" },
  fulfilled: { atOnce: "program.referral.sentence.sent", held: "program.referral.sentence.sent.hold" },
} as const;
