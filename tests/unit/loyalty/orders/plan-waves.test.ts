import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planWaves } from "#app/loyalty/orders/plan-waves.ts";

const named = (name: string, ...keys: string[]) => ({ name, keys });
const names = (waves: { name: string }[][]) => waves.map((wave) => wave.map(({ name }) => name));

describe("waves of orders", () => {
  test("orders of different members are one wave; a member's next order is in the next", () => {
    const waves = planWaves([named("1", "ann"), named("2", "bob"), named("3", "ann"), named("4", "ann")]);
    expect(names(waves)).toEqual([["1", "2"], ["3"], ["4"]]);
  });

  test("an order that shares a code waits, and what shares something with it waits for it", () => {
    const waves = planWaves([
      named("1", "ann"),
      named("2", "ann", "code"),
      named("3", "bob", "code"),
      named("4", "bob"),
    ]);
    expect(names(waves)).toEqual([["1"], ["2"], ["3"], ["4"]]);
  });

  test("no orders are no waves", () => {
    expect(planWaves([])).toEqual([]);
  });

  test("nothing is lost, no wave shares a key, and what shares a key stays in sequence", () => {
    const entries = fc.array(fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { maxLength: 3 }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(entries, (keysOf) => {
        const sequence = keysOf.map((keys, index) => ({ index, keys }));
        const waves = planWaves(sequence);
        expect(
          waves
            .flat()
            .map(({ index }) => index)
            .toSorted((a, b) => a - b),
        ).toEqual([...sequence.keys()]);
        const waveOf = new Map(waves.flatMap((wave, number) => wave.map(({ index }) => [index, number])));
        for (const one of sequence) {
          for (const later of sequence.slice(one.index + 1)) {
            if (!one.keys.some((key) => later.keys.includes(key))) continue;
            expect(waveOf.get(later.index)).toBeGreaterThan(waveOf.get(one.index) ?? 0);
          }
        }
      }),
    );
  });
});
