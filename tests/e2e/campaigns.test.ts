import { randomUUID } from "node:crypto";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, FrameLocator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createWords } from "#app/components/shared/words.ts";
import { addDays, localDate } from "#app/loyalty/program/calendar.ts";
import { launchBrowser } from "./support/browser.ts";
import { createWorld, SEOUL, until, type World } from "./support/world.ts";

/** A campaign made by hand in the Korean shop, and what a real order then earns by it. */
const { domain } = SEOUL;
const JAR = "onggi-jar"; // 24,000 won, at 1 per 100: 240
const ZONE = "Asia/Seoul";
const words = createWords({
  locale: "ko",
  currency: "KRW",
  currencyExponent: 0,
  timeZone: ZONE,
  pointsShort: { en: "P", ko: "원" },
  pointsName: { en: "points", ko: "적립금" },
});
const { t } = words;
const NAME = "단골 주간";
const today = localDate(new Date(), ZONE);

let world: World;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let frame: FrameLocator;
let customerId: string;
let problems: string[] = [];

beforeAll(async () => {
  [world, browser] = await Promise.all([createWorld(), launchBrowser()]);
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
  page = await context.newPage();
  frame = page.frameLocator("iframe");
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (line) => {
    // What is refused is refused with a status, and Chromium says so.
    if (line.type() === "error" && !/40[49]|422/u.test(line.text())) problems.push(line.text());
  });
  const { actions } = world.sandbox.control;
  actions.installApp(domain);
  customerId = actions.createCustomer(domain, { email: "minji@example.com" }).id;
  await open("/app");
  await world.settle();
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});
afterEach(() => {
  expect(problems).toEqual([]);
  problems = [];
});

async function open(path: string, on: Page = page): Promise<void> {
  await on.goto(world.shop(SEOUL, `/admin/apps/dangol${path}`));
  const heading = on.frameLocator("iframe").locator("h1").first();
  await heading.waitFor();
  // React has taken the page over.
  await until(() =>
    heading.evaluate((element) => Object.keys(element).some((key) => key.startsWith("__reactFiber"))),
  );
}

const button = (name: string, on = frame) => on.getByRole("button", { name, exact: true });
const confirm = (name: string) => frame.getByRole("dialog").getByRole("button", { name, exact: true });
const main = () => frame.locator("main").textContent();
const saved = (on = page) => on.locator(".bar__save").waitFor({ state: "detached", timeout: 20_000 });

interface Row {
  id: string;
  status: string;
  revision: number;
  spent: number;
}

const campaigns = () =>
  world.db.query<Row>(
    `select campaign_id as id, status, revision, spent_points as spent from campaign
      where shop_id = $1 order by created_at`,
    [domain],
  );

async function order(): Promise<number | undefined> {
  const { actions, store } = world.sandbox.control;
  const jar = [...store.shop(domain).products.values()].find(({ handle }) => handle === JAR);
  const lines = [{ variantId: jar!.variants[0]!.id, quantity: 1 }];
  const placed = actions.placeOrder(domain, { customerId, lines });
  await world.settle();
  const [row] = await world.db.query<{ points: number }>(
    `select points_held as points from order_state where shop_id = $1 and order_id = $2`,
    [domain, placed.id],
  );
  return row?.points;
}

test("before any campaign the page says what one is good for", async () => {
  await open("/app/campaigns");
  expect(await main()).toContain(t("campaigns.empty.title"));
  await button(t("campaigns.new")).click();
  await frame.getByRole("heading", { name: t("campaign.new.title") }).waitFor();
  expect(await order()).toBe(240);
});

test("what makes no sense is told beside its field, and nothing typed is lost", async () => {
  await frame.locator("#field-name\\.en").fill("Regulars' week");
  await frame.locator("#field-starts").fill(addDays(today, -1));
  await frame.locator("#field-ends").fill(addDays(today, -2));
  await frame.locator("#field-award\\.multiplier").fill("0");
  await page.locator(".bar__save").click();
  for (const issue of ["issue.required", "issue.adds_nothing", "issue.window_order"] as const)
    await frame.getByText(t(issue), { exact: true }).waitFor();
  expect(await frame.locator("#field-name\\.en").inputValue()).toBe("Regulars' week");
  expect(await frame.locator("#field-award\\.multiplier").inputValue()).toBe("0");
  // The first of them is led to.
  await expect.poll(() => frame.locator(":focus").getAttribute("id")).toBe("field-name.ko");
  expect(await campaigns()).toEqual([]);
});

test("it is saved as one draft, however often the form arrives, and changes nothing yet", async () => {
  await frame.locator("#field-name\\.ko").fill(NAME);
  await frame.locator("#field-award\\.multiplier").fill("2");
  await frame.locator("#field-ends").fill(addDays(today, 10));
  await frame.locator("#field-budget").fill("500");
  await frame.getByText("2배 적립돼요").first().waitFor();
  await sendTwice();
  await page.locator(".bar__save").click();
  await saved();
  await frame.getByRole("heading", { name: NAME }).waitFor();
  expect(await campaigns()).toMatchObject([{ status: "draft", revision: 1 }]);
  expect(await order()).toBe(240);
});

