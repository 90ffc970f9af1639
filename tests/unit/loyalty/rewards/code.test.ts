import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  CODE_ALPHABET,
  CODE_BYTES,
  CODE_ENTROPY_BITS,
  codeFromBytes,
  normaliseCode,
} from "#app/loyalty/rewards/code.ts";

describe("T43 codes", () => {
  test("carry more than 64 random bits in groups that can be read aloud", () => {
    expect(CODE_ENTROPY_BITS).toBeGreaterThan(64);
    expect(codeFromBytes(randomBytes(CODE_BYTES))).toMatch(
      /^[CDFHJKMNPQRTVWXY2-9]{4}(-[CDFHJKMNPQRTVWXY2-9]{4}){3}$/u,
    );
    for (const lookAlike of "01OILSZBGAEU") expect(CODE_ALPHABET).not.toContain(lookAlike);
    expect(new Set(CODE_ALPHABET).size).toBe(CODE_ALPHABET.length);
  });

  test("depend on the given bytes alone, and on all that matter of them", () => {
    const bytes = new Uint8Array(CODE_BYTES).fill(7);
    expect(codeFromBytes(bytes)).toBe(codeFromBytes(Uint8Array.from(bytes)));
    expect(codeFromBytes(new Uint8Array(CODE_BYTES))).toBe("CCCC-CCCC-CCCC-CCCC");
    const last = Uint8Array.from(bytes);
    last[CODE_BYTES - 1] = 8;
    expect(codeFromBytes(last)).not.toBe(codeFromBytes(bytes));
  });

  test("do not repeat in 200,000 draws, and use every symbol about equally", () => {
    const draws = 200_000;
    const seen = new Set<string>();
    const counts = new Map<string, number>();
    const random = randomBytes(draws * CODE_BYTES);
    for (let draw = 0; draw < draws; draw += 1) {
      const code = codeFromBytes(random.subarray(draw * CODE_BYTES, (draw + 1) * CODE_BYTES));
      seen.add(code);
      const symbol = code.charAt(draw % 4);
      counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    }
    expect(seen.size).toBe(draws);
    const expected = draws / CODE_ALPHABET.length;
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(expected * 0.08);
    expect(counts.size).toBe(CODE_ALPHABET.length);
  }, 60_000);

  test("cannot be made from too few bytes", () => {
    expect(() => codeFromBytes(new Uint8Array(CODE_BYTES - 1))).toThrow(RangeError);
  });

  test("are found however they are typed", () => {
    expect(normaliseCode(" k7qf-3mxd-9rwc-h4tp ")).toBe("K7QF-3MXD-9RWC-H4TP");
  });
});
