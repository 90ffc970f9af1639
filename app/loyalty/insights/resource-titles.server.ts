import type { ResultOf } from "gql.tada";
import { toGid } from "#app/platform/shopify/ids.ts";
import { ResourceTitles } from "#app/platform/shopify/operations/resource-titles.ts";
import type { Services } from "#app/services.server.ts";
import { refKey, variantTitle } from "./resource-title.ts";
import type { ResourceRef, ResourceTitle, ResourceTitleMap } from "./resource-title.ts";

const TIMEOUT_MS = 4_000;
const GID_TYPES = { product: "Product", variant: "ProductVariant", collection: "Collection" } as const;

/**
 * Asks Shopify what these products, variants and collections are called, in one request. Nothing is stored. When Shopify
 * does not answer the result is empty, and the page shows ids.
 *
 * @param refs at most RESOURCES_PER_CALL
 */
export async function resourceTitles(
  services: Pick<Services, "shopify">,
  shopId: string,
  refs: readonly ResourceRef[],
): Promise<ResourceTitleMap> {
  if (refs.length === 0) return {};
  const reply = await services.shopify.request(
    shopId,
    ResourceTitles,
    { ids: refs.map(({ kind, id }) => toGid(GID_TYPES[kind], id)) },
    { timeoutMs: TIMEOUT_MS },
  );
  if (!reply.ok) return {};
  // `nodes` answers in the sequence of the ids.
  return Object.fromEntries(
    refs.map((ref, index) => [refKey(ref), titleOf(reply.data.nodes[index] ?? null)]),
  );
}

type TitleNode = ResultOf<typeof ResourceTitles>["nodes"][number];

function titleOf(node: TitleNode): ResourceTitle {
  switch (node?.__typename) {
    case "Product":
      return {
        outcome: "found",
        title: node.title,
        image: node.featuredMedia?.preview?.image?.url ?? null,
      };
    case "ProductVariant":
      return {
        outcome: "found",
        title: variantTitle(node.product.title, node.title),
        image: node.product.featuredMedia?.preview?.image?.url ?? null,
      };
    case "Collection":
      return { outcome: "found", title: node.title, image: node.image?.url ?? null };
    default:
      return { outcome: "gone" };
  }
}
