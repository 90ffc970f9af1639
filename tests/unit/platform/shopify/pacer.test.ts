import { expect, test } from "vitest";
import { createPacer } from "#app/platform/shopify/pacer.ts";

const SHOP = "a.myshopify.com";
const status = (currentlyAvailable: number) => ({
  maximumAvailable: 2_000,
  currentlyAvailable,
  restoreRate: 100,
});

test("a shop it knows nothing of is not made to wait", () => {
  expect(createPacer().reserve(SHOP, "Op", 0)).toBe(0);
});

test("a full bucket costs no waiting, an empty one as long as it takes to fill up", () => {
  const pacer = createPacer();
  pacer.learn(SHOP, "Op", 100, status(1_000), 0);
  expect(pacer.reserve(SHOP, "Op", 0)).toBe(0);
  pacer.learn(SHOP, "Op", 100, status(0), 0);
  // 100 for the operation and 50 kept for people, at 100 a second.
  expect(pacer.reserve(SHOP, "Op", 0)).toBe(1_500);
});

test("those who ask at once queue behind each other instead of all going together", () => {
  const pacer = createPacer();
  pacer.learn(SHOP, "Op", 100, status(150), 0);
  expect([1, 2, 3].map(() => pacer.reserve(SHOP, "Op", 0))).toEqual([0, 1_000, 2_000]);
});

test("the bucket fills with time and never above its brim; shops do not share one", () => {
  const pacer = createPacer();
  pacer.learn(SHOP, "Op", 100, status(0), 0);
  expect(pacer.reserve(SHOP, "Op", 10_000)).toBe(0);
  expect(pacer.reserve("b.myshopify.com", "Op", 0)).toBe(0);
});
