/** The digits of a Shopify gid, e.g. "6200407294252" of gid://shopify/Order/6200407294252; null when it is none of that type. */
export function idFromGid(gid: string, type: string): string | null {
  const digits = new RegExp(`^gid://shopify/${type}/(\\d{1,20})$`, "u").exec(gid);
  return digits?.[1] ?? null;
}

/** The gid of an id in digits. */
export function toGid(type: string, id: string): string {
  return `gid://shopify/${type}/${id}`;
}

const SHOP_ID = /^[a-z0-9][a-z0-9-]{0,59}\.myshopify\.com$/u;

/** Whether a text is a shop's myshopify domain, and nothing more. */
export function isShopId(text: string): boolean {
  return SHOP_ID.test(text);
}
