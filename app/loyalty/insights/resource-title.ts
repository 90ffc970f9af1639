/** What a merchant chooses from the catalogue. */
export const RESOURCE_KINDS = ["product", "variant", "collection"] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** A chosen thing by its kind and Shopify's id in digits. */
export interface ResourceRef {
  kind: ResourceKind;
  id: string;
}

/** What it is called today; `gone` when Shopify knows it no more. */
export type ResourceTitle = { outcome: "found"; title: string; image: string | null } | { outcome: "gone" };

/** Titles by `refKey`. What Shopify did not tell is not there. */
export type ResourceTitleMap = Record<string, ResourceTitle>;

/** As many are asked for at once: a hundred cost 600 points at most, and Shopify takes 1,000 a query. */
export const RESOURCES_PER_CALL = 100;

/** `product-123`: in addresses and as a key. */
export function refKey({ kind, id }: ResourceRef): string {
  return `${kind}-${id}`;
}

/** The refs of a text like `product-1,variant-2`, each once and at most `RESOURCES_PER_CALL`; what is none is left out. */
export function readRefs(text: string): ResourceRef[] {
  const keys = [...new Set(text.split(","))];
  return keys
    .flatMap((key): ResourceRef[] => {
      const [, kind, id] = /^(product|variant|collection)-(\d{1,20})$/u.exec(key) ?? [];
      return kind === undefined || id === undefined ? [] : [{ kind: kind as ResourceKind, id }];
    })
    .slice(0, RESOURCES_PER_CALL);
}

/** Shopify calls the only variant of a product without options this; people know it by the product. */
const ONLY_VARIANT = "Default Title";

/** A variant by its product and its options. */
export function variantTitle(product: string, variant: string): string {
  return variant === ONLY_VARIANT ? product : `${product} · ${variant}`;
}
