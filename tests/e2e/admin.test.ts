import { randomUUID } from "node:crypto";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, FrameLocator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createWords } from "#app/components/shared/words.ts";
import { launchBrowser } from "./support/browser.ts";
import { createWorld, SEOUL, until, US, type World } from "./support/world.ts";

const SHOPS = [
  {
    name: "New York, in English",
    shop: US,
    locale: "en",
    currency: { currency: "USD", currencyExponent: 2, timeZone: "America/New_York" },
    reward: { rewardId: "amount-5", points: 500 },
    product: { handle: "celadon-mug", line: ["140P", "196P"] }, // $28.00 × 5, then × 7
  },
  {
    name: "Seoul, in Korean",
    shop: SEOUL,
    locale: "ko",
    currency: { currency: "KRW", currencyExponent: 0, timeZone: "Asia/Seoul" },
    reward: { rewardId: "coupon-5000", points: 5_000 },
    product: { handle: "onggi-jar", line: ["240원", "1,680원"] }, // 24,000 won ÷ 100, then × 7
  },
] as const;

type Scene = (typeof SHOPS)[number];

let world: World;
let browser: Browser;

beforeAll(async () => {
  [world, browser] = await Promise.all([createWorld(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

describe.each(SHOPS)("the admin of $name", (scene) => {
  const { domain } = scene.shop;
  const short = scene.shop === SEOUL ? { en: "P", ko: "원" } : { en: "P", ko: "P" };
  const { t } = createWords({
    locale: scene.locale,
    ...scene.currency,
    pointsShort: short,
    pointsName: { en: "points", ko: "적립금" },
  });
  let context: BrowserContext;
  let page: Page;
  let frame: FrameLocator;
  let memberId: string;
  let customerId: string;
  let problems: string[] = [];

  const open = async (path: string): Promise<void> => {
    await page.goto(world.shop(scene.shop, `/admin/apps/dangol${path}`));
    await frame.locator("h1").first().waitFor();
    await alive(frame);
  };
  const balances = async (): Promise<number[]> => {
    const [row] = await world.db.query<{ available: number; held: number }>(
      `select available, held from member where shop_id = $1 and member_id = $2`,
      [domain, memberId],
    );
    return [row!.available, row!.held];
  };
  const button = (name: string) => frame.getByRole("button", { name, exact: true });
  const dialogButton = (name: string) => frame.getByRole("dialog").getByRole("button", { name, exact: true });

  beforeAll(async () => {
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
    page = await context.newPage();
    frame = page.frameLocator("iframe");
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (line) => {
      // The document of a page that does not exist is a 404, and Chromium says so.
      if (line.type() === "error" && !line.text().includes("404")) problems.push(line.text());
    });
    world.sandbox.control.actions.installApp(domain);
    await open("/app");
    await world.settle();
    customerId = await regular(scene);
    await world.settle();
    await redeem(scene, customerId);
    const [member] = await world.db.query<{ id: string }>(
      `select member_id as id from member where shop_id = $1 and customer_id = $2`,
      [domain, customerId],
    );
    memberId = member!.id;
    await aside(scene);
  });
  afterAll(async () => {
    await context?.close();
  });
  afterEach(() => {
    expect(problems).toEqual([]);
    problems = [];
  });

  const pages = (): [string, string][] => [
    ["home", "/app"],
    ["program", "/app/program"],
    ["campaigns", "/app/campaigns"],
    ["a new campaign", "/app/campaigns/new"],
    ["members", "/app/members"],
    ["a member", `/app/members/${memberId}`],
    ["order history", "/app/history"],
    ["activity", "/app/activity"],
    ["what came from Shopify", "/app/activity?view=all"],
    ["tasks", "/app/activity?view=jobs"],
    ["a member who is not there", `/app/members/${randomUUID()}`],
  ];

  test.each([1280, 390])("at %i px no page breaks WCAG 2.1 AA or throws", async (width) => {
    await page.setViewportSize({ width, height: 900 });
    for (const [name, path] of pages()) {
      await open(path);
      const found = await new AxeBuilder({ page })
        .include({ fromFrames: ["iframe", "html"] })
        .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"])
        .analyze();
      const inFrame = found.passes.some(({ nodes }) => nodes.some(({ target }) => target.length > 1));
      expect([name, inFrame], "axe looked into the frame").toEqual([name, true]);
      const violations = found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
      expect([name, violations]).toEqual([name, []]);
      const overflow = await frame.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
      expect([name, overflow], "scrolls sideways").toEqual([name, 0]);
      if (width > 390 || name !== "members") continue;
      const inTable = await frame
        .locator(".Polaris-IndexTable-ScrollContainer")
        .evaluateAll((boxes) => boxes.filter((box) => box.scrollWidth > box.clientWidth + 1).length);
      expect([name, inTable], "a table scrolls sideways").toEqual([name, 0]);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test("every page can be walked by keyboard", async () => {
    for (const [name, path] of pages()) {
      await open(path);
      expect([name, await unreachedByTab(page, frame)]).toEqual([name, []]);
    }
  });

  test("a search is made once, whatever spaces are typed, and does not come back when it is cleared", async () => {
    await open("/app/members?q=nobody");
    const search = frame.getByPlaceholder(t("members.search"));
    const asked: string[] = [];
    page.on("request", (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (/\/app\/members/u.test(pathname)) asked.push(searchParams.get("q") ?? "");
    });
    await search.fill(`${customerId} `);
    const name = frame.locator(`a[href$="/app/members/${memberId}"]`);
    await name.waitFor();
    // Longer than the pause after which a search that is still due is made again.
    await page.waitForTimeout(1_000);
    expect(asked.filter((q) => q !== "")).toEqual([customerId]);
    expect(await search.inputValue()).toBe(`${customerId} `);
    await search.fill("somebody else");
    await frame.getByRole("button", { name: t("common.cancel"), exact: true }).click();
    await page.waitForTimeout(1_000);
    await name.waitFor();
    expect(asked.filter((q) => q !== "")).toEqual([customerId]);
  });

  test("points are added by hand with a reason, once however often the form is sent", async () => {
    await open(`/app/members/${memberId}`);
    const [before] = await balances();
    await button(t("adjust.action")).click();
    await frame.getByLabel(t("adjust.points"), { exact: true }).fill("25");
    await dialogButton(t("adjust.save")).click();
    await frame.getByText(t("adjust.error.reason_missing")).waitFor();
    expect(await frame.getByLabel(t("adjust.points"), { exact: true }).inputValue()).toBe("25");
    await frame.getByLabel(t("adjust.reason"), { exact: true }).fill("A broken cup");
    await sendTwice(frame);
    await dialogButton(t("adjust.save")).click();
    await frame.getByRole("dialog").waitFor({ state: "detached" });
    expect((await balances())[0]).toBe(before! + 25);
    await expect.poll(() => frame.locator("main").textContent()).toContain("A broken cup");
  });

  test("an unused code is cancelled and its points come back", async () => {
    await open(`/app/members/${memberId}`);
    const [available, held] = await balances();
    expect(held).toBe(scene.reward.points);
    await frame.getByRole("button", { name: startsWith(t("codes.cancel.action")) }).click();
    await dialogButton(t("codes.cancel.confirm")).click();
    await expect.poll(balances, { timeout: 20_000 }).toEqual([available! + held!, 0]);
    await expect.poll(() => frame.locator("main").textContent()).toContain(t("codes.status.cancelled"));
  });

  test("a member is blocked, and let back in", async () => {
    await open(`/app/members/${memberId}`);
    const state = async () =>
      (
        await world.db.query<{ state: string }>(
          `select state from member where shop_id = $1 and member_id = $2`,
          [domain, memberId],
        )
      )[0]?.state;
    for (const [action, confirm, after] of [
      [t("block.action"), t("block.confirm"), "blocked"],
      [t("unblock.action"), t("unblock.confirm"), "active"],
    ] as const) {
      await button(action).click();
      const reason = frame.getByRole("dialog").getByRole("textbox");
      if ((await reason.count()) > 0) await reason.fill("Asked for");
      await dialogButton(confirm).click();
      await expect.poll(state).toBe(after);
      await frame.getByRole("dialog").waitFor({ state: "detached" });
    }
  });

  test("what was set aside is tried again, and says so when it worked", async () => {
    await open("/app/activity");
    await frame
      .getByRole("button", { name: startsWith(`${t("activity.retry")}:`) })
      .first()
      .click();
    await expect
      .poll(async () => {
        const [event] = await world.db.query<{ status: string }>(
          `select status from inbox_event where shop_id = $1 and webhook_id = 'set-aside'`,
          [domain],
        );
        return event?.status;
      })
      .not.toBe("parked");
  });

  test("a draft changes nothing; published, the storefront's product line follows within seconds", async () => {
    const [before, after] = scene.product.line;
    const shopper = await context.newPage();
    const line = async (): Promise<string> => {
      await shopper.goto(world.shop(scene.shop, `/products/${scene.product.handle}`));
      return (await shopper.locator("main").textContent()) ?? "";
    };
    expect(await line()).toContain(before);
    await open("/app/program");
    const points = frame.locator("#field-earn\\.points");
    await points.fill("7");
    await page.locator(".bar__save").click();
    await expect.poll(() => button(t("publish.action")).isEnabled(), { timeout: 20_000 }).toBe(true);
    expect(await line()).toContain(before);

    // What is typed after a save outlives a change of tab, and somebody else's save is never written over unasked.
    const tab = (section: "earn" | "tiers") =>
      frame.getByRole("tab", { name: startsWith(t(`program.section.${section}`)) });
    await points.fill("9");
    await world.db.query(
      `update program_version set created_by = created_by where shop_id = $1 and status = 'draft'`,
      [domain],
    );
    await tab("tiers").click();
    await frame.getByRole("button", { name: t("program.tiers.add"), exact: true }).waitFor();
    await tab("earn").click();
    await points.waitFor();
    expect(await points.inputValue()).toBe("9");
    await button(t("draft.changed.theirs")).click();
    await expect.poll(() => points.inputValue()).toBe("7");

    const note = frame.getByLabel(t("publish.note"), { exact: true });
    await button(t("publish.action")).click();
    await note.fill("Of another day");
    await dialogButton(t("common.cancel")).click();
    await note.waitFor({ state: "detached" });
    await button(t("publish.action")).click();
    expect(await note.inputValue()).toBe("");
    await dialogButton(t("publish.confirm")).click();
    await expect.poll(line, { timeout: 15_000, interval: 500 }).toContain(after);

    // An earlier version takes the place of what is typed only when that was said.
    await note.waitFor({ state: "detached" });
    await points.fill("9");
    await frame.getByRole("button", { name: startsWith(`${t("versions.restore")}:`) }).click();
    await frame.getByRole("dialog").getByText(t("restore.typed")).waitFor();
    await dialogButton(t("common.cancel")).click();
    expect(await points.inputValue()).toBe("9");
    await shopper.close();
  });
});

/** A customer who has bought enough for the reward. */
async function regular({ shop }: Scene): Promise<string> {
  const { actions, store } = world.sandbox.control;
  const customer = actions.createCustomer(shop.domain, {
    email: `${randomUUID().slice(0, 8)}@example.com`,
    firstName: "민지",
    lastName: "김",
  });
  const [variant] = [...store.shop(shop.domain).products.values()].flatMap((product) => product.variants);
  actions.placeOrder(shop.domain, {
    customerId: customer.id,
    lines: [{ variantId: variant!.id, quantity: 50 }],
  });
  return customer.id;
}

async function redeem({ shop, reward }: Scene, customerId: string): Promise<void> {
  const headers = { "x-sandbox-shop": shop.domain };
  const logIn = await fetch(`${world.sandbox.url}/account/login-as?customer=${customerId}`, {
    redirect: "manual",
    headers,
  });
  const cookie = logIn.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  const response = await fetch(`${world.sandbox.url}/apps/loyalty/me/redemptions`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", cookie },
    body: JSON.stringify({ rewardId: reward.rewardId, idempotencyKey: randomUUID() }),
  });
  expect(response.status).toBe(201);
}

/** An event that failed for a reason that has passed. */
async function aside({ shop }: Scene): Promise<void> {
  const [event] = await world.db.query<{ payload: string }>(
    `select payload from inbox_event where shop_id = $1 and topic = 'orders/paid' and payload is not null limit 1`,
    [shop.domain],
  );
  await world.db.query(
    `insert into inbox_event (shop_id, webhook_id, topic, received_at, payload, status, reason)
     values ($1, 'set-aside', 'orders/paid', now(), $2, 'parked', 'failed')`,
    [shop.domain, event!.payload],
  );
}

const startsWith = (words: string): RegExp => new RegExp(`^${words}`, "u");

/** From here on every form of the page is posted twice, as a network that repeats itself does. */
async function sendTwice(frame: FrameLocator): Promise<void> {
  await frame.locator("body").evaluate(() => {
    const once = window.fetch;
    window.fetch = async (input, init) => {
      const request = new Request(input, init);
      if (request.method === "POST") await once(request.clone());
      return once(request);
    };
  });
}

/** Waits until React has taken over the page, so that what it finds wrong is found. */
async function alive(frame: FrameLocator): Promise<void> {
  await until(() =>
    frame
      .locator("h1")
      .first()
      .evaluate((heading) => Object.keys(heading).some((key) => key.startsWith("__reactFiber"))),
  );
}

/** Presses Tab through the frame; what can be used there but was not reached. */
async function unreachedByTab(page: Page, frame: FrameLocator): Promise<string[]> {
  const body = frame.locator("body");
  await body.evaluate((element) => {
    element.tabIndex = -1;
    element.focus();
  });
  for (let presses = 0; presses < 250; presses += 1) {
    await page.keyboard.press("Tab");
    const here = await body.evaluate((element) => {
      const focused = element.ownerDocument.activeElement;
      if (!(focused instanceof HTMLElement) || focused === element) return "left";
      // Dates and times have a stop for each of their parts; anything else that is met again means that we are round.
      if (focused.dataset["walked"] === "yes")
        return focused.matches("input[type=date], input[type=time]") ? "" : "left";
      focused.dataset["walked"] = "yes";
      return "";
    });
    if (here === "left") break;
  }
  return body.evaluate((element) => {
    // Tab stops once at a group of radio buttons; its others are reached with the arrows.
    const inWalkedGroup = (one: HTMLElement) =>
      one instanceof HTMLInputElement &&
      one.type === "radio" &&
      [...element.querySelectorAll<HTMLInputElement>("input[type=radio]")].some(
        (other) => other.name === one.name && other.dataset["walked"] === "yes",
      );
    return [...element.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, summary")]
      .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .filter((one) => one.tabIndex >= 0 && !one.matches(":disabled, [type=hidden]"))
      .filter((one) => one.dataset["walked"] !== "yes" && !inWalkedGroup(one))
      .map((one) => one.outerHTML.slice(0, 160));
  });
}