test("published after a word on what will happen, a paid order earns double and the statement says why", async () => {
  await button(t("campaign.publish")).click();
  await frame.getByRole("dialog").getByText(t("campaign.publish.now")).waitFor();
  await frame
    .getByRole("dialog")
    .getByText(t("campaign.reach", { count: 1 }))
    .waitFor();
  await confirm(t("campaign.publish.confirm")).click();
  await frame.getByText(t("campaign.live.title")).waitFor();
  expect(await campaigns()).toMatchObject([{ status: "published" }]);

  expect(await order()).toBe(480);
  expect(await campaigns()).toMatchObject([{ spent: 240 }]);
  const [member] = await world.db.query<{ id: string }>(
    `select member_id as id from member where shop_id = $1 and customer_id = $2`,
    [domain, customerId],
  );
  await open(`/app/members/${member!.id}`);
  for (const why of await frame.getByRole("button", { name: new RegExp(`^${t("common.why")}: `, "u") }).all())
    await why.click();
  await expect.poll(main).toContain(NAME);
});

test("the budget is never exceeded: the order that meets its end gets what is left", async () => {
  expect(await order()).toBe(480);
  expect(await order()).toBe(260);
  expect(await order()).toBe(240);
  await open("/app/campaigns");
  expect(await main()).toContain(t("campaign.phase.exhausted"));
  expect(await main()).toContain(t("campaigns.ofBudget", { spent: "500원", budget: "500원" }));
  await frame.getByRole("link", { name: NAME }).click();
  await frame.getByText(t("campaign.exhausted.title")).waitFor();
});

test("somebody else was first: what was typed stays until it is said whose counts", async () => {
  const [{ id }] = (await campaigns()) as [Row];
  await open(`/app/campaigns/${id}`);
  const other = await context.newPage();
  await open(`/app/campaigns/${id}`, other);
  await other.frameLocator("iframe").locator("#field-budget").fill("700");
  await other.locator(".bar__save").click();
  await saved(other);
  await other.close();

  await frame.locator("#field-budget").fill("600");
  await page.locator(".bar__save").click();
  await frame.getByText(t("campaign.problem.changed"), { exact: true }).waitFor();
  expect(await frame.locator("#field-budget").inputValue()).toBe("600");
  expect(await campaigns()).toMatchObject([{ revision: 2 }]);
  await button(t("campaign.problem.changed.mine")).click();
  await page.locator(".bar__save").click();
  await saved();
  expect(await campaigns()).toMatchObject([{ revision: 3 }]);
  expect(await order()).toBe(340);
});

test("what is discarded can be had back, and leaving with something unsaved is asked about", async () => {
  const budget = frame.locator("#field-budget");
  await budget.fill("900");
  await page.locator(".bar__discard").click();
  await expect.poll(() => budget.inputValue()).toBe("600");
  await page.getByRole("button", { name: t("common.undo") }).click();
  await expect.poll(() => budget.inputValue()).toBe("900");
  await button(t("campaign.duplicate")).click();
  await page.locator("dialog").getByRole("button", { name: "머무르기" }).click();
  expect(await budget.inputValue()).toBe("900");
});

test("ended, it gives nothing more; its copy is a draft of its own, and a draft can be deleted", async () => {
  const [{ id }] = (await campaigns()) as [Row];
  await open(`/app/campaigns/${id}`);
  await button(t("campaign.end")).click();
  await sendTwice();
  await confirm(t("campaign.end.confirm")).click();
  await frame.getByText(t("campaign.ended.title")).waitFor();
  expect(await order()).toBe(240);

  await button(t("campaign.duplicate")).click();
  await frame.getByRole("heading", { name: t("campaign.new.title") }).waitFor();
  await page.locator(".bar__save").click();
  await saved();
  await frame.getByRole("heading", { name: t("campaign.copyName", { name: NAME }) }).waitFor();
  expect(await campaigns()).toMatchObject([{ status: "ended" }, { status: "draft" }]);
  await button(t("campaign.delete")).click();
  await confirm(t("campaign.delete.confirm")).click();
  await frame.getByRole("heading", { name: t("campaigns.title"), exact: true }).waitFor();
  expect(await campaigns()).toMatchObject([{ status: "ended" }]);
  expect(await world.books()).toEqual([]);
});

test.each([1280, 390])(
  "at %i px no page of campaigns breaks WCAG 2.1 AA or scrolls sideways",
  async (width) => {
    await page.setViewportSize({ width, height: 900 });
    const live = randomUUID();
    await world.db.query(
      `insert into campaign (shop_id, campaign_id, status, settings, starts_at, budget, created_at, created_by, published_at)
       select shop_id, $2::uuid, 'published', settings || '{"ends": null, "budget": 100000}', starts_at, 100000, now(), '1', now()
         from campaign where shop_id = $1 and status = 'ended'`,
      [domain, live],
    );
    const [ended] = (await campaigns()).filter(({ status }) => status === "ended");
    const paths = ["", "/new", `/${live}`, `/${ended!.id}`];
    for (const path of paths) {
      await open(`/app/campaigns${path}`);
      const goods = frame.getByText(t("campaign.goods.some"), { exact: true });
      if ((await goods.count()) > 0) await goods.click();
      const found = await new AxeBuilder({ page })
        .include({ fromFrames: ["iframe", "html"] })
        .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"])
        .analyze();
      expect(found.passes.some(({ nodes }) => nodes.some(({ target }) => target.length > 1))).toBe(true);
      expect([path, found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)]).toEqual([path, []]);
      const overflow = await frame.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
      expect([path, overflow]).toEqual([path, 0]);
    }
    await world.db.query(`delete from campaign where shop_id = $1 and campaign_id = $2`, [domain, live]);
  },
);

/** From here on every form of the page is posted twice, as a network that repeats itself does. */
async function sendTwice(): Promise<void> {
  await frame.locator("body").evaluate(() => {
    const once = window.fetch;
    window.fetch = async (input, init) => {
      const request = new Request(input, init);
      if (request.method === "POST") await once(request.clone());
      return once(request);
    };
  });
}
