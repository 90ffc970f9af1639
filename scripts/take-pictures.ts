/**
 * `node scripts/take-pictures.ts [folder]`: takes the README's pictures from a running demo (`npm run demo`), so that they are
 * of the real thing on the day. PORT and SANDBOX_PORT as for the demo.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { findChromium } from "./ensure-chromium.ts";

const SANDBOX_PORT = Number(process.env["SANDBOX_PORT"] ?? 4000);
const FOLDER = process.argv[2] ?? "docs/pictures";
const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };

const shop = (name: "demo" | "seoul", path: string): string =>
  `http://dangol-${name}.localhost:${SANDBOX_PORT}${path}`;

interface Customer {
  id: string;
  spentMinor: number;
}

/** The customer who spent the most: a member with a tier, points and a history. */
async function bestCustomer(name: "demo" | "seoul"): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${SANDBOX_PORT}/__sandbox/customers?limit=200`, {
    headers: { "X-Sandbox-Shop": `dangol-${name}.myshopify.com` },
  });
  const { customers } = (await response.json()) as { customers: Customer[] };
  const [best] = customers.sort((a, b) => b.spentMinor - a.spentMinor);
  if (!best) throw new Error("The demo has no customers yet: let it finish filling.");
  return best.id;
}

async function take(
  browser: Browser,
  file: string,
  options: { viewport: { width: number; height: number }; scale?: number },
  visit: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({
    viewport: options.viewport,
    deviceScaleFactor: options.scale ?? 1,
    reducedMotion: "reduce",
    userAgent:
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
  });
  const page = await context.newPage();
  await visit(page);
  await page.waitForTimeout(700);
  await page.screenshot({ path: join(FOLDER, file) });
  await context.close();
}

async function openPanel(page: Page): Promise<void> {
  await page.click(".dangol-launcher");
  await page.waitForSelector("[data-dangol-codes]:not([data-status=loading])");
}

const admin = (name: "demo" | "seoul", path: string) => async (page: Page) => {
  await page.goto(shop(name, `/admin/apps/dangol${path}`));
  await page.frameLocator("iframe").locator(".Polaris-Page").first().waitFor();
  await page.waitForTimeout(1500);
};

const executablePath = findChromium();
if (!executablePath) throw new Error("No Chromium: node scripts/ensure-chromium.ts");
mkdirSync(FOLDER, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  const members = { demo: await bestCustomer("demo"), seoul: await bestCustomer("seoul") };
  const logIn = (page: Page, name: "demo" | "seoul") =>
    page.goto(shop(name, `/account/login-as?customer=${members[name]}`));
  await take(browser, "product-en.png", { viewport: WIDE }, async (page) => {
    await logIn(page, "demo");
    await page.goto(shop("demo", "/products/celadon-mug"), { waitUntil: "networkidle" });
  });
  await take(browser, "panel-ko.png", { viewport: PHONE }, async (page) => {
    await logIn(page, "seoul");
    await page.goto(shop("seoul", "/"), { waitUntil: "networkidle" });
    await openPanel(page);
  });
  await take(browser, "panel-en.png", { viewport: PHONE }, async (page) => {
    await logIn(page, "demo");
    await page.goto(shop("demo", "/"), { waitUntil: "networkidle" });
    await openPanel(page);
  });
  await take(browser, "loyalty-section-ko.png", { viewport: WIDE }, async (page) => {
    await logIn(page, "seoul");
    await page.goto(shop("seoul", "/"), { waitUntil: "networkidle" });
    await page
      .locator("dangol-badge, .dangol-badge, [class*='dangol-tier']")
      .first()
      .scrollIntoViewIfNeeded();
  });
  await take(browser, "admin-home-en.png", { viewport: WIDE }, admin("demo", ""));
  await take(browser, "admin-program-ko.png", { viewport: WIDE }, admin("seoul", "/app/program"));
  await take(browser, "admin-members-en.png", { viewport: WIDE }, admin("demo", "/app/members"));
  await take(browser, "admin-member-ko.png", { viewport: WIDE }, async (page) => {
    await admin("seoul", "/app/members")(page);
    const gold = page.frameLocator("iframe").locator("tr", { hasText: "골드" });
    await gold.locator("a[href*='/app/members/']").first().click();
    await page.waitForTimeout(1500);
  });
  await take(browser, "admin-campaign-en.png", { viewport: WIDE }, async (page) => {
    await admin("demo", "/app/campaigns")(page);
    await page.frameLocator("iframe").locator("a[href*='/app/campaigns/']").first().click();
    await page.waitForTimeout(1500);
  });
} finally {
  await browser.close();
}
