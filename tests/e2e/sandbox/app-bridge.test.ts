import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { adminHandler } from "#sandbox/admin/handler.ts";
import type { Handler } from "#sandbox/http.ts";
import { createHttpServer } from "#sandbox/listen.ts";
import { launchBrowser } from "#tests/e2e/support/browser.ts";
import { createTestShops, DEMO } from "#tests/support/storefront.ts";

let browser: Browser;
let page: Page;
let app: Server;
let shell: Server;
let shellUrl: string;
let bridgeUrl: string;
let authorizations: string[] = [];
let minted = 0;

/** A page as an app would make one, with everything App Bridge offers. */
function appPage(): string {
  return `<!doctype html><script src="${bridgeUrl}" data-api-key="key"></script>
    <body><ui-nav-menu><a href="/app" rel="home">Home</a><a href="/app/members">Members</a></ui-nav-menu>
    <ui-title-bar title="Hello"><button variant="primary" onclick="document.title='clicked'">Go</button></ui-title-bar>
    <ui-save-bar id="bar"><button variant="primary" onclick="document.title='saved'">Keep</button><button onclick="document.title='dropped'">Drop</button></ui-save-bar>
    <ui-modal id="modal"><p>Inside</p><ui-title-bar title="Sure?"><button onclick="shopify.modal.hide('modal')">Enough</button></ui-title-bar></ui-modal>
    <form data-save-bar onsubmit="event.preventDefault();document.title='submitted'"><input name="a" value="1"></form>
    <script>addEventListener("shopify:navigate", (event) => history.pushState({}, "", event.target.getAttribute("href")));</script></body>`;
}

function answerApp(path: string, authorization: string | undefined, response: ServerResponse): void {
  if (path === "/app/data") {
    authorizations.push(authorization ?? "");
    const isFirst = authorizations.length === 1;
    response.writeHead(
      isFirst ? 401 : 200,
      isFirst ? { "X-Shopify-Retry-Invalid-Session-Request": "1" } : {},
    );
    response.end("data");
    return;
  }
  response.writeHead(200, { "content-type": "text/html" });
  response.end(
    path === "/auth/session-token" ? `<script src="${bridgeUrl}" data-api-key="key"></script>` : appPage(),
  );
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return (server.address() as AddressInfo).port;
}

function mintToken(): string {
  minted += 1;
  const payload = { exp: Math.floor(Date.now() / 1000) + 60, jti: String(minted) };
  return `x.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.y`;
}

beforeAll(async () => {
  app = createServer((request, response) =>
    answerApp((request.url ?? "").split("?")[0] ?? "", request.headers.authorization, response),
  );
  const appUrl = `http://localhost:${await listen(app)}`;
  const { context } = createTestShops({ appUrl });
  context.actions.installApp(DEMO);
  const handlers: Handler[] = [adminHandler({ ...context, mintIdToken: mintToken })];
  shell = createHttpServer(handlers, () => DEMO);
  const port = await listen(shell);
  shellUrl = `http://dangol-demo.localhost:${port}`;
  bridgeUrl = `http://localhost:${port}/app-bridge.js`;
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  for (const server of [app, shell]) {
    server.closeAllConnections();
    server.close();
  }
});

beforeEach(async () => {
  authorizations = [];
  page = await browser.newPage();
  await page.goto(`${shellUrl}/admin/apps/dangol`);
  await page.waitForSelector("[data-app-menu] a");
});

afterEach(() => page.close());

function inApp<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  const frame = page.frames().find((entry) => entry !== page.mainFrame());
  if (!frame) throw new Error("the app's frame is not there");
  return frame.evaluate(work);
}

declare const shopify: {
  config: Record<string, string>;
  idToken: () => Promise<string>;
  toast: { show: (message: string) => string };
  modal: { show: (id: string) => Promise<void> };
  saveBar: { show: (id: string) => Promise<void> };
  app: { extensions: () => Promise<{ type: string }[]> };
};

