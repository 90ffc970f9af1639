/** The projection's two documents as the extension meets them, for the two demo shops. */

export type Lang = "en" | "ko";

const usTiers = [
  {
    id: "bronze",
    name: { en: "Bronze", ko: "브론즈" },
    multiplier: "1",
    color: "#8c6239",
    shape: "circle",
    threshold: "0",
  },
  {
    id: "silver",
    name: { en: "Silver", ko: "실버" },
    multiplier: "1.25",
    color: "#71797e",
    shape: "hexagon",
    threshold: "300.00",
  },
  {
    id: "gold",
    name: { en: "Gold", ko: "골드" },
    multiplier: "1.5",
    color: "#b8860b",
    shape: "star",
    threshold: "1000.00",
  },
];

export const usProgram = {
  v: 1,
  version: 3,
  live: true,
  currency: "USD",
  pointsName: { en: "points", ko: "포인트" },
  pointsShort: { en: "P", ko: "P" },
  earn: { points: 5, per: 100, rounding: "down" },
  earnExcluded: { productIds: ["999"], tags: ["no-points"] },
  holdDays: 0,
  expiryMonths: 12 as number | null,
  cash: null,
  tiers: usTiers,
  rewards: [
    { id: "five-off", title: { en: "$5 off", ko: "5달러 할인" }, kind: "amount_off", cost: 500 },
    { id: "ten-percent", title: { en: "10% off", ko: "10% 할인" }, kind: "percentage_off", cost: 800 },
    {
      id: "free-shipping",
      title: { en: "Free shipping", ko: "무료 배송" },
      kind: "free_shipping",
      cost: 300,
    },
    { id: "twenty-off", title: { en: "$20 off", ko: "20달러 할인" }, kind: "amount_off", cost: 2000 },
  ],
  referral: { enabled: true, friend: { en: "$5 off", ko: "5달러 할인" }, advocatePoints: 500 },
};

export const seoulProgram = {
  v: 1,
  version: 1,
  live: true,
  currency: "KRW",
  pointsName: { en: "store money", ko: "적립금" },
  pointsShort: { en: " KRW", ko: "원" },
  earn: { points: 1, per: 10000, rounding: "down" },
  earnExcluded: { productIds: [], tags: [] },
  holdDays: 7,
  expiryMonths: 12,
  cash: { pointValue: "1" },
  tiers: [
    {
      id: "family",
      name: { en: "Family", ko: "패밀리" },
      multiplier: "1",
      color: "#7d8ca3",
      shape: "circle",
      threshold: "0",
    },
    {
      id: "silver",
      name: { en: "Silver", ko: "실버" },
      multiplier: "1.5",
      color: "#71797e",
      shape: "diamond",
      threshold: "300000",
    },
    {
      id: "gold",
      name: { en: "Gold", ko: "골드" },
      multiplier: "2",
      color: "#b8860b",
      shape: "shield",
      threshold: "1000000",
    },
  ],
  rewards: [
    { id: "cash", title: { en: "Use store money", ko: "적립금 사용" }, kind: "cash", cost: 1000 },
    { id: "coupon", title: { en: "5,000 won coupon", ko: "5,000원 쿠폰" }, kind: "amount_off", cost: 5000 },
    { id: "shipping", title: { en: "Free shipping", ko: "무료 배송" }, kind: "free_shipping", cost: 3000 },
  ],
  referral: { enabled: true, friend: { en: "5,000 won off", ko: "5,000원 할인" }, advocatePoints: 5000 },
};

export const goldMember = {
  v: 1,
  state: "member",
  available: 1250,
  pending: 300,
  held: 500,
  worth: null as string | null,
  expiring: [{ points: 200, on: "2026-12-31" }],
  tier: {
    id: "silver",
    name: { en: "Silver", ko: "실버" },
    multiplier: "1.25",
    color: "#71797e",
    shape: "hexagon",
    since: "2026-01-03",
    until: "2027-12-31",
    keep: "300.00" as string | null,
    next: {
      unit: "money",
      id: "gold",
      name: { en: "Gold", ko: "골드" },
      remainingMinor: 42000,
      remaining: "420.00",
      by: "2026-12-31" as string | null,
    },
  },
  referral: { code: "ABC234", url: "https://dangol-demo.localhost/?ref=ABC234", invited: 3, rewarded: 1 },
};

export const seoulMember = {
  v: 1,
  state: "member",
  available: 4200,
  pending: 1200,
  held: 0,
  worth: "4200" as string | null,
  expiring: [{ points: 800, on: "2027-02-28" }],
  tier: {
    id: "silver",
    name: { en: "Silver", ko: "실버" },
    multiplier: "1.5",
    color: "#71797e",
    shape: "diamond",
    since: "2026-03-03",
    until: "2027-12-31",
    keep: "300000" as string | null,
    next: {
      unit: "money",
      id: "gold",
      name: { en: "Gold", ko: "골드" },
      remainingMinor: 82000,
      remaining: "82000",
      by: "2026-12-31" as string | null,
    },
  },
  referral: { code: "SEO234", url: "https://dangol-seoul.localhost/?ref=SEO234", invited: 0, rewarded: 0 },
};

/** What a hostile merchant or a careless paste could put into any name or text. */
export const HOSTILE = `"><img src=x onerror=alert(1)>{{ shop.name }}{% if true %}'&</script>`;
