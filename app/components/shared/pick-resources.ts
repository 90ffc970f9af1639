import type { useAppBridge } from "@shopify/app-bridge-react";
import { refKey, variantTitle } from "#app/loyalty/insights/resource-title.ts";
import type { ResourceKind, ResourceTitleMap } from "#app/loyalty/insights/resource-title.ts";

const GID_TYPES = { product: "Product", variant: "ProductVariant", collection: "Collection" } as const;

/** What the picker tells of each thing, as far as we read it. */
interface Picked {
  id: string;
  title: string;
  images?: { originalSrc: string }[];
  image?: { originalSrc: string } | null;
  product?: { title?: string };
}

/**
 * Opens Shopify's own picker with what is chosen now. Null when the merchant closed it without choosing.
 *
 * @throws when there is no picker, as in a page outside the admin
 */
export async function pickResources(
  bridge: ReturnType<typeof useAppBridge>,
  args: { kind: ResourceKind; ids: readonly string[]; max: number },
): Promise<{ ids: string[]; titles: ResourceTitleMap } | null> {
  const { kind, ids, max } = args;
  const picked = (await bridge.resourcePicker({
    type: kind,
    action: "select",
    multiple: max,
    filter: { variants: kind === "variant" },
    selectionIds: ids.map((id) => ({ id: `gid://shopify/${GID_TYPES[kind]}/${id}` })),
  })) as Picked[] | undefined;
  if (!picked) return null;
  const found = picked.map((entry) => ({ ...entry, id: entry.id.slice(entry.id.lastIndexOf("/") + 1) }));
  return {
    ids: found.map((entry) => entry.id),
    titles: Object.fromEntries(
      found
        // A variant may come without its product's name; then it is asked for as any other.
        .filter((entry) => kind !== "variant" || entry.product?.title !== undefined)
        .map((entry) => [refKey({ kind, id: entry.id }), titleOf(kind, entry)]),
    ),
  };
}

function titleOf(kind: ResourceKind, entry: Picked) {
  const title = kind === "variant" ? variantTitle(entry.product?.title ?? "", entry.title) : entry.title;
  const image = entry.image?.originalSrc ?? entry.images?.[0]?.originalSrc ?? null;
  return { outcome: "found" as const, title, image };
}
