import { AxeBuilder } from "@axe-core/playwright";
import { describe, expect, test } from "vitest";
import {
  goldMember,
  seoulMember,
  seoulProgram,
  usProgram,
} from "#tests/unit/extensions/storefront-loyalty/fixtures.ts";
import {
  PHONE,
  product,
  me,
  readyCode,
  browser,
  server,
  context,
  page,
  useBlocks,
  answerWith,
  visit,
  openPanel,
  settled,
} from "./blocks-scene.ts";

useBlocks();

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
