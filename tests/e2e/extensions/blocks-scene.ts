import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { launchBrowser } from "#tests/e2e/support/browser.ts";
import { serveBlocks } from "./serve-blocks.ts";
import type { BlocksServer, ProxyAnswer, ProxyCall } from "./serve-blocks.ts";
import { goldMember, usProgram } from "#tests/unit/extensions/storefront-loyalty/fixtures.ts";

export const PHONE = { width: 390, height: 844 };

export const product = {
  id: 7,
  price_varies: true,
  tags: [],
  selected_or_first_available_variant: { id: 11, price: 16490 },
  variants: [
    { id: 11, price: 16490 },
    { id: 12, price: 4200 },
  ],
};
export const reward = (id: string, title: string, cost: number, more: object = {}) => ({
  id,
  title,
  kind: "amount_off",
  cost,
  affordable: cost <= 1250,
  reason: null,
  ...more,
});
export const me = (more: object = {}) => ({
  state: "member",
  points: { available: 1250, pending: 300, held: 500, lifetime: 9000, expiring: [], worth: null },
  rewards: [
    reward("free-shipping", "Free shipping", 300),
    reward("five-off", "$5 off", 500),
    reward("ten-percent", "10% off", 800, { kind: "percentage_off" }),
    reward("twenty-off", "$20 off", 2000),
  ],
  codes: [],
  ...more,
});
export const readyCode = {
  id: "c1",
  rewardId: "five-off",
  code: "DG-7QK2-M9XF",
  title: "$5 off",
  status: "ready",
  points: 500,
  expiresOn: "2030-03-12",
};

export let browser: Browser;
export let server: BlocksServer;
export let context: BrowserContext;
export let page: Page;
export let pageErrors: string[];

/** A browser, the blocks on a page of their own, and a fresh window for each test, which must end without an error. */
export function useBlocks(): void {
  beforeAll(async () => {
    browser = await launchBrowser();
    server = await serveBlocks();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  beforeEach(async () => {
    context = await browser.newContext({ viewport: PHONE, reducedMotion: "reduce" });
    page = await context.newPage();
    pageErrors = [];
    page.on("pageerror", (error) => pageErrors.push(error.message));
    server.answer = answerWith({});
  });
  afterEach(async () => {
    await context.close();
    expect(pageErrors).toEqual([]);
  });
}

/** Answers `/me` as a member's, and the rest as the test says. */
export function answerWith(answers: Record<string, (call: ProxyCall) => ProxyAnswer>) {
  return (call: ProxyCall) =>
    answers[call.path]?.(call) ?? { body: call.path === "/me" ? me() : { items: [], next: null } };
}

export async function visit(options: object = {}, query = ""): Promise<void> {
  server.show({ program: usProgram, loyalty: goldMember, product, ...options });
  await page.goto(server.url + query);
  await page.waitForFunction(() => customElements.get("dangol-widget") !== undefined);
}

export const openPanel = () => page.click(".dangol-launcher");
export const settled = () => page.waitForSelector("[data-dangol-codes]:not([data-status=loading])");
export const row = (id: string) => page.locator(`[data-id="${id}"]`);

export async function openConfirm(id: string): Promise<void> {
  await openPanel();
  await settled();
  await row(id).locator("[data-act=choose]").click();
}
