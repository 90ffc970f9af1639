import { getServices } from "#app/services.server.ts";
import { isShopId } from "#app/platform/shopify/ids.ts";
import { contentSecurityPolicy } from "./security-headers.ts";

/** Sets what every page of ours is sent with. A page that is in no shop's admin may be framed by nobody. */
export async function pageHeaders(request: Request, headers: Headers, nonce: string): Promise<void> {
  const { config } = await getServices();
  const named = new URL(request.url).searchParams.get("shop") ?? "";
  const policy = { shopId: isShopId(named) ? named : null, nonce, sandboxUrl: config.shopify.sandboxUrl };
  headers.set("Content-Type", "text/html; charset=utf-8");
  headers.set("Content-Security-Policy", contentSecurityPolicy(policy));
  headers.set("Cache-Control", "private, no-store");
}
