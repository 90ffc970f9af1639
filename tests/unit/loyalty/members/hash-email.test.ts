import { describe, expect, it } from "vitest";
import { hashEmail, keyedHash, normaliseEmail } from "#app/loyalty/members/hash-email.ts";

const SHOP = "dangol-demo.myshopify.com";

describe("one spelling of an address", () => {
  it.each([
    ["Mina@Example.com", "mina@example.com"],
    ["  mina+shop@example.com ", "mina@example.com"],
    ["m.i.n.a@gmail.com", "mina@gmail.com"],
    ["Mina+x@GoogleMail.com", "mina@gmail.com"],
    ["m.i.n.a@example.com", "m.i.n.a@example.com"],
    ["mina@mail.example.co.kr", "mina@mail.example.co.kr"],
  ])("%j is %s", (text, expected) => {
    expect(normaliseEmail(text)).toBe(expected);
  });

  it.each([
    "",
    "mina",
    "mina@",
    "@example.com",
    "mina@example",
    "mi na@example.com",
    "a@b@example.com",
    "+tag@example.com",
    "mina@exa..mple.com",
    "<b>@example.com",
    `${"x".repeat(65)}@example.com`,
    "mina@-example.com",
  ])("%j is no address", (text) => {
    expect(normaliseEmail(text)).toBeNull();
  });
});

describe("the hash a guest is remembered by", () => {
  it("is the same for every spelling, and another for another person, shop, secret or purpose", () => {
    const hash = hashEmail("secret", SHOP, "Mi.na+a@gmail.com");
    expect(hash).toBe(hashEmail("secret", SHOP, "mina@gmail.com"));
    expect(hash).not.toBe(hashEmail("secret", SHOP, "mino@gmail.com"));
    expect(hash).not.toBe(hashEmail("secret", "dangol-seoul.myshopify.com", "mina@gmail.com"));
    expect(hash).not.toBe(hashEmail("other", SHOP, "mina@gmail.com"));
    expect(hash).not.toBe(
      keyedHash("secret", { purpose: "ip_prefix", shopId: SHOP, value: "mina@gmail.com" }),
    );
    expect(hash).toMatch(/^[\w-]{43}$/u);
  });

  it("does not show the address, and takes what is none as it is", () => {
    expect(hashEmail("secret", SHOP, "mina@gmail.com")).not.toContain("mina");
    expect(hashEmail("secret", SHOP, "No Address")).toBe(hashEmail("secret", SHOP, " no address"));
  });
});
