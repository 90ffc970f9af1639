import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launchBrowser } from "#tests/e2e/support/browser.ts";
import { serveBlocks } from "./serve-blocks.ts";
import type { BlocksServer, ProxyAnswer, ProxyCall } from "./serve-blocks.ts";
import {
  HOSTILE,
  goldMember,
  seoulMember,
  seoulProgram,
  usProgram,
} from "#tests/unit/extensions/storefront-loyalty/fixtures.ts";

const PHONE = { width: 390, height: 844 };

const product = {
  id: 7,
  price_varies: true,
  tags: [],
  selected_or_first_available_variant: { id: 11, price: 16490 },
  variants: [
    { id: 11, price: 16490 },
    { id: 12, price: 4200 },
  ],
};
const reward = (id: string, title: string, cost: number, more: object = {}) => ({
  id,
  title,
  kind: "amount_off",
  cost,
  affordable: cost <= 1250,
  reason: null,
  ...more,
});
const me = (more: object = {}) => ({
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
const readyCode = {
  id: "c1",
  rewardId: "five-off",
  code: "DG-7QK2-M9XF",
  title: "$5 off",
  status: "ready",
  points: 500,
  expiresOn: "2030-03-12",
};

let browser: Browser;
let server: BlocksServer;
let context: BrowserContext;
let page: Page;
let pageErrors: string[];

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

/** Answers `/me` as a member's, and the rest as the test says. */
function answerWith(answers: Record<string, (call: ProxyCall) => ProxyAnswer>) {
  return (call: ProxyCall) =>
    answers[call.path]?.(call) ?? { body: call.path === "/me" ? me() : { items: [], next: null } };
}

async function visit(options: object = {}, query = ""): Promise<void> {
  server.show({ program: usProgram, loyalty: goldMember, product, ...options });
  await page.goto(server.url + query);
  await page.waitForFunction(() => customElements.get("dangol-widget") !== undefined);
}

const openPanel = () => page.click(".dangol-launcher");
const settled = () => page.waitForSelector("[data-dangol-codes]:not([data-status=loading])");
const row = (id: string) => page.locator(`[data-id="${id}"]`);

async function openConfirm(id: string): Promise<void> {
  await openPanel();
  await settled();
  await row(id).locator("[data-act=choose]").click();
}

describe("quiet until wanted", () => {
  test("nothing is asked of the app and no panel script is loaded before the shopper acts", async () => {
    await visit();
    await page.waitForTimeout(300);
    expect(server.calls).toEqual([]);
    expect(server.assets.toSorted()).toEqual([
      "/assets/dangol-panel.css",
      "/assets/dangol.css",
      "/assets/dangol.js",
    ]);
    await openPanel();
    await settled();
    expect(server.calls.map(({ path }) => path)).toEqual(["/me"]);
  });

  test("a guest's panel asks for nothing at all", async () => {
    await visit({ loyalty: undefined });
    await openPanel();
    await page.waitForTimeout(200);
    expect(server.calls).toEqual([]);
  });

  test("nothing moves when the blocks wake up and the answers arrive", async () => {
    await visit();
    await openPanel();
    await settled();
    await page.waitForTimeout(200);
    const shift = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          new PerformanceObserver((list) => {
            resolve(
              list
                .getEntries()
                .reduce((sum, entry) => sum + (entry as unknown as { value: number }).value, 0),
            );
          }).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => resolve(0), 300);
        }),
    );
    expect(shift).toBe(0);
  });

  test("no name is left on the window", async () => {
    await visit();
    await openPanel();
    await settled();
    const names = await page.evaluate(() => Object.keys(window).filter((name) => /dangol/i.test(name)));
    expect(names).toEqual([]);
  });
});

describe("the panel by keyboard", () => {
  test.each(["Enter", " "])(
    "opens with %j, keeps the focus inside, closes with Esc and gives the focus back",
    async (key) => {
      await visit();
      await page.focus(".dangol-launcher");
      await page.keyboard.press(key);
      await settled();
      expect(await page.getAttribute(".dangol-launcher", "aria-expanded")).toBe("true");
      for (let step = 0; step < 30; step += 1) {
        await page.keyboard.press("Tab");
        const outside = await page.evaluate(() => {
          const active = document.activeElement;
          return active !== document.body && active !== null && !active.closest("dialog");
        });
        expect(outside).toBe(false);
      }
      await page.keyboard.press("Escape");
      expect(await page.locator("dialog[open]").count()).toBe(0);
      expect(await page.evaluate(() => document.activeElement?.className)).toBe("dangol-launcher");
      await expect.poll(() => page.getAttribute(".dangol-launcher", "aria-expanded")).toBe("false");
    },
  );
});

