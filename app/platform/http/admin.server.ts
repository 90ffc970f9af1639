import type { Locale } from "#app/platform/i18n/translate.ts";
import type { Services } from "#app/services.server.ts";

/** The row of the shop the admin is open in. */
export interface ShopRow {
  shopId: string;
  name: string;
  currency: string;
  currencyExponent: number;
  timeZone: string;
  locale: string;
  storefrontUrl: string;
  plan: string;
  installedAt: Date;
  uninstalledAt: Date | null;
}

export interface AdminCall {
  services: Services;
  shopId: string;
  /** The staff member's Shopify user id, for the audit log. */
  actor: string;
  locale: Locale;
  shop: ShopRow;
}

/** Lets only an embedded admin session of an installed shop through; throws the Response that says otherwise. */
export async function requireAdmin(_request: Request): Promise<AdminCall> {
  throw new Response("Not wired yet", { status: 501 });
}
