import { expect, test } from "vitest";
import { liabilityOf, periodFigures } from "#app/components/home/figures.ts";
import { healthText } from "#app/components/home/health-text.ts";
import { blocksOn, setupSteps } from "#app/components/home/setup-steps.ts";
import { judgeHealth, missingScopes } from "#app/loyalty/insights/judge-health.ts";
import type { HealthFacts } from "#app/loyalty/insights/judge-health.ts";
import { pointValue, worthOf } from "#app/loyalty/insights/point-value.ts";
import type { Figures } from "#app/loyalty/insights/read-figures.server.ts";
import { defaultSettings } from "#app/loyalty/program/default-settings.ts";
import { dollarWords } from "../words-for-tests.ts";

const NONE = { joined: 0, issued: 0, redeemed: 0, expired: 0, orders: 0, memberOrders: 0 };
const EMPTY: Figures = {
  members: 0,
  available: 0,
  pending: 0,
  held: 0,
  owed: 0,
  period: NONE,
  previous: NONE,
};

test("figures stand beside those of the period before", () => {
  const figures: Figures = {
    ...EMPTY,
    members: 1204,
    period: { ...NONE, joined: 38, issued: 10_000, redeemed: 2_500, orders: 80, memberOrders: 60 },
    previous: { ...NONE, joined: 12, issued: 8_000, redeemed: 800 },
  };
  expect(periodFigures(figures, dollarWords()).map(({ value, compare }) => [value, compare])).toEqual([
    ["1,204", "38 joined, 12 in the 30 days before"],
    ["10,000P", "8,000P in the 30 days before"],
    ["2,500P", "800P in the 30 days before"],
    ["25%", "10% in the 30 days before"],
    ["75%", "– in the 30 days before"],
  ]);
});

test("a shop without a single order has no ratios, and no division by zero", () => {
  const values = periodFigures(EMPTY, dollarWords()).map((figure) => figure.value);
  expect(values).toEqual(["0", "0P", "0P", "–", "–"]);
});

test("the liability counts what members hold at the best worth of a point, rounded up", () => {
  const value = pointValue(defaultSettings({ currency: "USD", currencyExponent: 2 }));
  const liability = liabilityOf(
    { ...EMPTY, available: 1000, pending: 200, held: 51, owed: 40 },
    value,
    dollarWords(),
  );
  expect(liability).toMatchObject({ total: "1,251P", worth: "$12.51" });
  expect(liability.rows.at(-1)).toEqual({ label: "Owed to you (not counted)", value: "−40P" });
  expect(liability.why).toContain("1,251P at $5.00 for 500P");
});

test("a program whose rewards have no fixed worth says so instead of guessing", () => {
  const settings = defaultSettings({ currency: "USD", currencyExponent: 2 });
  const value = pointValue({
    ...settings,
    rewards: settings.rewards.filter((one) => one.kind !== "amount_off"),
  });
  expect(value).toBeNull();
  expect(liabilityOf(EMPTY, value, dollarWords()).worth).toBe("Cannot be put in money");
});

test("a disabled reward gives points no worth, and the better of two ratios counts", () => {
  const settings = defaultSettings({ currency: "KRW", currencyExponent: 0 });
  expect(pointValue(settings)).toEqual({ minor: 1, points: 1, rewardId: "cash" });
  const [cash, coupon] = settings.rewards;
  const better = { ...coupon!, kind: "amount_off" as const, cost: 2500, amountMinor: 5000 };
  expect(pointValue({ ...settings, rewards: [cash!, better] })?.rewardId).toBe("coupon-5000");
  expect(pointValue({ ...settings, rewards: [cash!, { ...better, enabled: false }] })?.rewardId).toBe("cash");
});

test("worth is exact where floats are not", () => {
  expect(worthOf(9_000_000_000_000_000, { minor: 1, points: 3, rewardId: "x" })).toBe(3_000_000_000_000_000);
  expect(worthOf(1, { minor: 1, points: 3, rewardId: "x" })).toBe(1);
  expect(worthOf(0, { minor: 1, points: 3, rewardId: "x" })).toBe(0);
});

const WELL: HealthFacts = {
  now: "2026-11-21T12:00:00Z",
  lastWebhookAt: "2026-11-21T11:58:00Z",
  parkedEvents: 0,
  waitingEvents: 0,
  handledThisWeek: 1204,
  failedJobs: 0,
  retryingJobs: 0,
  missingScopes: [],
};

test.each<[Partial<HealthFacts>, string, string]>([
  [{}, "working", "Last heard from Shopify 2 minutes ago. 1,204 events handled this week, none failed."],
  [{ lastWebhookAt: null }, "waiting_for_first", "Everything is set. Dangol is waiting for the first order."],
  [
    { retryingJobs: 2 },
    "retrying",
    "2 tasks did not work at first and are being tried again. There is nothing to do.",
  ],
  [
    { waitingEvents: 1, retryingJobs: 2 },
    "behind",
    "1 event from Shopify is still waiting to be handled. Its points will follow.",
  ],
  [
    { parkedEvents: 1, failedJobs: 1, waitingEvents: 9 },
    "needs_attention",
    "2 things could not be finished. Everything else works.",
  ],
  [
    { missingScopes: ["read_orders"], failedJobs: 1 },
    "scopes_missing",
    "Dangol is missing access it needs: read_orders. Open the app from your apps list to grant it.",
  ],
])("of %o the status line says the worst: %s", (facts, state, text) => {
  const health = judgeHealth({ ...WELL, ...facts });
  expect(health.state).toBe(state);
  expect(healthText(health, WELL.now, dollarWords())).toBe(text);
});

test("a scope to write grants the one to read", () => {
  expect(
    missingScopes(["read_customers", "write_customers", "read_orders"], "write_customers, read_orders"),
  ).toEqual([]);
  expect(missingScopes(["read_orders"], null)).toEqual(["read_orders"]);
});

test("the guide leads to the theme editor with our own blocks", () => {
  const facts = {
    programReviewed: true,
    history: false,
    widget: false,
    product: false,
    guideDismissed: false,
  };
  const steps = setupSteps(facts, { shopId: "dangol-demo.myshopify.com", apiKey: "key" });
  expect(steps.map((step) => step.done)).toEqual([true, false, false, false]);
  expect(steps[2]?.url).toBe(
    "https://dangol-demo.myshopify.com/admin/themes/current/editor?context=apps&template=index&activateAppId=key/points-widget",
  );
  expect(steps[3]?.url).toContain("template=product&addAppBlockId=key/points-on-product");
});

test("a block counts when it is active on a theme, and only ours counts", () => {
  const extension = (type: string, handle: string, status: string, activations: unknown[]) => ({
    type,
    activations: [{ handle, status, activations }],
  });
  const on = [{ target: "x", themeId: "gid://shopify/OnlineStoreTheme/1" }];
  expect(blocksOn([extension("theme_app_extension", "points-widget", "active", on)])).toEqual({
    widget: true,
    product: false,
  });
  expect(blocksOn([extension("theme_app_extension", "points-widget", "available", on)]).widget).toBe(false);
  expect(blocksOn([extension("theme_app_extension", "points-widget", "active", [])]).widget).toBe(false);
  expect(blocksOn([extension("ui_extension", "points-widget", "active", on)]).widget).toBe(false);
  expect(blocksOn([])).toEqual({ widget: false, product: false });
});
