import type { Browser, BrowserContext, FrameLocator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser } from "./support/browser.ts";
import { createWorld, SEOUL, until, US, type World } from "./support/world.ts";

/** The same journey in both shops; every number is worked out by hand from the program that a new shop starts with. */
const JOURNEYS = [
  {
    name: "New York",
    shop: US,
    product: "celadon-mug",
    guestLine: "140P", // $28.00 × 5
    quantity: 20,
    earned: 2_800, // $560.00 × 5
    tier: "Silver", // $560 ≥ $300
    reward: { id: "amount-5", cost: 500, off: "5.00" },
    secondEarns: 143, // ($28.00 − $5.00) × 5 × 1.25 = 143.75
    words: { home: "Home", held: "held", member: "Members", refunded: "Refund" },
    buyer: { first: "Maya", last: "Lind", email: "maya.lind@example.com" },
    address: { address1: "1 Orchard St", city: "New York", province: "NY", zip: "10002" },
  },
  {
    name: "Seoul",
    shop: SEOUL,
    product: "onggi-jar",
    guestLine: "240원", // 24,000 won ÷ 100
    quantity: 30,
    earned: 7_200, // 720,000 won ÷ 100
    tier: "실버", // 720,000 ≥ 300,000
    reward: { id: "cash", cost: 1_000, off: "1000" },
    secondEarns: 345, // (24,000 − 1,000) ÷ 100 × 1.5
    words: { home: "홈", held: "", member: "", refunded: "" },
    buyer: { first: "지우", last: "한", email: "jiwoo.han@example.com" },
    address: { address1: "성수이로 1", city: "성동구", province: "서울", zip: "04780" },
  },
] as const;

type Journey = (typeof JOURNEYS)[number];

let world: World;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let pageErrors: string[] = [];

