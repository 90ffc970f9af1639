import { beforeEach, describe, expect, it } from "vitest";
import { storefrontHandler } from "#sandbox/storefront/handler.ts";
import { createTestShops, createVisitor, DEMO, SEOUL } from "#tests/support/storefront.ts";
import type { TestShops } from "#tests/support/storefront.ts";

let shops: TestShops;
let handler: ReturnType<typeof storefrontHandler>;

beforeEach(() => {
  shops = createTestShops();
  handler = storefrontHandler(shops.context);
});

function install(shop: string): void {
  const installation = shops.context.actions.installApp(shop);
  const program = { v: 1, currency: "USD" };
  const ownerId = `gid://shopify/AppInstallation/${installation.id}`;
  shops.context.actions.setMetafields(shop, [
    { ownerId, namespace: "loyalty", key: "program", type: "json", value: JSON.stringify(program) },
  ]);
  const { actions } = shops.context;
  actions.saveThemeBlock(shop, { handle: "points", target: "section", template: "product", enabled: true });
  actions.saveThemeBlock(shop, { handle: "widget", target: "embed", template: null, enabled: true });
}

describe("pages", () => {
  it.each([
    "/",
    "/collections/all",
    "/products/stoneware-mug",
    "/cart",
    "/account/login",
    "/account/register",
  ])("%s renders in both languages without a missing text", async (path) => {
    const visitor = createVisitor(handler, DEMO);
    for (const locale of ["en", "ko"]) {
      const page = await visitor.get(`${path}?locale=${locale}`);
      expect(page.status).toBe(200);
      expect(page.text).toContain(`<html lang="${locale}">`);
      expect(page.text).not.toMatch(/Translation missing|Liquid error/);
    }
  });

  it("speak the shop's language first, and remember the one that was chosen", async () => {
    const visitor = createVisitor(handler, SEOUL);
    expect((await visitor.get("/")).text).toContain("매일 손이 가는 물건");
    await visitor.get("/?locale=en");
    expect((await visitor.get("/")).text).toContain("Things you reach for every day");
  });

  it("show prices in the shop's currency, times 100 inside", async () => {
    const page = await createVisitor(handler, SEOUL).get("/products/white-cup");
    expect(page.text).toContain("39,000원");
    expect(page.text).toContain('"price":3900000');
  });

  it("choose the variant that the address names", async () => {
    const variant = [...shops.context.store.shop(DEMO).products.values()][0]?.variants[1];
    const page = await createVisitor(handler, DEMO).get(`/products/stoneware-mug?variant=${variant?.id}`);
    expect(page.text).toContain(`name="id" value="${variant?.id}"`);
    expect(page.text).toContain("$32.00");
  });

  it("answer 404 with a page for what is not there", async () => {
    const page = await createVisitor(handler, DEMO).get("/products/none");
    expect(page.status).toBe(404);
    expect(page.text).toContain("This page is not here");
  });

  it("keep what a shopper typed inert", async () => {
    const visitor = createVisitor(handler, DEMO);
    const page = await visitor.post("/account", { "customer[email]": '"><script>alert(1)</script>' });
    expect(page.status).toBe(422);
    expect(page.text).not.toContain("<script>alert(1)");
  });
});