describe("redeeming", () => {
  const ticket = { ...readyCode, code: "DG-NEW2-CODE", balance: 750 };

  test("an answer that got lost is asked for again with the same key, and shown once", async () => {
    let attempts = 0;
    server.answer = answerWith({
      "/me/redemptions": () =>
        ++attempts === 1 ? { status: 502, body: null } : { status: 201, body: ticket },
    });
    await visit();
    await openConfirm("five-off");
    await row("five-off").locator("[data-act=redeem]").click();
    await expect
      .poll(() => row("five-off").locator("[role=alert]").textContent())
      .toContain("will not be counted twice");
    await page.reload();
    await page.waitForFunction(() => customElements.get("dangol-widget") !== undefined);
    await openConfirm("five-off");
    await row("five-off").locator("[data-act=redeem]").click();
    await expect
      .poll(() => row("five-off").locator(".dangol-ticket__code").textContent())
      .toBe("DG-NEW2-CODE");
    const wishes = server.calls.filter(({ path }) => path === "/me/redemptions").map(({ body }) => body);
    expect(wishes).toHaveLength(2);
    expect(wishes[0]).toEqual(wishes[1]);
    expect(wishes[0]).toMatchObject({ rewardId: "five-off" });
    expect(await row("five-off").locator("[data-slot=apply]").getAttribute("href")).toBe(
      "/discount/DG-NEW2-CODE?redirect=%2Fcart",
    );
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual([]);
  });

  test("pressing twice asks once, and the next wish has another key", async () => {
    server.answer = answerWith({ "/me/redemptions": () => ({ status: 201, body: ticket }) });
    await visit();
    await openConfirm("five-off");
    await row("five-off").locator("[data-act=redeem]").dblclick();
    await row("five-off").locator(".dangol-ticket").waitFor();
    await row("free-shipping").locator("[data-act=choose]").click();
    await row("free-shipping").locator("[data-act=redeem]").click();
    await row("free-shipping").locator(".dangol-ticket").waitFor();
    const keys = server.calls
      .filter(({ path }) => path === "/me/redemptions")
      .map(({ body }) => body["idempotencyKey"]);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(2);
  });

  test("a refusal is told in the app's words and spends its key", async () => {
    const refusal = { error: { code: "insufficient_points", message: "You need 20P more." } };
    server.answer = answerWith({ "/me/redemptions": () => ({ status: 409, body: refusal }) });
    await visit();
    await openConfirm("five-off");
    await row("five-off").locator("[data-act=redeem]").click();
    await expect.poll(() => row("five-off").locator("[role=alert]").textContent()).toBe("You need 20P more.");
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual([]);
  });

  test("points-as-cash goes in steps, never below the least nor above what there is", async () => {
    const cash = reward("cash", "적립금 사용", 1000, {
      kind: "cash",
      min: 1000,
      step: 100,
      max: 3000,
      affordable: true,
    });
    const points = { ...me().points, available: 4250 };
    server.answer = answerWith({
      "/me": () => ({ body: me({ points, rewards: [cash] }) }),
      "/me/redemptions": () => ({ status: 201, body: ticket }),
    });
    await visit({ program: seoulProgram, loyalty: seoulMember, lang: "ko" });
    await openConfirm("cash");
    const amount = row("cash").locator("[data-slot=points]").first();
    expect(await amount.textContent()).toBe("1,000원");
    await row("cash").locator("[data-act=all]").click();
    expect(await amount.textContent()).toBe("3,000원");
    expect(await row("cash").locator("[data-act=more]").isDisabled()).toBe(true);
    await row("cash").locator("[data-act=less]").click();
    expect(await amount.textContent()).toBe("2,900원");
    for (let step = 0; step < 19; step += 1) await row("cash").locator("[data-act=less]").click();
    expect(await amount.textContent()).toBe("1,000원");
    expect(await row("cash").locator("[data-act=less]").isDisabled()).toBe(true);
    await row("cash").locator("[data-act=redeem]").click();
    await row("cash").locator(".dangol-ticket").waitFor();
    expect(server.calls.find(({ path }) => path === "/me/redemptions")?.body).toMatchObject({
      rewardId: "cash",
      points: 1000,
    });
    expect(server.calls.every(({ query }) => query.get("locale") === "ko")).toBe(true);
  });

  test("a code is given back after a question, and kept when the shopper would rather", async () => {
    server.answer = answerWith({
      "/me": () => ({ body: me({ codes: [readyCode] }) }),
      "/me/redemptions/c1/cancel": () => ({
        body: { id: "c1", status: "cancelled", points: 500, balance: 1750 },
      }),
    });
    await visit();
    await openPanel();
    await settled();
    const shown = page.locator("[data-dangol-codes] .dangol-ticket");
    await expect.poll(() => shown.textContent()).toContain("Until 12 Mar 2030, then your points return");
    await shown.locator("[data-act=doubt]").click();
    await expect.poll(() => shown.textContent()).toContain("500P come back to you");
    await shown.locator("[data-act=keep]").click();
    expect(server.calls.filter(({ method }) => method === "POST")).toEqual([]);
    await shown.locator("[data-act=doubt]").click();
    await shown.locator("[data-act=giveBack]").click();
    await expect.poll(() => server.calls.filter(({ path }) => path === "/me").length).toBe(2);
    expect(server.calls.filter(({ method }) => method === "POST").map(({ path }) => path)).toEqual([
      "/me/redemptions/c1/cancel",
    ]);
  });
});

