import type { Browser, BrowserContext, FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWords } from "#app/components/shared/words.ts";
import { launchBrowser } from "./support/browser.ts";
import { createWorld, US, type World } from "./support/world.ts";

/** Rules set in the editor, then what real orders earn by them: products and payments are asked of Shopify by jobs. */
const { domain } = US;
const MUG = "celadon-mug"; // $28.00
const { t } = createWords({
  locale: "en",
  currency: "USD",
  currencyExponent: 2,
  timeZone: "America/New_York",
  pointsShort: { en: "P", ko: "P" },
  pointsName: { en: "points", ko: "포인트" },
});

let world: World;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let frame: FrameLocator;
let customerId: string;

beforeAll(async () => {
  [world, browser] = await Promise.all([createWorld(), launchBrowser()]);
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
  page = await context.newPage();
  frame = page.frameLocator("iframe");
  const { actions } = world.sandbox.control;
  actions.installApp(domain);
  customerId = actions.createCustomer(domain, { email: "jo@example.com" }).id;
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

const product = () => {
  const found = [...world.sandbox.control.store.shop(domain).products.values()].find(
    (entry) => entry.handle === MUG,
  );
  if (!found) throw new Error("no such product");
  return found;
};

async function order(
  more: Partial<Parameters<World["sandbox"]["control"]["actions"]["placeOrder"]>[1]> = {},
) {
  const variantId = product().variants[0]!.id;
  const placed = world.sandbox.control.actions.placeOrder(domain, {
    customerId,
    lines: [{ variantId, quantity: 1 }],
    ...more,
  });
  await world.settle();
  const [row] = await world.db.query<{ points: number; outcome: string }>(
    `select points_held as points, outcome from order_state where shop_id = $1 and order_id = $2`,
    [domain, placed.id],
  );
  return row;
}

test("a rate for a tag, a limit and a source are set in the editor and published", async () => {
  await page.goto(world.shop(US, "/admin/apps/dangol/app"));
  await frame.locator("h1").first().waitFor();
  await world.settle();
  await page.goto(world.shop(US, "/admin/apps/dangol/app/program"));
  await frame.getByRole("button", { name: t("program.rules.add"), exact: true }).click();
  await frame.locator("#field-earn\\.rules\\.0\\.values").fill("feature");
  await frame.locator("#field-earn\\.rules\\.0\\.points").fill("10");
  await frame.locator("#field-earn\\.caps\\.perOrder").fill("1000");
  await frame.getByLabel(t("program.source.pos"), { exact: true }).uncheck();
  await page.locator(".bar__save").click();
  const publish = frame.getByRole("button", { name: t("publish.action"), exact: true });
  await expect.poll(() => publish.isEnabled(), { timeout: 20_000 }).toBe(true);
  await publish.click();
  const confirm = frame.getByRole("dialog").getByRole("button", { name: t("publish.confirm"), exact: true });
  await confirm.click();
  await expect
    .poll(async () => {
      const [live] = await world.db.query<{ version: number }>(
        `select version from program_version where shop_id = $1 and status = 'live'`,
        [domain],
      );
      return live?.version;
    })
    .toBe(2);
  await world.settle();
});

test("orders earn by the product's tags, by its change of tags, and no more than the limit", async () => {
  expect(await order()).toEqual({ points: 140, outcome: "settled" }); // $28.00 × 5
  world.sandbox.control.actions.updateProduct(domain, product().id, { tags: ["Feature"] });
  await world.settle();
  expect(await order()).toEqual({ points: 280, outcome: "settled" }); // × 10
  const five = { lines: [{ variantId: product().variants[0]!.id, quantity: 5 }] };
  expect(await order(five)).toEqual({ points: 1_000, outcome: "settled" }); // 1,400 without the limit
  expect(await order({ sourceName: "pos" })).toEqual({ points: 0, outcome: "source_off" });
});

test("what store credit paid for earns nothing", async () => {
  const { actions } = world.sandbox.control;
  actions.creditStoreCredit(domain, customerId, 1_000);
  const placed = await order({ shippingHandle: null, tenders: [{ kind: "store_credit" }] });
  const [last] = [...world.sandbox.control.store.shop(domain).orders.values()].slice(-1);
  const paid = last!.transactions.reduce((sum, transaction) => sum + transaction.amountMinor, 0);
  const byMoney = Math.floor((2_800 * 10 * (paid - 1_000)) / (paid * 100));
  expect(placed).toEqual({ points: byMoney, outcome: "settled" });
  expect(await world.books()).toEqual([]);
});

test("the product page promises the product's own rate", async () => {
  const shopper = await context.newPage();
  await shopper.goto(world.shop(US, `/products/${MUG}`));
  expect(await shopper.locator("main").textContent()).toContain("280P");
  await shopper.close();
});
