import type { AdminShop } from "./admin-context.tsx";

/** Words for a page that has no shop yet. */
export const FALLBACK_SHOP: AdminShop = {
  shopId: "",
  name: "",
  apiKey: "",
  locale: "en",
  currency: "USD",
  currencyExponent: 2,
  timeZone: "UTC",
  pointsName: { en: "points", ko: "포인트" },
  pointsShort: { en: "P", ko: "P" },
};
