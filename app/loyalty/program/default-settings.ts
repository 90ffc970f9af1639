import type { ProgramSettings, ProgramSettingsInput, Reward } from "./settings.ts";
import { programSettings } from "./settings.ts";

const COMBINES = { orderDiscounts: false, productDiscounts: true, shippingDiscounts: true };
const CODE_LIFE_DAYS = 30;

/**
 * The program a new shop starts with: cautious, complete and live at once. KRW shops get the Korean custom of points as
 * cash (적립금); every other currency gets codes at round amounts of its own.
 *
 * @param shop.currency ISO 4217 code
 * @param shop.currencyExponent digits after the decimal point (KRW 0, USD 2, KWD 3)
 */
export function defaultSettings(shop: { currency: string; currencyExponent: number }): ProgramSettings {
  return programSettings.parse(
    shop.currency === "KRW" ? wonSettings() : codeSettings(shop.currency, 10 ** shop.currencyExponent),
  );
}

function wonSettings(): ProgramSettingsInput {
  const base = { enabled: true, codeLifeDays: CODE_LIFE_DAYS, combinesWith: COMBINES };
  return {
    pointsName: { en: "points", ko: "적립금" },
    pointsShort: { en: "P", ko: "원" },
    earn: {
      points: 1,
      perMinor: 100,
      rounding: "down",
      on: "paid",
      holdDays: 0,
      includedTax: "earns",
      testOrders: false,
    },
    expiry: { kind: "after_earning", months: 12 },
    shortfall: "owed",
    tiers: [
      {
        id: "family",
        name: { en: "Family", ko: "패밀리" },
        thresholdMinor: 0,
        multiplier: "1",
        color: "#6b7c5c",
        shape: "circle",
      },
      {
        id: "silver",
        name: { en: "Silver", ko: "실버" },
        thresholdMinor: 300_000,
        multiplier: "1.5",
        color: "#6d7a86",
        shape: "hexagon",
      },
      {
        id: "gold",
        name: { en: "Gold", ko: "골드" },
        thresholdMinor: 1_000_000,
        multiplier: "2",
        color: "#a87616",
        shape: "star",
      },
    ],
    rewards: [
      {
        ...base,
        id: "cash",
        kind: "cash",
        title: { en: "Use points as cash", ko: "적립금 사용" },
        minimumMinor: 0,
        pointValueMinor: 1,
        minimumPoints: 1000,
        stepPoints: 100,
        maximumPoints: null,
      },
      {
        ...base,
        id: "coupon-5000",
        kind: "amount_off",
        title: { en: "₩5,000 off", ko: "5,000원 할인 쿠폰" },
        cost: 5000,
        amountMinor: 5000,
        minimumMinor: 20_000,
      },
      {
        ...base,
        id: "free-shipping",
        kind: "free_shipping",
        title: { en: "Free shipping", ko: "무료 배송 쿠폰" },
        cost: 3000,
        minimumMinor: 0,
      },
    ],
    referral: {
      enabled: true,
      advocatePoints: 5000,
      friendAmountMinor: 5000,
      friendMinimumMinor: 30_000,
      codeLifeDays: CODE_LIFE_DAYS,
    },
    cancelAllowed: true,
    guestClaimDays: 90,
  };
}

/** @param unit minor units in one whole unit of the currency (100 for USD, 1 for JPY, 1000 for KWD) */
function codeSettings(currency: string, unit: number): ProgramSettingsInput {
  const base = { enabled: true, codeLifeDays: CODE_LIFE_DAYS, combinesWith: COMBINES };
  // A yen is worth about a cent, so a currency without decimals starts from amounts a hundred times as large.
  const scale = unit === 1 ? 100 : 1;
  const money = (whole: number): number => whole * unit * scale;
  const rewards: Reward[] = [
    {
      ...base,
      id: "amount-5",
      kind: "amount_off",
      title: {
        en: `${wholeMoney("en", currency, 5 * scale)} off`,
        ko: `${wholeMoney("ko", currency, 5 * scale)} 할인 쿠폰`,
      },
      cost: 500,
      amountMinor: money(5),
      minimumMinor: 0,
    },
    {
      ...base,
      id: "percent-10",
      kind: "percentage_off",
      title: { en: "10% off", ko: "10% 할인 쿠폰" },
      cost: 800,
      percent: 10,
      minimumMinor: 0,
    },
    {
      ...base,
      id: "free-shipping",
      kind: "free_shipping",
      title: { en: "Free shipping", ko: "무료 배송 쿠폰" },
      cost: 300,
      minimumMinor: 0,
    },
  ];
  return {
    pointsName: { en: "points", ko: "포인트" },
    pointsShort: { en: "P", ko: "P" },
    earn: {
      points: 5,
      perMinor: unit * scale,
      rounding: "down",
      on: "paid",
      holdDays: 0,
      includedTax: "earns",
      testOrders: false,
    },
    expiry: { kind: "after_earning", months: 12 },
    shortfall: "owed",
    tiers: [
      {
        id: "bronze",
        name: { en: "Bronze", ko: "브론즈" },
        thresholdMinor: 0,
        multiplier: "1",
        color: "#8c6239",
        shape: "circle",
      },
      {
        id: "silver",
        name: { en: "Silver", ko: "실버" },
        thresholdMinor: money(300),
        multiplier: "1.25",
        color: "#6d7a86",
        shape: "hexagon",
      },
      {
        id: "gold",
        name: { en: "Gold", ko: "골드" },
        thresholdMinor: money(1000),
        multiplier: "1.5",
        color: "#a87616",
        shape: "star",
      },
    ],
    rewards,
    referral: {
      enabled: true,
      advocatePoints: 500,
      friendAmountMinor: money(5),
      friendMinimumMinor: money(20),
      codeLifeDays: CODE_LIFE_DAYS,
    },
    cancelAllowed: true,
    guestClaimDays: 90,
  };
}

function wholeMoney(locale: string, currency: string, amount: number): string {
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    maximumFractionDigits: 0,
  }).format(amount);
}
