import { createHmac, hkdfSync } from "node:crypto";

/**
 * One spelling of an address for comparing people: lower case, without what many providers ignore (a "+tag",
 * and dots in Gmail names). Null when it is no address. Never use it to write to somebody.
 */
export function normaliseEmail(text: string): string | null {
  const email = text.trim().toLowerCase().normalize("NFKC");
  const match = /^([^\s@"<>(),;:\\]{1,64})@([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\.[a-z0-9-]{2,63})$/u.exec(
    email,
  );
  const [, rawName = "", rawDomain = ""] = match ?? [];
  if (!match || rawDomain.includes("..")) return null;
  const domain = rawDomain === "googlemail.com" ? "gmail.com" : rawDomain;
  const untagged = rawName.split("+", 1)[0] ?? "";
  const name = domain === "gmail.com" ? untagged.replaceAll(".", "") : untagged;
  return name === "" ? null : `${name}@${domain}`;
}

/** The purposes hashes are made for; those of one purpose say nothing about another's. */
export type HashPurpose = "email" | "ip_prefix";

/**
 * A keyed hash: without the app's secret nobody can try addresses against it, and the same address in two
 * shops gives two hashes.
 */
export function keyedHash(
  secret: string,
  args: { purpose: HashPurpose; shopId: string; value: string },
): string {
  const key = Buffer.from(hkdfSync("sha256", secret, args.shopId, `dangol:${args.purpose}`, 32));
  return createHmac("sha256", key).update(args.value).digest("base64url");
}

/**
 * The hash a shopper's address is remembered by in this shop. What is no address is hashed as it was written.
 */
export function hashEmail(secret: string, shopId: string, email: string): string {
  const value = normaliseEmail(email) ?? email.trim().toLowerCase();
  return keyedHash(secret, { purpose: "email", shopId, value });
}
