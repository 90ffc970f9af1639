/** An order's points in words: the arithmetic in one line, or why there is none. */
import type { Award, OrderStory } from "#app/loyalty/insights/explain-order.ts";
import type { SettleOutcome } from "#app/loyalty/orders/settlement.ts";
import type { AdminKey, Words } from "#app/components/shared/words.ts";

/** "$82.45 × 5P per $1 × Gold ×1.5, rounded down". */
export function awardArithmetic(award: Award, words: Words): string {
  const { t } = words;
  const plain = award.multiplier === "1";
  const tier = award.tierName?.[words.locale] ?? "";
  const rest = { tier, multiplier: award.multiplier, rounding: t(`program.rounding.${award.rounding}`) };
  const sentences = [
    award.rates
      ? t(plain ? "order.arithmeticRates" : "order.arithmeticRatesTier", {
          parts: award.rates.map((rate) => ratedPart(rate, words)).join(" + "),
          ...rest,
        })
      : t(plain ? "order.arithmetic" : "order.arithmeticTier", {
          eligible: words.money(award.eligibleMinor),
          points: words.points(award.points),
          money: words.money(award.perMinor),
          ...rest,
        }),
  ];
  if (award.creditMinor) sentences.push(t("order.credit", { amount: words.money(award.creditMinor) }));
  for (const { name, points, cut } of award.campaigns ?? []) {
    const given = { name: name[words.locale], points: words.points(points) };
    sentences.push(
      cut ? t("order.campaignCut", { ...given, cut: words.points(cut) }) : t("order.campaign", given),
    );
  }
  const capped = award.capped ? CAPPED[award.capped.by] : undefined;
  if (award.capped && capped) sentences.push(t(capped, { points: words.points(award.capped.uncapped) }));
  if (award.takenBack > 0) sentences.push(t("order.takenBack", { points: words.points(award.takenBack) }));
  return sentences.join(" ");
}

const CAPPED: Record<string, AdminKey> = {
  perOrder: "order.capped.perOrder",
  perDay: "order.capped.perDay",
  perMember: "order.capped.perMember",
};

const RATES: Record<string, AdminKey> = {
  all: "order.rate.all",
  variant: "order.rate.variant",
  product: "order.rate.product",
  collection: "order.rate.collection",
  tag: "order.rate.tag",
  vendor: "order.rate.vendor",
  shipping: "order.rate.shipping",
};

function ratedPart(rate: NonNullable<Award["rates"]>[number], words: Words): string {
  return words.t("order.rated", {
    eligible: words.money(rate.eligibleMinor),
    points: words.points(rate.points),
    money: words.money(rate.perMinor),
    why: words.t(RATES[rate.why] ?? "order.rate.all"),
  });
}

/** Orders of older versions say two more. */
const OUTCOMES: Record<SettleOutcome | "not_fulfilled" | "refunded", AdminKey> = {
  settled: "order.outcome.settled",
  unchanged: "order.outcome.settled",
  not_paid: "order.outcome.not_paid",
  not_fulfilled: "order.outcome.not_fulfilled",
  guest: "order.outcome.guest",
  test: "order.outcome.test",
  cancelled: "order.outcome.cancelled",
  refunded: "order.outcome.refunded",
  blocked: "order.outcome.blocked",
  erased: "order.outcome.erased",
  uninstalled: "order.outcome.uninstalled",
  awaiting_order: "order.outcome.awaiting_order",
  awaiting_facts: "order.outcome.awaiting_facts",
  source_off: "order.outcome.source_off",
};

/** Why an order has its points, in one or two sentences. */
export function orderWhy(order: OrderStory, words: Words): string {
  const earned = order.award !== null && (order.pointsHeld > 0 || order.award.takenBack > 0);
  if (earned && order.award) {
    const arithmetic = awardArithmetic(order.award, words);
    return order.outcome === "cancelled" ? `${arithmetic} ${words.t("order.outcome.cancelled")}` : arithmetic;
  }
  if (order.outcome === "settled") return words.t("order.outcome.nothing");
  return outcomeText(order.outcome, words);
}

/** What settlement says of an order, in words. */
export function outcomeText(outcome: string, words: Words): string {
  const key = (OUTCOMES as Partial<Record<string, AdminKey>>)[outcome];
  return words.t(key ?? "order.outcome.other");
}