beforeAll(async () => {
  [world, browser] = await Promise.all([createWorld(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});
afterEach(() => {
  expect(pageErrors).toEqual([]);
  pageErrors = [];
});

const adminUrl = (journey: Journey, path = ""): string => world.shop(journey.shop, `/admin${path}`);
const appFrame = (): FrameLocator => page.frameLocator("iframe");

async function member(journey: Journey): Promise<{ memberId: string; balances: [number, number, number] }> {
  const [row] = await world.db.query<{ id: string; available: number; pending: number; held: number }>(
    `select member_id as id, available, pending, held from member where shop_id = $1 order by joined_at desc limit 1`,
    [journey.shop.domain],
  );
  if (!row) throw new Error("no member yet");
  return { memberId: row.id, balances: [row.available, row.pending, row.held] };
}

async function buy(journey: Journey, quantity: number, code?: string): Promise<string> {
  await page.goto(world.shop(journey.shop, `/products/${journey.product}`));
  await page.fill("input[name=quantity]", String(quantity));
  await page.click("button[name=add]");
  await page.goto(world.shop(journey.shop, "/checkout"));
  const { buyer, address } = journey;
  const fields = { email: buyer.email, first_name: buyer.first, last_name: buyer.last, ...address };
  for (const [name, value] of Object.entries(fields)) await page.fill(`input[name=${name}]`, value);
  if (code) {
    await page.fill("input[name=code]", code);
    await page.click("button[name=action][value=apply]");
    await page.waitForSelector(`text=${code}`);
  }
  await page.click("button.button--pay");
  await page.waitForURL(/\/(orders|thank|checkout\/thank)/);
  await world.settle();
  const orders = [...world.sandbox.control.store.shop(journey.shop.domain).orders.values()];
  return orders.at(-1)?.id ?? "";
}

describe.each(JOURNEYS)("the whole path in $name", (journey) => {
  beforeAll(async () => {
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
    page = await context.newPage();
    page.on("pageerror", (error) => pageErrors.push(error.message));
  });
  afterAll(async () => {
    await context.close();
  });

  test("a merchant installs the app and sees it working, in their language", async () => {
    await page.goto(adminUrl(journey));
    await page.click("form[action='/admin/settings/install'] button");
    await page.goto(adminUrl(journey, "/apps/dangol"));
    await appFrame().getByRole("heading", { name: journey.words.home, exact: true }).waitFor();
    await world.settle();
    const [live] = await world.db.query<{ version: number }>(
      `select version from program_version where shop_id = $1 and status = 'live'`,
      [journey.shop.domain],
    );
    expect(live).toEqual({ version: 1 });
  });

  test("a guest sees what members earn, joins, buys, and finds points, badge and link on the page", async () => {
    await page.goto(world.shop(journey.shop, `/products/${journey.product}`));
    await expect.poll(() => page.locator("main").textContent()).toContain(journey.guestLine);
    await page.goto(world.shop(journey.shop, "/account/register"));
    await page.fill("input[name='customer[first_name]']", journey.buyer.first);
    await page.fill("input[name='customer[last_name]']", journey.buyer.last);
    await page.fill("input[name='customer[email]']", journey.buyer.email);
    await page.click("main button[type=submit]");
    await buy(journey, journey.quantity);
    expect((await member(journey)).balances).toEqual([journey.earned, 0, 0]);

    await page.goto(world.shop(journey.shop));
    const number = journey.earned.toLocaleString("en-US");
    await expect.poll(() => page.locator(".dangol-launcher").textContent()).toContain(number);
    const home = (await page.locator("main").textContent()) ?? "";
    expect(home).toContain(journey.tier);
    const link = await page.locator("main input[value*='ref=']").first().inputValue();
    expect(link).toMatch(/\/\?ref=[A-Z0-9]{6,}$/);
  });

  let code = "";
  let orderId = "";

  test("the shopper redeems in the panel: the points are held and the code is theirs alone", async () => {
    await page.goto(world.shop(journey.shop));
    await page.click(".dangol-launcher");
    await page.waitForSelector("[data-dangol-codes]:not([data-status=loading])");
    const row = page.locator(`[data-id="${journey.reward.id}"]`);
    await row.locator("[data-act=choose]").click();
    await row.locator("[data-act=redeem]").click();
    const ticket = row.locator(".dangol-ticket__code");
    await expect.poll(() => ticket.textContent(), { timeout: 20_000 }).toMatch(/\S{8,}/);
    code = ((await ticket.textContent()) ?? "").trim();
    await world.settle();
    const after = journey.earned - journey.reward.cost;
    expect((await member(journey)).balances).toEqual([after, 0, journey.reward.cost]);
    expect(await world.books()).toEqual([]);
  });

  test("T43 somebody else cannot use the code", async () => {
    const stranger = await browser.newContext();
    const other = await stranger.newPage();
    await other.goto(world.shop(journey.shop, `/products/${journey.product}`));
    await other.click("button[name=add]");
    await other.goto(world.shop(journey.shop, "/checkout"));
    await other.fill("input[name=email]", "stranger@example.com");
    await other.fill("input[name=code]", code);
    await other.click("button[name=action][value=apply]");
    await other.waitForLoadState("networkidle");
    expect(await other.locator("[role=alert], .error").count()).toBeGreaterThan(0);
    await stranger.close();
  });

  test("an order uses the code: held becomes redeemed, and the net price earns at the new tier", async () => {
    orderId = await buy(journey, 1, code);
    const after = journey.earned - journey.reward.cost + journey.secondEarns;
    expect((await member(journey)).balances).toEqual([after, 0, 0]);
    const [redemption] = await world.db.query<{ status: string; order: string }>(
      `select status, used_order_id as "order" from redemption where shop_id = $1`,
      [journey.shop.domain],
    );
    expect(redemption).toEqual({ status: "used", order: orderId });
  });

  test("refunding that order gives the reward's points back and takes what it earned", async () => {
    await page.goto(adminUrl(journey, `/orders/${orderId}`));
    await page
      .locator("details", { has: page.locator(`form[action$="/refund"]`) })
      .locator("summary")
      .click();
    await page.locator(`form[action$="/refund"] input[name^="refund_"]`).first().fill("1");
    await page.locator(`form[action$="/refund"] button`).click();
    await page.waitForLoadState("networkidle");
    await world.settle();
    expect((await member(journey)).balances).toEqual([journey.earned, 0, 0]);
    expect(await world.books()).toEqual([]);
  });

  test("the statement in the admin explains each step", async () => {
    const { memberId } = await member(journey);
    await page.goto(adminUrl(journey, `/apps/dangol/app/members/${memberId}`));
    const frame = appFrame();
    await expect.poll(() => frame.locator("body").textContent(), { timeout: 20_000 }).toContain("#1002");
    const text = (await frame.locator("body").textContent()) ?? "";
    for (const part of [
      "#1001",
      journey.earned.toLocaleString("en-US"),
      journey.secondEarns.toLocaleString("en-US"),
    ]) {
      expect(text).toContain(part);
    }
    await until(async () => (await world.books()).length === 0);
  });
});
