import { describe, expect, it } from "vitest";
import { buildProxyQuery, signProxyQuery } from "#sandbox/storefront/proxy.ts";

const SECRET = "hush";

describe("the app proxy's signature", () => {
  // The two vectors of Shopify's documentation, and its variant without a customer.
  it("is Shopify's for a query with a repeated parameter", () => {
    const query = new URLSearchParams(
      "extra=1&extra=2&shop=shop-name.myshopify.com&logged_in_customer_id=1&path_prefix=%2Fapps%2Fawesome_reviews&timestamp=1317327555&signature=other",
    );
    expect(signProxyQuery(query, SECRET)).toBe(
      "4c68c8624d737112c91818c11017d24d334b524cb5c2b8ba08daa056f7395ddb",
    );
  });

  it("is Shopify's for a visitor who is not logged in", () => {
    const query = new URLSearchParams(
      "extra=1&extra=2&shop=shop-name.myshopify.com&logged_in_customer_id=&path_prefix=%2Fapps%2Fawesome_reviews&timestamp=1317327555",
    );
    expect(signProxyQuery(query, SECRET)).toBe(
      "e072b6d7e6622d85912a5214b860d3100dc1e73d9bc29f43796ac8c9ff8093cb",
    );
  });
});

describe("the query the app receives", () => {
  const own = {
    shop: "a.myshopify.com",
    customerId: "7",
    pathPrefix: "/apps/loyalty",
    timestampSec: 1317327555,
  };

  it("puts the client's parameters first, untouched, and Shopify's after them", () => {
    const query = buildProxyQuery(new URLSearchParams("cursor=x&logged_in_customer_id=1"), own, SECRET);
    expect([...query.keys()]).toEqual([
      "cursor",
      "logged_in_customer_id",
      "shop",
      "logged_in_customer_id",
      "path_prefix",
      "timestamp",
      "signature",
    ]);
    expect(query.getAll("logged_in_customer_id")).toEqual(["1", "7"]);
    expect(query.get("signature")).toBe(signProxyQuery(query, SECRET));
  });

  it("drops a signature the client made up", () => {
    const query = buildProxyQuery(new URLSearchParams("signature=abc"), own, SECRET);
    expect(query.getAll("signature")).toHaveLength(1);
  });

  it("names nobody when nobody is logged in", () => {
    expect(
      buildProxyQuery(new URLSearchParams(), { ...own, customerId: null }, SECRET).get(
        "logged_in_customer_id",
      ),
    ).toBe("");
  });
});
