import { json } from "#app/platform/http/reply.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { describeProgram } from "./describe-program.ts";
import type { StorefrontCall } from "./storefront-route.server.ts";

/** `GET /proxy/program`: the live program in the shopper's language. */
export async function readProgram({ services, shop, locale, t }: StorefrontCall): Promise<Response> {
  const { settings } = await liveProgram(services.db, shop.shopId);
  return json(describeProgram(settings, shop, locale, t));
}
