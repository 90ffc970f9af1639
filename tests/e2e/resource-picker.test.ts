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
    picker: { title: "Select products", choose: "Select", cancel: "Cancel" },
  },
  {
    name: "Seoul, in Korean",
    shop: SEOUL,
    locale: "ko",
    currency: { currency: "KRW", currencyExponent: 0, timeZone: "Asia/Seoul" },
    picker: { title: "제품 선택", choose: "선택", cancel: "취소" },
  },
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

describe.each(SHOPS)("goods are chosen from the catalogue of $name", (scene) => {
  const { domain } = scene.shop;
  const { t } = createWords({
    locale: scene.locale,
    ...scene.currency,
    pointsShort: { en: "P", ko: "P" },
    pointsName: { en: "points", ko: "적립금" },
  });
  let context: BrowserContext;
  let page: Page;
  let frame: FrameLocator;
  let problems: string[] = [];

  const button = (name: string) => frame.getByRole("button", { name, exact: true });
  const picker = () => page.getByRole("dialog");
  const field = (kind: "product" | "collection") =>
    frame.locator(`[data-resource-field=${kind}]`, {
      hasText: t(`program.exclude.${kind === "product" ? "productIds" : "collectionIds"}`),
    });
  const names = (kind: "product" | "collection") => field(kind).locator("li").allTextContents();
  const goods = () => [...world.sandbox.control.store.shop(domain).products.values()];
  const groups = () => [...world.sandbox.control.store.shop(domain).collections.values()];
  const open = async (): Promise<void> => {
    await page.goto(world.shop(scene.shop, "/admin/apps/dangol/app/program"));
    await frame.locator("h1").first().waitFor();
    await until(() =>
      frame
        .locator("h1")
        .first()
        .evaluate((heading) => Object.keys(heading).some((key) => key.startsWith("__reactFiber"))),
    );
  };
  const save = async (): Promise<void> => {
    await page.locator(".bar__save").click();
    await page.locator(".bar__save").waitFor({ state: "detached" });
  };
  const stored = async () => {
    const [row] = await world.db.query<{ earn: { exclude: Record<string, string[]>; rules: unknown[] } }>(
      `select settings -> 'earn' as earn from program_version where shop_id = $1 order by version desc limit 1`,
      [domain],
    );
    return row!.earn;
  };
  const asked = async (): Promise<number> => {
    const reply = await fetch(`${world.sandbox.url}/__sandbox/calls?limit=500`);
    const { calls } = (await reply.json()) as { calls: { shop: string; name: string }[] };
    return calls.filter((call) => call.shop === domain && call.name.includes("ResourceTitles")).length;
  };

  beforeAll(async () => {
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
    page = await context.newPage();
    frame = page.frameLocator("iframe");
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (line) => {
      if (line.type() === "error") problems.push(line.text());
    });
    world.sandbox.control.actions.installApp(domain);
    await open();
    await world.settle();
  });
  afterAll(async () => {
    await context?.close();
  });
  afterEach(() => {
    expect(problems).toEqual([]);
    problems = [];
  });

  test("by keyboard: search, down, tick, enter; shown by name and picture, and saved as ids", async () => {
    const [first, second] = goods();
    await field("product")
      .getByRole("button", { name: t("resource.choose.product") })
      .click();
    await picker().getByRole("heading", { name: scene.picker.title }).waitFor();
    for (const product of [first!, second!]) {
      await picker().getByRole("searchbox").fill(product.title);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Space");
      await expect.poll(() => picker().getByRole("checkbox", { name: product.title }).isChecked()).toBe(true);
    }
    await page.keyboard.press("Enter");
    await picker().waitFor({ state: "detached" });
    await expect.poll(() => names("product")).toEqual([first!.title, second!.title]);
    await expect
      .poll(() =>
        field("product")
          .locator("img")
          .evaluateAll(
            (pictures) => pictures.filter((one) => (one as HTMLImageElement).naturalWidth > 0).length,
          ),
      )
      .toBe(2);
    await save();
    expect((await stored()).exclude["productIds"]).toEqual([first!.id, second!.id]);
  });

  test("closed without choosing it changes nothing", async () => {
    for (const close of [
      () => picker().getByRole("button", { name: scene.picker.cancel }).click(),
      () => page.keyboard.press("Escape"),
    ]) {
      await field("collection")
        .getByRole("button", { name: t("resource.choose.collection") })
        .click();
      await picker().getByRole("checkbox").first().check();
      await close();
      await picker().waitFor({ state: "detached" });
      expect(await names("collection")).toEqual([]);
      expect(await page.locator(".bar__save").count()).toBe(0);
    }
  });

  test("on the next visit one request brings all names, what is deleted says so, and the picker knows what was chosen", async () => {
    const [first, second] = goods();
    const [group] = groups();
    await field("collection")
      .getByRole("button", { name: t("resource.choose.collection") })
      .click();
    await picker().getByRole("checkbox", { name: group!.title }).check();
    await picker().getByRole("button", { name: scene.picker.choose, exact: true }).click();
    await field("product")
      .getByRole("button", { name: t("resource.typeIds") })
      .click();
    const typed = field("product").getByRole("textbox");
    await typed.fill(
      `${first!.id}, gid://shopify/Product/${second!.id}, https://admin.shopify.com/products/999999`,
    );
    await save();
    expect((await stored()).exclude).toMatchObject({
      productIds: [first!.id, second!.id, "999999"],
      collectionIds: [group!.id],
    });
    const before = await asked();
    await open();
    const gone = t("resource.gone.product", { id: "999999" });
    await expect.poll(() => names("product")).toEqual([first!.title, second!.title, gone]);
    await expect.poll(() => names("collection")).toEqual([group!.title]);
    expect(await asked()).toBe(before + 1);

    await field("product")
      .getByRole("button", { name: t("resource.choose.product") })
      .click();
    await expect.poll(() => picker().getByRole("checkbox", { checked: true }).count()).toBe(2);
    await picker().getByRole("checkbox", { name: second!.title }).uncheck();
    await picker().getByRole("button", { name: scene.picker.choose, exact: true }).click();
    // What the picker cannot show is not lost by using it.
    await expect.poll(() => names("product")).toEqual([first!.title, gone]);
    await button(t("resource.remove", { name: gone })).click();
    await expect.poll(() => names("product")).toEqual([first!.title]);
    expect(await asked()).toBe(before + 1);
    await save();
    expect((await stored()).exclude["productIds"]).toEqual([first!.id]);
  });

  test("a rate for variants is chosen the same way", async () => {
    const product = goods().find(({ variants }) => variants.length > 1);
    await button(t("program.rules.add")).click();
    await frame.getByLabel(t("program.rule.match"), { exact: true }).selectOption("variant");
    const rule = frame.locator("[data-resource-field=variant]");
    await rule.getByRole("button", { name: t("resource.choose.variant") }).click();
    await picker()
      .getByRole("checkbox", { name: `${product!.title} - ${product!.variants[0]!.title}` })
      .check();
    await picker().getByRole("button", { name: scene.picker.choose, exact: true }).click();
    await expect
      .poll(() => rule.locator("li").allTextContents())
      .toEqual([`${product!.title} · ${product!.variants[0]!.title}`]);
    await save();
    expect((await stored()).rules).toMatchObject([{ match: "variant", values: [product!.variants[0]!.id] }]);
  });

  test("where the picker cannot be opened ids are typed, and a mistake is said beside them", async () => {
    await open();
    await frame.locator("body").evaluate(() => {
      (window as unknown as { shopify: Record<string, unknown> }).shopify["resourcePicker"] = () =>
        Promise.reject(new Error("no picker here"));
    });
    await field("collection")
      .getByRole("button", { name: t("resource.choose.collection") })
      .click();
    await frame.getByText(t("resource.noPicker")).waitFor();
    const typed = field("collection").getByRole("textbox");
    await typed.fill("12, a mug");
    await typed.blur();
    await field("collection").getByText(t("issue.not_ids")).waitFor();
    expect(await typed.inputValue()).toBe("12, a mug");
    await page.locator(".bar__discard").click();
  });

  test("an attempt to save leads to the first field that is wrong, in whatever section it is", async () => {
    const focused = () => frame.locator("body").evaluate((body) => body.ownerDocument.activeElement?.id);
    await frame.getByRole("tab", { name: t("program.section.names") }).click();
    const unit = frame.locator("#field-pointsShort\\.ko");
    const before = await unit.inputValue();
    await unit.fill("");
    await frame.getByRole("tab", { name: t("program.section.tiers") }).click();
    await page.locator(".bar__save").click();
    await unit.waitFor();
    await expect.poll(focused).toBe("field-pointsShort.ko");
    expect(await frame.getByText(t("issue.required")).count()).toBe(1);
    await unit.fill(before);
    await frame.getByRole("tab", { name: t("program.section.earn") }).click();
    await field("product")
      .getByRole("button", { name: t("resource.typeIds") })
      .click();
    await field("product").getByRole("textbox").fill("x");
    await page.locator(".bar__save").click();
    await expect.poll(focused).toBe("field-earn.exclude.productIds");
    await page.locator(".bar__discard").click();
  });

  test.each([1280, 390])("at %i px nothing breaks WCAG 2.1 AA or scrolls sideways", async (width) => {
    await page.setViewportSize({ width, height: 900 });
    await open();
    await expect.poll(() => names("collection")).toHaveLength(1);
    const found = await new AxeBuilder({ page })
      .include({ fromFrames: ["iframe", "html"] })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"])
      .analyze();
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    const overflow = await frame.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
    expect(overflow).toBe(0);
  });
});
