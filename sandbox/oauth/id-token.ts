import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import type { AppOptions } from "#sandbox/context.ts";
import { isRecord } from "#sandbox/http.ts";

const LIFETIME_SECONDS = 60;
/** The person who uses the admin shell. */
export const ADMIN_USER_ID = "902541635";

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function signatureOf(secret: string, text: string): Buffer {
  return createHmac("sha256", secret).update(text).digest();
}

/** An ID token as App Bridge hands it to an embedded app: HS256 with the app's secret, good for a minute. */
export function mintIdToken(
  app: Pick<AppOptions, "apiKey" | "apiSecret">,
  shop: string,
  now: Date,
  options: { userId?: string | undefined; lifetimeSeconds?: number | undefined } = {},
): string {
  const nowSeconds = Math.floor(now.getTime() / 1000);
  const text = [
    part({ alg: "HS256", typ: "JWT" }),
    part({
      iss: `https://${shop}/admin`,
      dest: `https://${shop}`,
      aud: app.apiKey,
      sub: options.userId ?? ADMIN_USER_ID,
      exp: nowSeconds + (options.lifetimeSeconds ?? LIFETIME_SECONDS),
      nbf: nowSeconds,
      iat: nowSeconds,
      jti: randomUUID(),
      sid: randomUUID().replaceAll("-", ""),
    }),
  ].join(".");
  return `${text}.${signatureOf(app.apiSecret, text).toString("base64url")}`;
}

/** The user of a good ID token for this shop and app, or why it is not good. */
export function readIdToken(
  app: Pick<AppOptions, "apiKey" | "apiSecret">,
  shop: string,
  now: Date,
  token: string,
): { userId: string } | { problem: string } {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const expected = signatureOf(app.apiSecret, `${header}.${payload}`);
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    return { problem: "bad signature" };
  const head = decode(header);
  const claims = decode(payload);
  if (head?.["alg"] !== "HS256" || claims === undefined) return { problem: "not an HS256 token" };
  const nowSeconds = Math.floor(now.getTime() / 1000);
  if (typeof claims["exp"] !== "number" || claims["exp"] <= nowSeconds) return { problem: "expired" };
  if (claims["aud"] !== app.apiKey) return { problem: "made for another app" };
  if (claims["dest"] !== `https://${shop}`) return { problem: "made for another shop" };
  return { userId: String(claims["sub"] ?? "") };
}

function decode(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
