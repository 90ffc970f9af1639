import { toDecimal } from "#app/loyalty/program/money.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";

/** What a friend's code gives, as it is told and made. */
export interface FriendOffer {
  amountMinor: number;
  minimumMinor: number;
  currency: string;
  currencyExponent: number;
}

/** The offer of a program; null while referrals are off or give the friend nothing. */
export function friendOffer(
  referral: ProgramSettings["referral"],
  shop: { currency: string; currencyExponent: number },
): FriendOffer | null {
  if (!referral.enabled || referral.friendAmountMinor === 0) return null;
  return {
    amountMinor: referral.friendAmountMinor,
    minimumMinor: referral.friendMinimumMinor,
    currency: shop.currency,
    currencyExponent: shop.currencyExponent,
  };
}

/** The offer in words: "$5 off", "5,000원 할인". */
export function friendOfferTitle(offer: Pick<FriendOffer, "amountMinor" | "currency" | "currencyExponent">): {
  en: string;
  ko: string;
} {
  const { amountMinor } = offer;
  return {
    en: `${offerMoney(amountMinor, offer, "en")} off`,
    ko: `${offerMoney(amountMinor, offer, "ko")} 할인`,
  };
}

/** Money as offers write it, without decimals where it is whole: "$5", "$5.50", "5,000원". */
export function offerMoney(
  minor: number,
  { currency, currencyExponent }: { currency: string; currencyExponent: number },
  locale: "en" | "ko",
): string {
  if (currency === "KRW" && locale === "ko") return `${new Intl.NumberFormat("ko-KR").format(minor)}원`;
  return new Intl.NumberFormat(locale === "ko" ? "ko-KR" : "en-US", {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: currencyExponent,
    trailingZeroDisplay: "stripIfInteger",
  }).format(toDecimal(minor, currencyExponent) as Intl.StringNumericLiteral);
}

/** Seen by merchants in their list of discounts. */
export const FRIEND_DISCOUNT_TITLE = "Dangol: invited friend";

/**
 * The friend's discount: theirs alone since the code is, used once in all, once per customer. It is not bound
 * to a customer, for most friends have no account yet; that it is their first order is checked before anybody
 * is rewarded.
 */
export function friendDiscountInput(args: {
  code: string;
  offer: FriendOffer;
  startsAt: Date;
  endsAt: Date;
}) {
  const { code, offer, startsAt, endsAt } = args;
  const money = (minor: number): string => toDecimal(minor, offer.currencyExponent);
  return {
    title: FRIEND_DISCOUNT_TITLE,
    code,
    startsAt: startsAt.toISOString(),
    endsAt: endsAt.toISOString(),
    usageLimit: 1,
    appliesOncePerCustomer: true,
    context: { all: "ALL" as const },
    combinesWith: { orderDiscounts: false, productDiscounts: true, shippingDiscounts: true },
    customerGets: {
      items: { all: true },
      value: { discountAmount: { amount: money(offer.amountMinor), appliesOnEachItem: false } },
    },
    ...(offer.minimumMinor > 0
      ? { minimumRequirement: { subtotal: { greaterThanOrEqualToSubtotal: money(offer.minimumMinor) } } }
      : {}),
  };
}
