/** The claims of an ID token that we check ourselves. Nothing here proves the signature: Shopify's library does that. */
export interface IdTokenClaims {
  shopId: string;
}

export type IdTokenReading =
  | { outcome: "absent" }
  | { outcome: "refused" }
  | { outcome: "plausible"; claims: IdTokenClaims };

const SHOP_ORIGIN = /^https:\/\/([a-z0-9][a-z0-9-]{0,59}\.myshopify\.com)$/u;

/**
 * Reads the token of an admin request and refuses what the library lets through: an issuer that is not the
 * destination, a destination that is no shop, and a token for another shop than the address names.
 */
export function readIdToken(request: Request): IdTokenReading {
  const url = new URL(request.url);
  const header = request.headers.get("authorization");
  const token = header === null ? url.searchParams.get("id_token") : header.replace(/^Bearer /u, "");
  if (token === null || token === "") return { outcome: "absent" };
  const payload = payloadOf(token);
  const issuer = originOf(payload?.["iss"]);
  const destination = originOf(payload?.["dest"]);
  const shopId = destination === null ? undefined : SHOP_ORIGIN.exec(destination)?.[1];
  if (shopId === undefined || issuer !== destination) return { outcome: "refused" };
  const named = url.searchParams.get("shop");
  if (named !== null && named !== shopId) return { outcome: "refused" };
  return { outcome: "plausible", claims: { shopId } };
}

function payloadOf(token: string): Record<string, unknown> | null {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return typeof payload === "object" && payload !== null ? { ...payload } : null;
  } catch {
    return null;
  }
}

function originOf(value: unknown): string | null {
  if (typeof value !== "string" || !URL.canParse(value)) return null;
  return new URL(value).origin;
}
