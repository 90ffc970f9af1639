import { expect, test } from "vitest";
import { contentSecurityPolicy } from "#app/platform/http/security-headers.ts";

const SHOP = "dangol-demo.myshopify.com";
const directive = (policy: string, name: string) =>
  policy
    .split("; ")
    .find((part) => part.startsWith(`${name} `))
    ?.slice(name.length + 1);

test("T47 a page may be framed by the admin of the shop it is for, and by nobody when it is for none", () => {
  const page = contentSecurityPolicy({ shopId: SHOP, nonce: "n", sandboxUrl: null });
  expect(directive(page, "frame-ancestors")).toBe(`https://${SHOP} https://admin.shopify.com`);
  const none = contentSecurityPolicy({ shopId: null, nonce: "n", sandboxUrl: null });
  expect(directive(none, "frame-ancestors")).toBe("'none'");
});

test("scripts run from us and App Bridge alone; inline ones by their nonce", () => {
  const page = contentSecurityPolicy({ shopId: SHOP, nonce: "abc", sandboxUrl: null });
  expect(directive(page, "script-src")).toBe("'self' 'nonce-abc' https://cdn.shopify.com");
  expect(page).not.toContain("localhost");
});

test("with the sandbox, its admin shell stands where Shopify's admin does", () => {
  const page = contentSecurityPolicy({ shopId: SHOP, nonce: "n", sandboxUrl: "http://localhost:4000" });
  expect(directive(page, "frame-ancestors")).toContain("http://dangol-demo.localhost:4000");
  expect(directive(page, "script-src")).toContain("http://localhost:4000");
});