describe("when things fail", () => {
  test("an answer that is an error leaves what Liquid wrote, says so and can be tried again", async () => {
    server.answer = answerWith({
      "/me": () => ({ status: 503, body: { error: { code: "x", message: "x" } } }),
    });
    await visit();
    await openPanel();
    await settled();
    const codes = page.locator("[data-dangol-codes]");
    expect(await codes.textContent()).toContain("Nothing was lost");
    expect(await page.locator(".dangol-hero__number").textContent()).toBe("1,250P");
    server.answer = answerWith({});
    await codes.locator("[data-act=retry]").click();
    await expect.poll(() => codes.textContent()).toContain("No codes yet");
  });

  test("offline is said as offline, and the panel goes on by itself when the line is back", async () => {
    await visit();
    await context.setOffline(true);
    await openPanel();
    const codes = page.locator("[data-dangol-codes]");
    await expect.poll(() => codes.textContent()).toContain("You are offline");
    await context.setOffline(false);
    await codes.locator("[data-act=retry]").click();
    await expect.poll(() => codes.textContent()).toContain("No codes yet");
  });

  test("T41: hostile texts in an answer are text", async () => {
    const hostile = [
      reward(HOSTILE, HOSTILE, 100, { reason: HOSTILE }),
      reward("x", HOSTILE, 5000, { reason: HOSTILE }),
    ];
    const items = [
      { id: "1", at: "2026-11-18T10:00:00Z", points: 5, balance: 5, title: HOSTILE, detail: HOSTILE },
    ];
    server.answer = answerWith({
      "/me": () => ({
        body: me({ rewards: hostile, codes: [{ ...readyCode, title: HOSTILE, code: HOSTILE }] }),
      }),
      "/me/history": () => ({ body: { items, next: null } }),
    });
    await visit();
    await openPanel();
    await settled();
    await page.click(".dangol-statement__summary");
    await page.locator(".dangol-entry__text").waitFor();
    expect(await page.locator("dialog img").count()).toBe(0);
    expect(await page.locator("[data-dangol-codes] .dangol-ticket__title").textContent()).toBe(HOSTILE);
    expect(await page.locator("[data-slot=apply]").first().getAttribute("href")).toMatch(
      /^\/discount\/%22%3E%3Cimg[^"<>]*$/,
    );
  });
});

describe("the statement", () => {
  test("comes when it is opened, by month, with a reason under each line, and goes further back on demand", async () => {
    const line = (id: string, at: string, points: number) => ({
      id,
      at,
      points,
      balance: 900,
      title: `#${id}`,
      detail: "Gold ×1.5",
    });
    server.answer = answerWith({
      "/me/history": ({ query }) => ({
        body: query.get("cursor")
          ? { items: [line("3", "2025-12-31T20:00:00Z", 40)], next: null }
          : {
              items: [line("1", "2026-11-18T10:00:00Z", 824), line("2", "2026-11-01T03:30:00Z", -500)],
              next: "n2",
            },
      }),
    });
    await visit();
    await openPanel();
    await settled();
    expect(server.calls.map(({ path }) => path)).toEqual(["/me"]);
    await page.click(".dangol-statement__summary");
    const history = page.locator("[data-dangol-history]");
    await history.locator("[data-act=older]").click();
    await expect
      .poll(() => history.locator(".dangol-month").allTextContents())
      .toEqual(["Nov 2026", "Oct 2026", "Dec 2025"]);
    const shown = await history.textContent();
    // 03:30 UTC on 1 November is still 31 October in New York, where the shop is.
    expect(shown).toContain("31 Oct");
    expect(shown).toContain("−500P");
    expect(shown).toContain("Gold ×1.5");
  });
});

describe("in the page", () => {
  test("the points follow the variant, by the form and by the address", async () => {
    await visit();
    const amount = page.locator("dangol-points [data-dangol-amount]");
    expect(await amount.textContent()).toBe("1,030P");
    await page.selectOption("select[name=id]", "12");
    await expect.poll(() => amount.textContent()).toBe("262P");
    await page.evaluate(() => document.querySelector("form")?.remove());
    await page.evaluate(() => history.replaceState(null, "", "?variant=11"));
    await expect.poll(() => amount.textContent()).toBe("1,030P");
  });

  test("copy says so where it was tapped", async () => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await visit();
    const button = page.locator("main dangol-copy button");
    await button.click();
    await expect.poll(() => button.textContent(), { interval: 20 }).toBe("Copied");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(goldMember.referral.url);
    await expect.poll(() => button.textContent(), { timeout: 4000 }).toBe("Copy");
  });

  test("a friend's link offers the gift, on the next page too, and gives the code for an e-mail", async () => {
    server.answer = answerWith({
      "/referrals/claims": () => ({ status: 201, body: { code: "FR-8KQ2", title: "$5 off" } }),
    });
    await visit({ loyalty: undefined }, "?ref=ABC234");
    await page.goto(server.url);
    await expect.poll(() => page.locator(".dangol-launcher").textContent()).toContain("A gift for you");
    await openPanel();
    await page.fill("#dangol-friend-email", "not an address");
    await page.click("[data-dangol-claim] button");
    expect(server.calls).toEqual([]);
    expect(await page.locator("[data-dangol-claim-note]").textContent()).toContain("does not look like");
    await page.fill("#dangol-friend-email", "friend@example.com");
    await page.click("[data-dangol-claim] button");
    await expect.poll(() => page.locator(".dangol-ticket__code").first().textContent()).toBe("FR-8KQ2");
    expect(server.calls[0]?.body).toEqual({ code: "ABC234", email: "friend@example.com" });
  });

  test("without script everything that Liquid knows is there", async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false, viewport: PHONE });
    const quiet = await plain.newPage();
    server.show({ program: usProgram, loyalty: goldMember, product });
    await quiet.goto(server.url);
    const shown = await quiet.locator("body").innerText();
    expect(shown).toContain("Earn 1,030P");
    expect(shown).toContain("$420 to Gold by 31 Dec");
    expect(await quiet.locator(".dangol-launcher").getAttribute("href")).toBe("/account");
    await plain.close();
  });

  test.each([
    ["a member, English", { loyalty: goldMember }],
    ["a member, Korean", { program: seoulProgram, loyalty: seoulMember, lang: "ko" }],
    ["a guest", { loyalty: undefined }],
  ])("axe finds nothing wrong in the page and the open panel: %s", async (_title, options) => {
    server.answer = answerWith({ "/me": () => ({ body: me({ codes: [readyCode] }) }) });
    await visit(options);
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
    const inPage = await new AxeBuilder({ page }).withTags(tags).analyze();
    await openPanel();
    if (options.loyalty) await settled();
    const inPanel = await new AxeBuilder({ page }).withTags(tags).analyze();
    const problems = [...inPage.violations, ...inPanel.violations];
    expect(problems.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
  });
});
