import type { Queryable } from "#app/platform/db/database.server.ts";
import { allowance, capsLookElsewhere, type HeldElsewhere } from "../earning/caps.ts";
import { judgeGoods, needsFactsForGoods } from "../earning/campaigns/take-part.ts";
import { readProductFacts } from "../earning/product-facts.server.ts";
import {
  hasOneRate,
  needsProductFacts,
  rateForLine,
  type LineRate,
  type ProductFacts,
} from "../earning/rate-for-line.ts";
import { endOfLocalDay, localDate, startOfLocalDay } from "../program/calendar.ts";
import type { EarnSettings } from "../program/earn-settings.ts";
import { programVersions } from "../program/program.server.ts";
import type { ProgramSettings } from "../program/settings.ts";
import type { AwardedCampaign, AwardSnapshot, OrderDocument, OrderLine } from "./order.ts";
import type { PricingRules } from "./target-points.ts";

export interface ProgramInForce {
  version: number;
  settings: ProgramSettings;
}

/** What pricing has to ask Shopify first, outside the transaction. */
export interface MissingFacts {
  payments: boolean;
  productIds: string[];
}

/** What an order is priced from. */
interface Pricing {
  order: OrderDocument;
  snapshot: AwardSnapshot | null;
  /** The rules as they stand now, for an order that has no snapshot. */
  fresh: AwardSnapshot;
}

type PricingResult = { rules: PricingRules; missing: null } | { rules: null; missing: MissingFacts };

/**
 * The rules an order is priced by: its snapshot, or those in force. Lines without a rate of their own (all of a new
 * order, those that an edit added) get one from the snapshot's version of the program, and keep it.
 *
 * @returns `missing` when Shopify has to be asked before the order can be priced
 */
export async function pricingRules(
  q: Queryable,
  args: Pricing & { shopId: string; program: ProgramInForce; now: Date },
): Promise<PricingResult> {
  const earnOf = await versionsOf(q, args.shopId, [args.snapshot], args.program);
  const [result] = await pricingRulesOfSet(q, { ...args, orders: [args], earnOf });
  if (!result) throw new TypeError("one order has one price");
  return result;
}

/** The same for a set of orders, in their sequence, in as many statements as one takes. */
export async function pricingRulesOfSet(
  q: Queryable,
  args: { shopId: string; orders: readonly Pricing[]; earnOf: EarnOf; now: Date },
): Promise<PricingResult[]> {
  const { shopId, now, earnOf } = args;
  const asked = args.orders.map((pricing) => {
    const earn = earnOf(pricing.snapshot);
    const unrated = hasOneRate(earn) ? [] : unratedLines(pricing);
    const unjudged = unjudgedLines(pricing);
    const asking = [
      ...(needsProductFacts(earn) ? unrated : []),
      ...(needsFactsForGoods(campaignsOf(pricing)) ? unjudged : []),
    ];
    return { pricing, earn, unrated, unjudged, productIds: productsOf(asking) };
  });
  const productIds = [...new Set(asked.flatMap((entry) => entry.productIds))].toSorted();
  const facts = await readProductFacts(q, { shopId, productIds, now });
  return asked.map((entry) => ratesFrom(entry, facts));
}

interface Asked {
  pricing: Pricing;
  earn: EarnSettings;
  unrated: OrderLine[];
  /** Lines of which it is not yet known which campaigns they are in. */
  unjudged: OrderLine[];
  productIds: string[];
}

function ratesFrom(
  { pricing, earn, unrated, unjudged, productIds }: Asked,
  facts: ReadonlyMap<string, ProductFacts>,
): PricingResult {
  const frozen = pricing.snapshot ?? pricing.fresh;
  const payments = frozen.tender === "money" && pricing.order.payments === null;
  const missing = productIds.filter((id) => !facts.has(id));
  if (payments || missing.length > 0) return { rules: null, missing: { payments, productIds: missing } };
  const { campaigns } = frozen;
  const base = campaigns ? { ...frozen, campaigns: judgeGoods(campaigns, unjudged, facts) } : frozen;
  if (hasOneRate(earn)) return { rules: base, missing: null };
  const rates: Record<string, LineRate> = { ...base.rates };
  for (const line of unrated) {
    const known = line.productId === null ? null : (facts.get(line.productId) ?? null);
    rates[line.lineId] = rateForLine(line, known, {
      points: base.points,
      perMinor: base.perMinor,
      rules: earn.rules,
      exclude: earn.exclude,
    });
  }
  return { rules: { ...base, rates }, missing: null };
}

