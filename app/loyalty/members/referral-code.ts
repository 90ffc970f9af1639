/**
 * No vowels, so that no word appears by accident; no 0, O, 1, I, L, Y, so that it can be read aloud and
 * typed.
 */
const LETTERS = "BCDFGHJKMNPQRSTVWXZ23456789";
const LENGTH = 8;

/** How many random bytes one code needs. */
export const REFERRAL_CODE_BYTES = LENGTH;

/** A member's own short code. It is public: it names the member, it proves nothing. */
export function referralCodeFrom(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, LENGTH), (byte) => LETTERS[byte % LETTERS.length]).join("");
}

/** A code as somebody typed or pasted it, in the form it is stored in; null when it cannot be one. */
export function normaliseReferralCode(text: string): string | null {
  const code = text.trim().toUpperCase().replaceAll(/[\s-]/gu, "");
  return /^[A-Z0-9]{4,20}$/u.test(code) ? code : null;
}
