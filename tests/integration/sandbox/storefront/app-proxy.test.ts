import { createServer } from "node:http";
import type { IncomingHttpHeaders, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { storefrontHandler } from "#sandbox/storefront/handler.ts";
import { signProxyQuery } from "#sandbox/storefront/proxy.ts";
import { createTestShops, createVisitor, DEMO, NOW } from "#tests/support/storefront.ts";
import type { TestShops } from "#tests/support/storefront.ts";

interface Seen {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body: string;
}

let app: Server;
let appUrl: string;
let seen: Seen[] = [];
let answer = { status: 200, headers: {} as Record<string, string>, body: "{}" };
let shops: TestShops;
let handler: ReturnType<typeof storefrontHandler>;

beforeAll(async () => {
  app = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    seen.push({
      method: request.method ?? "",
      url: new URL(request.url ?? "", "http://app"),
      headers: request.headers,
      body,
    });
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  appUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
});

afterAll(() => {
  app.closeAllConnections();
  app.close();
});

beforeEach(() => {
  seen = [];
  answer = { status: 200, headers: { "content-type": "application/json" }, body: '{"ok":true}' };
  shops = createTestShops({ appUrl });
  handler = storefrontHandler(shops.context);
  shops.context.actions.installApp(DEMO);
});

describe("the app proxy", () => {
  it("signs for the logged-in customer and forwards method, body and path", async () => {
    const visitor = createVisitor(handler, DEMO);
    await visitor.post("/account/login", { "customer[email]": "ann@example.com" });
    const got = await visitor.postJson("/apps/loyalty/me/redemptions?locale=ko", { rewardId: "r1" });
    expect([got.status, got.text]).toEqual([200, '{"ok":true}']);
    const [request] = seen;
    expect(request).toMatchObject({ method: "POST", body: '{"rewardId":"r1"}' });
    expect(request?.url.pathname).toBe("/proxy/me/redemptions");
    const query = request?.url.searchParams ?? new URLSearchParams();
    expect(query.get("logged_in_customer_id")).toBe([...shops.context.store.shop(DEMO).customers.keys()][0]);
    expect(query.get("shop")).toBe(DEMO);
    expect(query.get("path_prefix")).toBe("/apps/loyalty");
    expect(query.get("timestamp")).toBe(String(NOW.getTime() / 1000));
    expect(query.get("signature")).toBe(signProxyQuery(query, "hush"));
  });

  it("lets no cookie through, either way", async () => {
    answer.headers = {
      "content-type": "application/json",
      "set-cookie": "a=1",
      "cache-control": "private, no-store",
    };
    const visitor = createVisitor(handler, DEMO);
    visitor.jar.set("secret", "1");
    const got = await visitor.get("/apps/loyalty/me");
    expect(seen[0]?.headers.cookie).toBeUndefined();
    expect(got.headers).not.toHaveProperty("set-cookie");
    expect(got.headers).toMatchObject({ "cache-control": "private, no-store" });
  });

  it("passes the status of the app on", async () => {
    answer.status = 409;
    expect((await createVisitor(handler, DEMO).postJson("/apps/loyalty/me/redemptions", {})).status).toBe(
      409,
    );
  });

  it("renders a Liquid answer inside the theme", async () => {
    answer = {
      status: 200,
      headers: { "content-type": "application/liquid" },
      body: "<p>{{ shop.currency }}</p>",
    };
    const got = await createVisitor(handler, DEMO).get("/apps/loyalty/page");
    expect(got.text).toContain("<p>USD</p>");
    expect(got.text).toContain("</html>");
  });

  it("tells the shopper kindly when the app is down", async () => {
    const down = createTestShops({ appUrl: "http://127.0.0.1:9" });
    down.context.actions.installApp(DEMO);
    const got = await createVisitor(storefrontHandler(down.context), DEMO).get("/apps/loyalty/me");
    expect(got.status).toBe(502);
    expect(got.text).toContain("Your points are safe");
  });

  it("is not there while the app is not installed", async () => {
    shops.context.actions.uninstallApp(DEMO);
    expect((await createVisitor(handler, DEMO).get("/apps/loyalty/me")).status).toBe(404);
    expect(seen).toHaveLength(0);
  });
});
