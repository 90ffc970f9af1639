import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWords } from "#app/components/shared/words.ts";
import { launchBrowser } from "./support/browser.ts";
import { createWorld, SEOUL, until, US, type World } from "./support/world.ts";

const SHOPS = [
  { name: "in English", shop: US, locale: "en", currency: "USD", currencyExponent: 2 },
  { name: "in Korean", shop: SEOUL, locale: "ko", currency: "KRW", currencyExponent: 0 },
] as const;

let world: World;
let browser: Browser;

beforeAll(async () => {
  [world, browser] = await Promise.all([createWorld(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

describe.each(SHOPS)("past orders, $name", ({ shop, locale, ...currency }) => {
  const { t } = createWords({
    locale,
    ...currency,
    timeZone: "Asia/Seoul",
    pointsShort: { en: "P", ko: "P" },
    pointsName: { en: "points", ko: "포인트" },
  });
  let context: BrowserContext;
  let page: Page;
  let frame: FrameLocator;
  const problems: string[] = [];
  const open = async (path: string): Promise<void> => {
    await page.goto(world.shop(shop, `/admin/apps/dangol${path}`));
    await frame.locator("h1").first().waitFor();
    await page.waitForTimeout(300);
  };
  const button = (name: string) => frame.getByRole("button", { name, exact: true });
  const count = async (sql: string): Promise<number> =>
    (await world.db.query<{ n: number }>(sql, [shop.domain]))[0]!.n;
  /** An order of one piece, of somebody new. */
  const placeOrder = (quantity = 1): void => {
    const { actions, store } = world.sandbox.control;
    const [variant] = [...store.shop(shop.domain).products.values()].flatMap((one) => one.variants);
    const { id } = actions.createCustomer(shop.domain, { email: `${crypto.randomUUID()}@example.com` });
    actions.placeOrder(shop.domain, { customerId: id, lines: [{ variantId: variant!.id, quantity }] });
  };

  beforeAll(async () => {
    // The shop had orders before it had the app.
    for (let n = 0; n < 30; n += 1) placeOrder(1 + (n % 3));
    await world.sandbox.control.webhooks.drain();
    // Shopify's instants are whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    world.sandbox.control.actions.installApp(shop.domain);
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
    page = await context.newPage();
    frame = page.frameLocator("iframe");
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (line) => line.type() === "error" && problems.push(line.text()));
    await open("/app");
    await world.settle();
  });
  afterAll(async () => {
    await context?.close();
    expect(problems).toEqual([]);
  });

  test("the guide leads to the choice; chosen, every past order has its points", async () => {
    expect(await count(`select count(*)::int as n from order_state where shop_id = $1`)).toBe(0);
    await frame.getByRole("link", { name: t("setup.history.action"), exact: true }).click();
    await button(t("backfill.start")).click();
    await until(
      async () =>
        (await count(`select count(*)::int as n from backfill_run where shop_id = $1 and state = 'done'`)) ===
        1,
    );
    await world.settle();
    await frame.getByText(t("backfill.found.awarded")).waitFor();
    await button(t("backfill.again")).waitFor();
    expect(
      await count(`select count(*)::int as n from order_state where shop_id = $1 and points_held > 0`),
    ).toBeGreaterThanOrEqual(30);
    await open("/app");
    const setup = await world.db.query(`select setup->'historyChosen' as done from shop where shop_id = $1`, [
      shop.domain,
    ]);
    expect(setup).toEqual([{ done: true }]);
    expect(await world.books()).toEqual([]);
  });

  test("what was lost on the way is found by a comparison and said", async () => {
    const held = `select coalesce(sum(points_held), 0)::int as n from order_state where shop_id = $1`;
    world.sandbox.control.webhooks.plan({ mode: "drop", topics: [], remaining: null });
    placeOrder(2);
    world.sandbox.control.webhooks.plan({ mode: "normal", topics: [], remaining: null });
    const before = await count(held);
    await open("/app/history");
    await button(t("reconcile.now")).click();
    await until(async () => (await count(held)) > before);
    await frame.getByText(t("reconcile.why.unknown_order")).first().waitFor();
  });

  test("a period is looked over again: what would change is shown, and nothing does until it is applied", async () => {
    const total = `select coalesce(sum(available + pending), 0)::int as n from member where shop_id = $1`;
    const before = await count(total);
    // As though an award had been too low when the order came.
    await world.db.query(
      `update program_version set settings = jsonb_set(settings, '{earn,points}', to_jsonb((settings->'earn'->>'points')::int * 2))
        where shop_id = $1 and status = 'live'`,
      [shop.domain],
    );
    await open("/app/history");
    const today = new Date();
    const day = (offset: number) =>
      new Date(today.getTime() + offset * 86_400_000).toISOString().slice(0, 10);
    await frame.getByLabel(t("resettle.since")).fill(day(-70));
    await frame.getByLabel(t("resettle.until")).fill(day(1));
    await frame.getByLabel(t("resettle.reprice")).check();
    await button(t("resettle.preview")).click();
    await button(t("resettle.apply")).waitFor();
    expect(await count(total)).toBe(before);
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      const found = await new AxeBuilder({ page })
        .include({ fromFrames: ["iframe", "html"] })
        .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"])
        .analyze();
      expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      const overflow = await frame.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
      expect(overflow, "scrolls sideways").toBe(0);
      if (process.env["HISTORY_PICTURES"]) {
        const height = await frame.locator("html").evaluate((html) => html.scrollHeight);
        await page.setViewportSize({ width, height: height + 80 });
        await page.screenshot({ path: `${process.env["HISTORY_PICTURES"]}/${locale}-${width}.png` });
      }
    }
    await button(t("resettle.apply")).click();
    await until(
      async () =>
        (await count(
          `select count(*)::int as n from resettlement_run where shop_id = $1 and state = 'done'`,
        )) === 1,
    );
    expect(await count(total)).toBeGreaterThan(before);
    expect(await world.books()).toEqual([]);
  });
});
