import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { usProgram } from "./fixtures.ts";
import { EXTENSION_DIR } from "./render-block.ts";
import { liquidRate } from "#app/loyalty/members/program-metafield.ts";
import type { OrderDocument } from "#app/loyalty/orders/order.ts";
import { targetPoints } from "#app/loyalty/orders/target-points.ts";
import { createEngine } from "#sandbox/storefront/liquid/create-engine.ts";

const RUNS = 400;
/** Liquid's prices are the amount × 100 in every currency. */
const LIQUID_EXPONENT = 2;

const catalogue = { locale: "en", current: {}, fallback: {} };
const engine = createEngine({
  snippetsDir: join(EXTENSION_DIR, "snippets"),
  catalogue,
  locale: "en",
  timeZone: "UTC",
  currency: "USD",
  moneyFormat: "{{amount}}",
  now: () => new Date(0),
  assetUrl: (file) => file,
});
const template = engine.parse(
  "{% render 'dangol-earn', price: price, program: program, multiplier: multiplier, rule: rule %}",
);

/** An order of one such item, paid in full, in the engine's shape. */
function orderOf(priceMinor: number): OrderDocument {
  return {
    orderId: "1",
    name: "#1",
    customerId: "1",
    currency: "USD",
    test: false,
    sourceName: "web",
    processedAt: "2026-11-21T00:00:00Z",
    updatedAt: "2026-11-21T00:00:00Z",
    cancelledAt: null,
    financialStatus: "paid",
    fulfilled: false,
    taxesIncluded: false,
    discountCodes: [],
    lines: [
      {
        lineId: "1",
        productId: "1",
        variantId: "1",
        quantity: 1,
        priceMinor,
        discountMinor: 0,
        taxMinor: 0,
        giftCard: false,
      },
    ],
  };
}

const twoDecimals = fc.integer({ min: 1, max: 2000 }).map((hundredths) => String(hundredths / 100));

test("what a product page promises is what the engine awards, in every currency, rate, tier and rounding", () => {
  fc.assert(
    fc.property(
      fc.record({
        exponent: fc.constantFrom(0, 2),
        priceMinor: fc.integer({ min: 0, max: 50_000_000 }),
        points: fc.integer({ min: 1, max: 200 }),
        perMinor: fc.integer({ min: 1, max: 100_000 }),
        multiplier: twoDecimals,
        rounding: fc.constantFrom("down" as const, "nearest" as const, "up" as const),
        ruled: fc.option(
          fc.record({
            points: fc.integer({ min: 1, max: 200 }),
            perMinor: fc.integer({ min: 1, max: 5_000 }),
          }),
        ),
        cap: fc.option(fc.integer({ min: 1, max: 100_000 })),
      }),
      ({ exponent, priceMinor, points, perMinor, multiplier, rounding, ruled, cap }) => {
        const earn = { ...liquidRate({ points, perMinor }, exponent), rounding, cap };
        const price = priceMinor * 10 ** (LIQUID_EXPONENT - exponent);
        const promised = engine.renderSync(template, {
          price,
          program: { ...usProgram, earn },
          multiplier,
          rule: ruled ? liquidRate(ruled, exponent) : undefined,
        }) as string;
        const snapshot = {
          programVersion: 1,
          points,
          perMinor,
          rounding,
          includedTax: "earns" as const,
          multiplier,
          ...(ruled ? { rates: { "1": { ...ruled, why: "tag" as const } } } : {}),
          ...(cap === null ? {} : { cap: { points: cap, by: "perOrder" as const } }),
        };
        const rules = { ...snapshot, tierId: null, tierName: null, awardedAt: "2026-11-21T00:00:00Z" };
        expect(Number(promised)).toBe(targetPoints(orderOf(priceMinor), {}, rules).points);
      },
    ),
    { numRuns: RUNS },
  );
});