function unratedLines({ order, snapshot, fresh }: Pricing): OrderLine[] {
  const { rates } = snapshot ?? fresh;
  return order.lines.filter((line) => !line.giftCard && !rates?.[line.lineId]);
}

/** Lines that the campaigns have not seen: all of a new order, those that an edit added. */
function unjudgedLines(pricing: Pricing): OrderLine[] {
  if (campaignsOf(pricing).every(({ lineIds }) => lineIds === null)) return [];
  const seen = pricing.snapshot?.lines ?? {};
  return pricing.order.lines.filter(({ giftCard, lineId }) => !giftCard && !(lineId in seen));
}

function campaignsOf({ snapshot, fresh }: Pricing): readonly AwardedCampaign[] {
  return (snapshot ?? fresh).campaigns ?? [];
}

interface Capping {
  orderId: string;
  memberId: string;
  order: OrderDocument;
  snapshot: AwardSnapshot | null;
  rules: PricingRules;
}

/**
 * Adds the cap to rules that are about to be frozen, and says how much room the member has now; for orders of different
 * members, in their sequence. Call it under the members' locks: what other orders hold cannot change until the
 * transaction ends.
 */
export async function capRulesOfSet(
  q: Queryable,
  args: { shopId: string; orders: readonly Capping[]; earnOf: EarnOf; timeZone: string },
): Promise<{ rules: PricingRules; room: number | null }[]> {
  const { shopId, orders, timeZone, earnOf } = args;
  const looking = orders.filter(({ snapshot }) => capsLookElsewhere(earnOf(snapshot).caps));
  const elsewhere = await heldElsewhere(q, { shopId, orders: looking, timeZone });
  return orders.map(({ orderId, snapshot, rules }) => {
    const held = elsewhere.get(orderId) ?? { sameDay: 0, everywhere: 0 };
    const allowed = allowance(earnOf(snapshot).caps, held);
    if (!allowed) return { rules, room: null };
    return { rules: snapshot ? rules : { ...rules, cap: allowed }, room: allowed.points };
  });
}

async function heldElsewhere(
  q: Queryable,
  args: { shopId: string; orders: readonly Capping[]; timeZone: string },
): Promise<ReadonlyMap<string, HeldElsewhere>> {
  if (args.orders.length === 0) return new Map();
  const asked = args.orders.map(({ orderId, memberId, order }) => {
    const day = localDate(new Date(order.processedAt), args.timeZone);
    const [since, until] = [startOfLocalDay(day, args.timeZone), endOfLocalDay(day, args.timeZone)];
    return { orderId, memberId, since, until };
  });
  const rows = await q.query<HeldElsewhere & { orderId: string }>(
    `select asked."orderId",
            coalesce(sum(o.points_held) filter (where o.processed_at >= asked.since and o.processed_at < asked.until), 0)
              ::bigint as "sameDay",
            coalesce(sum(o.points_held), 0)::bigint as everywhere
       from json_to_recordset($2::json) as asked("orderId" text, "memberId" uuid, since timestamptz, until timestamptz)
       join order_state o on o.shop_id = $1 and o.member_id = asked."memberId" and o.order_id <> asked."orderId"
      group by asked."orderId"`,
    [args.shopId, JSON.stringify(asked)],
  );
  return new Map(rows.map((row) => [row.orderId, row]));
}

/** The earning settings that an order of this snapshot goes by for ever. */
type EarnOf = (snapshot: AwardSnapshot | null) => EarnSettings;

/**
 * The earning settings of the versions that the snapshots are of, for all that is asked of a set; the live ones where there
 * is no snapshot. No statement where all of them are of the live version.
 */
export async function versionsOf(
  q: Queryable,
  shopId: string,
  snapshots: readonly (AwardSnapshot | null)[],
  live: ProgramInForce,
): Promise<EarnOf> {
  const asked = new Set(snapshots.map((snapshot) => snapshot?.programVersion ?? live.version));
  asked.delete(live.version);
  const retired = await programVersions(q, shopId, [...asked]);
  return (snapshot) => (snapshot && retired.get(snapshot.programVersion)?.earn) ?? live.settings.earn;
}

function productsOf(lines: readonly OrderLine[]): string[] {
  return [...new Set(lines.flatMap((line) => line.productId ?? []))].toSorted();
}
