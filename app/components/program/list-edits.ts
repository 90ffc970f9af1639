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

/** A new reward of a kind with amounts that make sense in the currency; its texts are for the merchant to write. */
export function newReward(kind: Reward["kind"], form: ProgramForm, exponent: number): RewardForm {
  const unit = exponent === 0 ? 1000 : 10 ** exponent;
  const cost = exponent === 0 ? "5000" : "500";
  return {
    id: freeId(kind.replaceAll("_", "-"), form.rewards),
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

/** A new tier above the highest. */
export function newTier(form: ProgramForm): TierForm {
  const last = form.tiers.at(-1);
  const threshold = Number((last?.threshold ?? "0").replaceAll(",", ""));
  return {
    id: freeId("tier", form.tiers),
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

/** An id that no entry has: the ids of removed ones may live on in codes and members, so numbers only go up. */
function freeId(stem: string, entries: readonly { id: string }[]): string {
  const numbers = entries.flatMap(({ id }) => {
    const match = new RegExp(`^${stem}-(\\d{1,6})$`).exec(id);
    return match ? [Number(match[1])] : [];
  });
  return `${stem}-${Math.max(0, ...numbers) + 1}`;
}

export function replaceAt<Item>(list: readonly Item[], index: number, part: Partial<Item>): Item[] {
  return list.map((item, at) => (at === index ? { ...item, ...part } : item));
}

export function removeAt<Item>(list: readonly Item[], index: number): Item[] {
  return list.filter((_, at) => at !== index);
}

export function insertAt<Item>(list: readonly Item[], index: number, item: Item): Item[] {
  return [...list.slice(0, index), item, ...list.slice(index)];
}