describe("the app's blocks", () => {
  it("are nowhere while the app is not installed", async () => {
    const page = await createVisitor(handler, DEMO).get("/products/stoneware-mug");
    expect(page.text).not.toContain("data-test=");
  });

  it("read the app's own metafields, their defaults and their own snippets and texts", async () => {
    install(DEMO);
    const { actions, store } = shops.context;
    const ann = [...store.shop(DEMO).customers.values()][0];
    actions.setMetafields(DEMO, [
      {
        ownerId: `gid://shopify/Customer/${ann?.id}`,
        key: "loyalty",
        namespace: "$app",
        type: "json",
        value: '{"available":1250}',
      },
    ]);
    const visitor = createVisitor(handler, DEMO);
    await visitor.post("/account/login", { "customer[email]": "ann@example.com" });
    const page = await visitor.get("/products/stoneware-mug");
    expect(page.text).toContain("Your points: 1250 points of USD <b>$28.50</b>");
    expect(page.text).toContain('data-section="template--product__main-product"');
  });

  it("take saved settings over defaults, and translate defaults", async () => {
    install(DEMO);
    const visitor = createVisitor(handler, DEMO);
    expect((await visitor.get("/products/stoneware-mug?locale=ko")).text).toContain("내 포인트:");
    shops.context.actions.saveThemeBlock(DEMO, {
      handle: "points",
      target: "section",
      template: "product",
      settings: { label: "Mine" },
    });
    expect((await visitor.get("/products/stoneware-mug")).text).toContain("Mine:");
  });

  it("load their script and style once, and only where they stand", async () => {
    install(DEMO);
    const visitor = createVisitor(handler, DEMO);
    const product = (await visitor.get("/products/stoneware-mug")).text;
    expect(product.match(/assets\/points\.js\?v=\w+" defer/g)).toHaveLength(1);
    expect(product.match(/assets\/points\.css/g)).toHaveLength(1);
    expect((await visitor.get("/cart")).text).not.toContain("points.css");
    const asset = await visitor.get("/extensions/storefront-extension/assets/points.js");
    expect([asset.status, asset.text.trim()]).toEqual([200, "customElements;"]);
    expect((await visitor.get("/extensions/storefront-extension/assets/..%2Flocales%2Fko.json")).status).toBe(
      404,
    );
  });

  it("stand in every page as embeds before the body ends, but not in the checkout", async () => {
    install(DEMO);
    const visitor = createVisitor(handler, DEMO);
    expect((await visitor.get("/cart")).text).toMatch(
      /data-test="widget">Maple &amp; Ash|data-test="widget">Maple & Ash/,
    );
    const product = [...shops.context.store.shop(DEMO).products.values()][0];
    await visitor.postJson("/cart/add.js", { id: product?.variants[0]?.id });
    expect((await visitor.get("/checkout")).text).not.toContain("data-test=");
  });

  it("are gone when the merchant switches them off", async () => {
    install(DEMO);
    shops.context.actions.saveThemeBlock(DEMO, {
      handle: "points",
      target: "section",
      template: "product",
      enabled: false,
    });
    expect((await createVisitor(handler, DEMO).get("/products/stoneware-mug")).text).not.toContain(
      'data-test="points"',
    );
  });
});

describe("accounts", () => {
  it("open to any customer's e-mail, and to nobody else's", async () => {
    const visitor = createVisitor(handler, DEMO);
    expect(
      (await visitor.post("/account/login", { "customer[email]": "nobody@example.com" })).text,
    ).toContain("No customer has this e-mail");
    expect((await visitor.post("/account/login", { "customer[email]": "ANN@example.com" })).location).toBe(
      "/account",
    );
    expect((await visitor.get("/account")).text).toContain("Hello, Ann");
  });

  it("do not open to a cookie that was made up", async () => {
    const visitor = createVisitor(handler, DEMO);
    const ann = [...shops.context.store.shop(DEMO).customers.values()][0];
    visitor.jar.set("sandbox_customer", `${ann?.id}.forged`);
    expect((await visitor.get("/account")).location).toBe("/account/login");
  });

  it("are made by registering, once, and tell the app", async () => {
    const form = {
      form_type: "create_customer",
      "customer[email]": "new@example.com",
      "customer[first_name]": "New",
    };
    const first = await createVisitor(handler, DEMO).post("/account", form);
    expect(first.location).toBe("/account");
    expect(
      shops.emitted.filter((event) => event.topic === "customers/create" && event.shop === DEMO).length,
    ).toBeGreaterThan(0);
    const second = await createVisitor(handler, DEMO).post("/account", form);
    expect(second.text).toContain("This e-mail already has an account");
  });

  it("send nobody to another site after logging in", async () => {
    const visitor = createVisitor(handler, DEMO);
    const answer = await visitor.post("/account/login", {
      "customer[email]": "ann@example.com",
      return_to: "//evil.example",
    });
    expect(answer.location).toBe("/account");
  });
});
