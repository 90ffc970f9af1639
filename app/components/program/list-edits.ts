/** Adding, changing and removing entries of the form's lists; pure, so that undo is only another edit. */
import type { Reward } from "#app/loyalty/program/settings.ts";
import { minorToText } from "#app/components/shared/money-text.ts";
import type { ProgramForm, RewardForm, TierForm } from "./program-form.ts";

export const REWARD_KINDS = [
  "amount_off",
  "percentage_off",
  "free_shipping",
  "cash",
] as const satisfies readonly Reward["kind"][];

/**
 * A new reward of a kind with amounts that make sense in the currency; its texts are for the merchant to write.
 *
 * @param suffix what sets its id apart; never used before, since codes still name rewards that were removed
 */
export function newReward(kind: Reward["kind"], exponent: number, suffix: string): RewardForm {
  const unit = exponent === 0 ? 1000 : 10 ** exponent;
  const cost = exponent === 0 ? "5000" : "500";
  return {
    id: `${kind.replaceAll("_", "-")}-${suffix}`,
    kind,
    title: { en: "", ko: "" },
    enabled: true,
    cost: kind === "cash" ? "" : cost,
    amount: kind === "amount_off" ? minorToText(5 * unit, exponent) : "",
    percent: kind === "percentage_off" ? "10" : "",
    minimum: "0",
    codeLifeDays: "90",
    combinesWith: { orderDiscounts: false, productDiscounts: true, shippingDiscounts: true },
    pointValue: kind === "cash" ? minorToText(1, exponent) : "",
    minimumPoints: kind === "cash" ? "1000" : "",
    stepPoints: kind === "cash" ? "100" : "",
    maximumPoints: "",
  };
}

/**
 * A new tier above the highest.
 *
 * @param suffix what sets its id apart; never used before, since members may still be in a tier that was removed
 */
export function newTier(form: ProgramForm, suffix: string): TierForm {
  const last = form.tiers.at(-1);
  const threshold = Number((last?.threshold ?? "0").replaceAll(",", ""));
  return {
    id: `tier-${suffix}`,
    name: { en: "", ko: "" },
    retain: "",
    entryPoints: "0",
    invitationOnly: false,
    threshold: last ? String(Number.isFinite(threshold) && threshold > 0 ? threshold * 2 : 100) : "0",
    multiplier: last?.multiplier ?? "1",
    color: "#5b6b8c",
    shape: "diamond",
  };
}

export function replaceAt<Item>(list: readonly Item[], index: number, part: Partial<Item>): Item[] {
  return list.map((item, at) => (at === index ? { ...item, ...part } : item));
}

export function removeAt<Item>(list: readonly Item[], index: number): Item[] {
  return list.filter((_, at) => at !== index);
}

/** Puts an entry back where it was; a list that has it stays as it is. */
export function putBack<Item extends { id: string }>(
  list: readonly Item[],
  { entry, index }: { entry: Item; index: number },
): Item[] {
  if (list.some(({ id }) => id === entry.id)) return [...list];
  return [...list.slice(0, index), entry, ...list.slice(index)];
}
