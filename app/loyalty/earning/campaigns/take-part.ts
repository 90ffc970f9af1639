/** Which campaigns an order takes part in, and with which goods: judged when it is first awarded, and kept. Pure. */
import type { AwardedCampaign, OrderLine } from "../../orders/order.ts";
import { addDays, localDate } from "../../program/calendar.ts";
import { hasAny, hasAnyText, type ProductFacts, type RatedGoods } from "../rate-for-line.ts";
import type { CampaignSettings } from "./campaign-settings.ts";

/** A campaign that awards orders, or did. */
export interface PublishedCampaign {
  campaignId: string;
  settings: CampaignSettings;
  startsAt: Date;
  /** The end of its window, or when it was ended by hand, whichever came first; exclusive. */
  until: Date | null;
}

/** What segments ask of a member, as of an order of theirs. */
export interface SegmentFacts {
  joinedAt: Date;
  birthdayMonth: number | null;
  /** When their last order that counts and was placed before this one was placed. */
  lastOrderAt: Date | null;
}

/**
 * The campaigns whose window holds the order and whose tiers the member is in, in the sequence in which they are awarded.
 * Goods, segment and limits are still to be judged.
 *
 * @param order.tierId undefined for campaigns of any tier
 */
export function candidates(
  campaigns: readonly PublishedCampaign[],
  { processedAt, tierId }: { processedAt: Date; tierId: string | null | undefined },
): AwardedCampaign[] {
  return campaigns
    .filter(({ startsAt, until, settings: { tierIds } }) => {
      const inWindow = startsAt <= processedAt && (until === null || processedAt < until);
      const inTier = tierId === undefined || tierIds.length === 0;
      return inWindow && (inTier || (tierId !== null && tierIds.includes(tierId)));
    })
    .toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime() || (a.campaignId < b.campaignId ? -1 : 1))
    .map(({ campaignId, settings: { name, award, products } }) => ({
      campaignId,
      name,
      award,
      products,
      lineIds: isForAllGoods(products) ? null : [],
      limit: null,
      awarded: 0,
    }));
}

/** Whether the member is in the segment with an order placed at this moment. Days are those of the shop's calendar. */
export function isInSegment(
  segment: CampaignSettings["segment"],
  facts: SegmentFacts,
  { processedAt, timeZone }: { processedAt: Date; timeZone: string },
): boolean {
  const day = (instant: Date) => localDate(instant, timeZone);
  const today = day(processedAt);
  switch (segment.kind) {
    case "all":
      return true;
    case "first_order":
      return facts.lastOrderAt === null;
    case "returning":
      return facts.lastOrderAt !== null;
    case "lapsed":
      return facts.lastOrderAt !== null && day(facts.lastOrderAt) <= addDays(today, -segment.days);
    case "joined_within":
      return day(facts.joinedAt) >= addDays(today, -segment.days);
    case "birthday_month":
      return facts.birthdayMonth === Number(today.slice(5, 7));
  }
}

/** Whether products have to be known to tell which goods take part: ids are on the line itself. */
export function needsFactsForGoods(campaigns: readonly Pick<AwardedCampaign, "products">[]): boolean {
  return campaigns.some(
    ({ products }) =>
      products.collectionIds.length > 0 || products.tags.length > 0 || products.vendors.length > 0,
  );
}

/** Adds those of the lines that take part; lines that were judged before must not be among them. */
export function judgeGoods(
  campaigns: readonly AwardedCampaign[],
  lines: readonly OrderLine[],
  facts: ReadonlyMap<string, ProductFacts>,
): AwardedCampaign[] {
  return campaigns.map((campaign) => {
    if (campaign.lineIds === null) return campaign;
    const fitting = lines.filter((line) => {
      const known = line.productId === null ? null : (facts.get(line.productId) ?? null);
      return fits(line, known, campaign.products);
    });
    return { ...campaign, lineIds: [...campaign.lineIds, ...fitting.map(({ lineId }) => lineId)] };
  });
}

function isForAllGoods(products: CampaignSettings["products"]): boolean {
  return Object.values(products).every((values) => values.length === 0);
}

function fits(
  goods: RatedGoods,
  facts: ProductFacts | null,
  products: CampaignSettings["products"],
): boolean {
  return (
    (goods.variantId !== null && products.variantIds.includes(goods.variantId)) ||
    (goods.productId !== null && products.productIds.includes(goods.productId)) ||
    hasAny(products.collectionIds, facts?.collectionIds ?? []) ||
    hasAnyText(products.tags, facts?.tags ?? []) ||
    hasAnyText(products.vendors, facts?.vendor ? [facts.vendor] : [])
  );
}
