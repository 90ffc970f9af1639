import type { Queryable } from "#app/platform/db/database.server.ts";
import { allowance, capsLookElsewhere, type HeldElsewhere } from "../earning/caps.ts";
import { readProductFacts } from "../earning/product-facts.server.ts";
import { hasOneRate, needsProductFacts, rateForLine, type LineRate } from "../earning/rate-for-line.ts";
import { endOfLocalDay, localDate, startOfLocalDay } from "../program/calendar.ts";
import { programVersion } from "../program/program.server.ts";
import type { ProgramSettings } from "../program/settings.ts";
import type { AwardSnapshot, OrderDocument, OrderLine } from "./order.ts";
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

/**
 * The rules an order is priced by: its snapshot, or those in force. Lines without a rate of their own (all of a new
 * order, those that an edit added) get one from the snapshot's version of the program, and keep it.
 *
 * @returns `missing` when Shopify has to be asked before the order can be priced
 */
export async function pricingRules(
  q: Queryable,
  args: {
    shopId: string;
    order: OrderDocument;
    snapshot: AwardSnapshot | null;
    fresh: AwardSnapshot;
    program: ProgramInForce;
    now: Date;
  },
): Promise<{ rules: PricingRules; missing: null } | { rules: null; missing: MissingFacts }> {
  const { shopId, order, snapshot } = args;
  const base = snapshot ?? args.fresh;
  const earn = (await versionOf(q, shopId, snapshot, args.program)).settings.earn;
  const payments = base.tender === "money" && order.payments === null;
  if (hasOneRate(earn)) {
    return payments ? { rules: null, missing: { payments, productIds: [] } } : { rules: base, missing: null };
  }
  const unrated = order.lines.filter((line) => !line.giftCard && !base.rates?.[line.lineId]);
  const productIds = needsProductFacts(earn) ? productsOf(unrated) : [];
  const facts = await readProductFacts(q, { shopId, productIds, now: args.now });
  const missing = productIds.filter((id) => !facts.has(id));
  if (payments || missing.length > 0) return { rules: null, missing: { payments, productIds: missing } };
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

/**
 * Adds the cap to rules that are about to be frozen, and says how much room the member has now. Call it under the
 * member's lock: what other orders hold cannot change until the transaction ends.
 */
export async function capRules(
  q: Queryable,
  args: {
    shopId: string;
    orderId: string;
    memberId: string;
    order: OrderDocument;
    snapshot: AwardSnapshot | null;
    rules: PricingRules;
    program: ProgramInForce;
    timeZone: string;
  },
): Promise<{ rules: PricingRules; room: number | null }> {
  const { caps } = (await versionOf(q, args.shopId, args.snapshot, args.program)).settings.earn;
  const held = capsLookElsewhere(caps) ? await heldElsewhere(q, args) : { sameDay: 0, everywhere: 0 };
  const allowed = allowance(caps, held);
  if (!allowed) return { rules: args.rules, room: null };
  return { rules: args.snapshot ? args.rules : { ...args.rules, cap: allowed }, room: allowed.points };
}

async function heldElsewhere(
  q: Queryable,
  args: { shopId: string; orderId: string; memberId: string; order: OrderDocument; timeZone: string },
): Promise<HeldElsewhere> {
  const day = localDate(new Date(args.order.processedAt), args.timeZone);
  const [row] = await q.query<HeldElsewhere>(
    `select coalesce(sum(points_held) filter (where processed_at >= $4 and processed_at < $5), 0)::bigint as "sameDay",
            coalesce(sum(points_held), 0)::bigint as everywhere
       from order_state where shop_id = $1 and member_id = $2 and order_id <> $3`,
    [
      args.shopId,
      args.memberId,
      args.orderId,
      startOfLocalDay(day, args.timeZone),
      endOfLocalDay(day, args.timeZone),
    ],
  );
  return row ?? { sameDay: 0, everywhere: 0 };
}

async function versionOf(
  q: Queryable,
  shopId: string,
  snapshot: AwardSnapshot | null,
  live: ProgramInForce,
): Promise<ProgramInForce> {
  if (!snapshot || snapshot.programVersion === live.version) return live;
  return programVersion(q, shopId, snapshot.programVersion);
}

function productsOf(lines: readonly OrderLine[]): string[] {
  return [...new Set(lines.flatMap((line) => line.productId ?? []))].toSorted();
}