describe("App Bridge", () => {
  it("knows the shop and gets ID tokens from the admin", async () => {
    const config = await inApp(() => ({ shop: shopify.config["shop"], apiKey: shopify.config["apiKey"] }));
    expect(config).toEqual({ shop: DEMO, apiKey: "key" });
    expect(await inApp(() => shopify.idToken())).toMatch(/^x\..+\.y$/);
    expect((await inApp(() => shopify.app.extensions()))[0]?.type).toBe("theme_app_extension");
  });

  it("sends the token with the app's own requests, and a fresh one when the first is refused", async () => {
    expect(await inApp(() => fetch("/app/data").then((response) => response.status))).toBe(200);
    expect(authorizations).toHaveLength(2);
    expect(authorizations[0]).toMatch(/^Bearer x\./);
    expect(authorizations[1]).not.toBe(authorizations[0]);
  });

  it("shows the app's menu in the admin, keeps the address in step, and a reload keeps the page", async () => {
    expect(await page.locator("[data-app-menu] a").allTextContents()).toEqual(["Members"]);
    await page.click("[data-app-menu] a");
    await page.waitForURL(`${shellUrl}/admin/apps/dangol/app/members`);
    await page.reload();
    await page.waitForSelector("[data-app-menu] a[aria-current]");
    expect(await inApp(() => location.pathname)).toBe("/app/members");
  });

  it("shows the title bar and clicks its buttons for the merchant", async () => {
    await page.click("[data-app-actions] button:has-text('Go')");
    await expect.poll(() => inApp(() => document.title)).toBe("clicked");
  });

  it("shows the save bar, and asks before unsaved changes are left", async () => {
    await inApp(() => shopify.saveBar.show("bar"));
    await page.click("[data-app-menu] a");
    await page.click("dialog button:has-text('Stay')");
    expect(page.url()).toBe(`${shellUrl}/admin/apps/dangol`);
    await page.click(".bar__save:has-text('Keep')");
    await expect.poll(() => inApp(() => document.title)).toBe("saved");
  });

  it("shows the save bar for a form while it differs from what it was", async () => {
    const frame = page.frameLocator("[data-app-frame]");
    await frame.locator("input").fill("2");
    await page.waitForSelector(".bar__save");
    await frame.locator("input").fill("1");
    await page.waitForSelector(".bar__save", { state: "detached" });
    await frame.locator("input").fill("3");
    await page.click(".bar__discard");
    expect(await frame.locator("input").inputValue()).toBe("1");
    await frame.locator("input").fill("4");
    await page.click(".bar__save");
    await expect.poll(() => inApp(() => document.title)).toBe("submitted");
    await page.waitForSelector(".bar__save", { state: "detached" });
  });

  it("shows toasts and modals", async () => {
    await inApp(() => shopify.toast.show("Done"));
    await page.waitForSelector(".toast:has-text('Done')");
    await inApp(() => shopify.modal.show("modal"));
    const frame = page.frameLocator("[data-app-frame]");
    await frame.locator("ui-modal p:has-text('Inside')").waitFor();
    await frame.locator("ui-modal footer button:has-text('Enough')").click();
    await frame.locator("ui-modal p").waitFor({ state: "hidden" });
  });

  it("opens the admin's own pages by Shopify's addresses", async () => {
    await inApp(() => void window.open("shopify://admin/orders", "_top"));
    await page.waitForURL(`${shellUrl}/admin/orders`);
  });

  it("comes back with a token from the app's bounce page", async () => {
    await inApp(() =>
      location.assign(
        `/auth/session-token?shopify-reload=${encodeURIComponent("http://localhost/app/members?x=1")}`,
      ),
    );
    await expect
      .poll(() => inApp(() => location.pathname + location.search).catch(() => ""))
      .toMatch(/^\/app\/members\?x=1&id_token=x\./);
  });

  it("says what it lacks instead of pretending", async () => {
    const message = await inApp(() => {
      try {
        return String((shopify as unknown as Record<string, unknown>)["intents"]);
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(message).toBe("The sandbox's App Bridge has no shopify.intents.");
  });
});
