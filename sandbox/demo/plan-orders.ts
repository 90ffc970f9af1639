import type { Product } from "#sandbox/store/types.ts";
import type { Random } from "./random.ts";

export type OrderFate =
  | "paid"
  | "pending"
  | "paid_later"
  | "cancelled"
  | "refunded"
  | "line_refunded"
  | "amount_refunded"
  | "edited";

/** One order to come, under a key that the order will carry, so that a second run knows it. */
export interface PlannedOrder {
  key: string;
  /** Index of the buyer; null for a guest. */
  buyer: number | null;
  lines: { variantId: string; quantity: number }[];
  processedAt: string;
  fate: OrderFate;
  fulfilled: boolean;
  /** Made through orderCreate as an app would, instead of a checkout. */
  throughApi: boolean;
  test: boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Days in which parcels have not left yet. */
const UNSHIPPED_DAYS = 3;

const FATES: readonly (readonly [OrderFate, number])[] = [
  ["paid", 0.83],
  ["line_refunded", 0.04],
  ["refunded", 0.025],
  ["amount_refunded", 0.02],
  ["cancelled", 0.025],
  ["paid_later", 0.03],
  ["edited", 0.01],
  ["pending", 0.02],
];

/** About three months of orders, oldest first; a few buyers buy often, many seldom. */
export function planOrders(
  random: Random,
  options: { count: number; days: number; buyers: number; products: readonly Product[]; now: Date },
): PlannedOrder[] {
  const goods = options.products.filter((product) => !product.isGiftCard);
  const giftCards = options.products.filter((product) => product.isGiftCard);
  const instants = Array.from({ length: options.count }, () => instantOf(random, options)).sort();
  return instants.map((processedAt, index) => {
    const isGift = giftCards.length > 0 && random.chance(0.012);
    const products = isGift ? giftCards : goods;
    const lines = Array.from({ length: isGift ? 1 : random.between(1, 3) }, () => {
      const variant = random.pick(random.pick(products).variants);
      return { variantId: variant.id, quantity: random.chance(0.8) || isGift ? 1 : 2 };
    });
    const age = options.now.getTime() - Date.parse(processedAt);
    return {
      key: `demo-${index + 1}`,
      buyer: random.chance(0.03)
        ? null
        : Math.min(options.buyers - 1, Math.floor(random.next() ** 1.7 * options.buyers)),
      lines: mergeLines(lines),
      processedAt,
      fate: fateOf(random),
      fulfilled: age > UNSHIPPED_DAYS * DAY_MS && random.chance(0.35),
      throughApi: random.chance(0.3),
      test: random.chance(0.006),
    };
  });
}

function mergeLines(
  lines: { variantId: string; quantity: number }[],
): { variantId: string; quantity: number }[] {
  const merged = new Map<string, number>();
  for (const line of lines) merged.set(line.variantId, (merged.get(line.variantId) ?? 0) + line.quantity);
  return [...merged].map(([variantId, quantity]) => ({ variantId, quantity }));
}

/** More orders lately than long ago, and hours of the day when people shop. */
function instantOf(random: Random, options: { days: number; now: Date }): string {
  const daysAgo = Math.floor((1 - Math.sqrt(random.next())) * options.days) + 1;
  const day = Math.floor((options.now.getTime() - daysAgo * DAY_MS) / DAY_MS) * DAY_MS;
  return new Date(day + random.between(0, 23 * 60) * 60_000 + random.between(0, 59_999)).toISOString();
}

function fateOf(random: Random): OrderFate {
  let left = random.next();
  for (const [fate, share] of FATES) {
    left -= share;
    if (left < 0) return fate;
  }
  return "paid";
}
