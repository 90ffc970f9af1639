import { createHmac } from "node:crypto";
import { TEST_SECRET } from "#tests/support/services.ts";

export interface IdTokenSpec {
  shopId: string;
  /** Replaces claims; undefined leaves one out. */
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  secret?: string;
  /** Replaces the signature. */
  signature?: string;
}

/** An ID token as App Bridge hands one out, for about a minute. */
export function signIdToken(spec: IdTokenSpec): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: `https://${spec.shopId}/admin`,
    dest: `https://${spec.shopId}`,
    aud: "test-key",
    sub: "42",
    exp: now + 60,
    nbf: now - 1,
    iat: now - 1,
    jti: "5c6a7a8b",
    sid: "a0b1c2",
    ...spec.claims,
  };
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${encode({ alg: "HS256", typ: "JWT", ...spec.header })}.${encode(claims)}`;
  const signature =
    spec.signature ??
    createHmac("sha256", spec.secret ?? TEST_SECRET)
      .update(signed)
      .digest("base64url");
  return `${signed}.${signature}`;
}
