import { createHash } from "node:crypto";
import type { Shop } from "#sandbox/store/types.ts";
import type { ShopClient } from "./sandbox-client.ts";

const DAY_MS = 86_400_000;
const BEGAN_DAYS_AGO = 21;
const LASTS_DAYS = 35;

/**
 * A campaign as a merchant makes one in the admin: saved, looked at, published. It began three weeks ago, so that some of
 * the demo's orders are in it and some are not.
 */
export async function startCampaign(
  client: ShopClient,
  appUrl: string,
  shop: Shop,
  now: Date,
): Promise<void> {
  const campaignId = idFrom(shop.domain);
  const day = (offset: number) => new Date(now.getTime() + offset * DAY_MS).toISOString().slice(0, 10);
  const won = shop.currency === "KRW";
  const form = {
    name: { en: "Double points in the season", ko: "시즌 더블 적립" },
    startsDate: day(-BEGAN_DAYS_AGO),
    startsTime: "00:00",
    openEnd: false,
    endsDate: day(LASTS_DAYS - BEGAN_DAYS_AGO),
    endsTime: "00:00",
    segment: "all",
    days: "90",
    tiers: "all",
    tierIds: [],
    goods: "all",
    products: { productIds: "", variantIds: "", collectionIds: "", tags: "", vendors: "" },
    award: "multiplier",
    multiplier: "2",
    bonus: "",
    minimum: "0",
    budget: won ? "300000" : "150000",
    perMember: won ? "20000" : "4000",
  };
  const post = async (path: string, fields: Record<string, string>) => {
    const { idToken } = await client.control<{ idToken: string }>("POST", "app/id-token", {});
    const response = await fetch(`${appUrl}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${idToken}` },
      body: new URLSearchParams({ idempotencyKey: campaignId, ...fields }),
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) throw new Error(`HTTP ${response.status} from ${path}`);
  };
  await post("/app/campaigns/new", { intent: "save", form: JSON.stringify(form) });
  await post(`/app/campaigns/${campaignId}`, { intent: "publish", revision: "1" });
}

/** The same id for the same shop, in the form that the app takes. */
function idFrom(domain: string): string {
  const hex = createHash("sha256").update(`campaign of ${domain}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
