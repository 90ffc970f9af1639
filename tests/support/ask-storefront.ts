import { randomUUID } from "node:crypto";
import { useServices } from "#app/services.server.ts";
import { type RewardScene } from "./rewards-fixtures.ts";
import { storefrontRequest, type StorefrontAsk } from "./storefront-request.ts";

export type Route = (args: {
  request: Request;
  params: Record<string, string | undefined>;
}) => Promise<Response>;

/** Asks a route of the storefront as the scene's shopper, or as whom it is told. */
export async function askStorefront(
  scene: RewardScene,
  route: Route,
  over: Partial<StorefrontAsk> & { as?: string | null; params?: Record<string, string> } = {},
) {
  useServices(scene.services);
  const customerId = over.as === undefined ? scene.customerId : over.as;
  const who = customerId === null ? {} : { customerId };
  const request = storefrontRequest({ shopId: scene.shopId, path: "/x", ...who, ...over });
  const response = await route({ request, params: over.params ?? {} });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}

/** A redemption as the panel asks for it. */
export const wish = (over: Record<string, unknown> = {}) => ({
  rewardId: "amount-5",
  idempotencyKey: randomUUID(),
  ...over,
});
