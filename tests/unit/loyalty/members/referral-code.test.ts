import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  normaliseReferralCode,
  REFERRAL_CODE_BYTES,
  referralCodeFrom,
} from "#app/loyalty/members/referral-code.ts";

describe("a member's own code", () => {
  it("has eight readable characters, the same for the same bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: REFERRAL_CODE_BYTES, maxLength: 40 }), (bytes) => {
        const code = referralCodeFrom(bytes);
        expect(code).toMatch(/^[BCDFGHJKMNPQRSTVWXZ2-9]{8}$/u);
        expect(referralCodeFrom(bytes)).toBe(code);
        expect(normaliseReferralCode(code)).toBe(code);
      }),
    );
  });

  it.each([
    [" bcdf-2345 ", "BCDF2345"],
    ["bcdf 2345", "BCDF2345"],
    ["abc", null],
    ["", null],
    ["<script>", null],
    ["erased:0190", null],
    ["A".repeat(21), null],
  ])("%j as typed is %s", (typed, expected) => {
    expect(normaliseReferralCode(typed)).toBe(expected);
  });
});
