import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { programSettings, type ProgramSettings } from "#app/loyalty/program/settings.ts";
import type { Random } from "./random.ts";
import type { ModelShop } from "./shops.ts";

export const PRODUCTS = ["1", "2", "3", "4"] as const;

/** A program with every rule that the model knows set to something. */
export function drawProgram(random: Random, shop: ModelShop): ProgramSettings {
  const settings = structuredClone(defaultSettings(shop));
  const { earn } = settings;
  earn.points = random.pick([1, 1, 3, 5, 7, 100]);
  earn.perMinor = random.pick([1, 3, 7, 10, 20, 100]) * shop.scale;
  earn.rounding = random.pick(["down", "nearest", "up"]);
  earn.on = random.weighted([
    [5, "paid"],
    [1, "fulfilled"],
  ]);
  earn.holdDays = random.pick([0, 0, 0, 1, 3, 14, 90]);
  earn.includedTax = random.pick(["earns", "excluded"]);
  earn.shipping = random.pick(["excluded", "earns"]);
  earn.sources.pos = random.chance(0.8);
  earn.caps = drawCaps(random);
  earn.rules = random.chance(0.3) ? [drawRule(random, shop)] : [];
  earn.exclude.productIds = random.chance(0.2) ? [random.pick(PRODUCTS)] : [];
  settings.expiry = random.weighted<ProgramSettings["expiry"]>([
    [1, { kind: "none" }],
    [4, { kind: "after_earning", months: random.pick([1, 1, 2, 6, 12]) }],
    [4, { kind: "inactivity", months: random.pick([1, 1, 3, 12]) }],
    [3, { kind: "calendar", ...random.pick(CALENDAR_DAYS) }],
  ]);
  settings.shortfall = random.weighted([
    [2, "owed"],
    [1, "absorb"],
  ]);
  drawTiers(random, settings, shop);
  const { combinesWith } = settings.rewards[0]!;
  settings.rewards = [
    {
      ...REWARD,
      combinesWith,
      id: "small",
      cost: random.pick([1, 50, 120]),
      codeLifeDays: random.pick([1, 3, 30]),
    },
    {
      ...REWARD,
      combinesWith,
      id: "large",
      cost: random.pick([300, 1000, 5000]),
      codeLifeDays: random.pick([5, 60]),
    },
  ];
  settings.referral.enabled = false;
  return programSettings.parse(settings);
}

const CALENDAR_DAYS = [
  { month: 2, day: 29 },
  { month: 12, day: 31 },
  { month: 3, day: 8 },
  { month: 6, day: 30 },
] as const;
const REWARD = {
  kind: "amount_off",
  title: { en: "Off", ko: "할인" },
  enabled: true,
  minimumMinor: 0,
  amountMinor: 100,
} as const;

function drawCaps(random: Random): ProgramSettings["earn"]["caps"] {
  const perOrder = random.chance(0.3) ? random.pick([10, 200, 1000]) : null;
  const perDay = random.chance(0.2) ? random.pick([1000, 1500]) : null;
  const perMember = random.chance(0.1) ? random.pick([2000, 20_000]) : null;
  return { perOrder, perDay, perMember };
}

function drawRule(random: Random, shop: ModelShop): ProgramSettings["earn"]["rules"][number] {
  const match = random.pick(["variant", "product"] as const);
  const value = random.pick(PRODUCTS);
  const values = match === "variant" ? [`${value}${random.pick(["1", "2"])}`] : [value];
  return {
    id: "other-rate",
    match,
    values,
    points: random.pick([1, 2, 11]),
    perMinor: random.pick([1, 9]) * shop.scale,
  };
}

/** Two or three tiers: the middle one comes and goes. */
function drawTiers(random: Random, settings: ProgramSettings, shop: ModelShop): void {
  const basis = random.pick(["spent", "points", "orders"] as const);
  settings.tierRules = {
    basis,
    window: random.pick(["calendar_year", "rolling_12_months", "lifetime"]),
    graceDays: random.pick([0, 0, 7]),
    noticeDays: 30,
  };
  const steps = { spent: [300 * shop.scale, 1500 * shop.scale], points: [400, 3000], orders: [2, 6] }[basis];
  const [first, middle, last] = settings.tiers;
  const tiers = random.chance(0.8) ? [first!, middle!, last!] : [first!, last!];
  settings.tiers = tiers.map((tier, rank) => {
    const thresholdMinor = rank === 0 ? 0 : steps[rank - 1]!;
    const retainMinor = rank > 0 && random.chance(0.5) ? Math.floor(thresholdMinor / 2) : null;
    const entryPoints = rank > 0 && random.chance(0.5) ? random.pick([50, 333]) : 0;
    return {
      ...tier,
      thresholdMinor,
      retainMinor,
      entryPoints,
      multiplier: random.pick(["1", "1.25", "1.5", "2", "0.33"]),
    };
  });
}
