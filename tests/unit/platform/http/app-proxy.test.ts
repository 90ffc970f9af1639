import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { signAppProxyParams, verifyAppProxy } from "#app/platform/http/app-proxy.server.ts";

const SECRET = "hush-hush-hush-hush";
const NOW = new Date("2026-11-21T03:00:00Z");
const NOW_SEC = NOW.getTime() / 1000;
const SHOP = "dangol-demo.myshopify.com";

type Pairs = [string, string][];

const genuine = (over: Record<string, string> = {}): Pairs =>
  Object.entries({
    shop: SHOP,
    logged_in_customer_id: "115310627314723954",
    path_prefix: "/apps/loyalty",
    timestamp: String(NOW_SEC),
    ...over,
  });

const signed = (pairs: Pairs, secret = SECRET): Pairs => [
  ...pairs,
  ["signature", signAppProxyParams(new URLSearchParams(pairs), secret)],
];

const verify = (pairs: Pairs, over: { secrets?: string[]; allowedParams?: string[] } = {}) =>
  verifyAppProxy(new Request(`https://app.example/proxy/me?${new URLSearchParams(pairs)}`), {
    secrets: [SECRET],
    now: NOW,
    allowedParams: ["locale", "cursor"],
    ...over,
  });

const without = (pairs: Pairs, name: string): Pairs => pairs.filter(([key]) => key !== name);

describe("T35 the signature", () => {
  test("T35 is the one of Shopify's documentation", () => {
    const documented = new URLSearchParams(
      "extra=1&extra=2&shop=shop-name.myshopify.com&logged_in_customer_id=1&path_prefix=%2Fapps%2Fawesome_reviews&timestamp=1317327555",
    );
    expect(signAppProxyParams(documented, "hush")).toBe(
      "4c68c8624d737112c91818c11017d24d334b524cb5c2b8ba08daa056f7395ddb",
    );
    documented.set("logged_in_customer_id", "");
    expect(signAppProxyParams(documented, "hush")).toBe(
      "e072b6d7e6622d85912a5214b860d3100dc1e73d9bc29f43796ac8c9ff8093cb",
    );
  });

  test("T35 a genuine request says which shop and which customer", () => {
    expect(verify(signed(genuine({ locale: "ko-KR" })))).toMatchObject({
      ok: true,
      shopId: SHOP,
      customerId: "115310627314723954",
      pathPrefix: "/apps/loyalty",
    });
    const guest = verify(signed(genuine({ logged_in_customer_id: "" })));
    expect(guest).toMatchObject({ ok: true, customerId: null });
  });

  test("T35 the parameters handed on are the client's own, and nothing of Shopify's", () => {
    const call = verify(signed(genuine({ locale: "ko", cursor: "12" })));
    expect(call.ok && [...call.params]).toEqual([
      ["locale", "ko"],
      ["cursor", "12"],
    ]);
  });

  test("T35 missing, wrong, truncated, in capitals, or by another secret: 401", () => {
    const right = signAppProxyParams(new URLSearchParams(genuine()), SECRET);
    const wrong = ["", "0".repeat(64), right.slice(0, 63), right.toUpperCase(), `${right}0`];
    expect(verify(genuine())).toEqual({ ok: false, status: 401, code: "missing_signature" });
    for (const signature of wrong) {
      expect(verify([...genuine(), ["signature", signature]])).toMatchObject({
        ok: false,
        status: 401,
        code: "bad_signature",
      });
    }
    expect(verify(signed(genuine(), "another secret"))).toMatchObject({ ok: false, status: 401 });
    const base64 = createHmac("sha256", SECRET).update("x").digest("base64");
    expect(verify([...genuine(), ["signature", base64.replaceAll("=", "")]])).toMatchObject({
      ok: false,
      status: 401,
    });
  });

  test("T35 the secret before this one is accepted while it is configured", () => {
    const old = signed(genuine(), "yesterday's secret");
    expect(verify(old)).toMatchObject({ ok: false });
    expect(verify(old, { secrets: [SECRET, "yesterday's secret"] })).toMatchObject({ ok: true });
  });
});

describe("T36 the timestamp", () => {
  test.each([-90, -89, 0, 89, 90])("T36 %i seconds off is accepted", (seconds) => {
    expect(verify(signed(genuine({ timestamp: String(NOW_SEC + seconds) })))).toMatchObject({ ok: true });
  });

  test.each([-91, 91, 3_600])("T36 %i seconds off is refused, though the signature is right", (seconds) => {
    const stale = verify(signed(genuine({ timestamp: String(NOW_SEC + seconds) })));
    expect(stale).toEqual({ ok: false, status: 401, code: "stale_timestamp" });
  });

  test.each(["1e9", "", "-1", "0x65", "NaN", `${NOW_SEC}.5`, ` ${NOW_SEC}`])(
    "T36 %j is no timestamp",
    (timestamp) => {
      expect(verify(signed(genuine({ timestamp })))).toMatchObject({ ok: false });
    },
  );

  test("T36 missing or repeated is refused", () => {
    expect(verify(signed(without(genuine(), "timestamp")))).toMatchObject({ ok: false });
    expect(verify(signed([...genuine(), ["timestamp", String(NOW_SEC)]]))).toMatchObject({
      ok: false,
      status: 400,
    });
  });
});

describe("T37 logged_in_customer_id", () => {
  test.each(["1,2", "abc", "1 ", "-1", "1.0", "١٢٣", "123456789012345678901", "1e5"])(
    "T37 %j is refused under a right signature",
    (id) => {
      expect(verify(signed(genuine({ logged_in_customer_id: id })))).toMatchObject({
        ok: false,
        status: 400,
      });
    },
  );

  test("T37 repeated is refused, though Shopify's way of signing joins the two", () => {
    const pairs: Pairs = [["logged_in_customer_id", "1"], ...genuine({ logged_in_customer_id: "2" })];
    expect(verify(signed(pairs))).toEqual({ ok: false, status: 400, code: "bad_parameter" });
  });

  test.each(["shop", "path_prefix", "signature"])("T37 a repeated %s is refused", (name) => {
    const pairs = signed(genuine());
    const value = pairs.find(([key]) => key === name)![1];
    expect(verify([...pairs, [name, value]])).toMatchObject({ ok: false, status: 400 });
  });

  test("T37 a shop that is none is refused", () => {
    expect(verify(signed(genuine({ shop: "evil.example.com" })))).toMatchObject({
      ok: false,
      code: "bad_shop",
    });
  });
});

describe("T38 re-splitting", () => {
  test("T38 the same bytes split another way are refused, though their signature fits", () => {
    const shopify: Pairs = signed([
      ["a", "blogged_in_customer_id=999m="],
      ...genuine({ logged_in_customer_id: "" }),
    ]);
    const signature = shopify.at(-1)!;
    const resplit: Pairs = [
      ["a", "b"],
      ["logged_in_customer_id", "999"],
      ["m", "logged_in_customer_id="],
      ...without(without(genuine(), "logged_in_customer_id"), "signature"),
      signature,
    ];
    const joined = (pairs: Pairs) =>
      signAppProxyParams(new URLSearchParams(without(pairs, "signature")), SECRET);
    expect(joined(resplit)).toBe(joined(shopify));
    expect(verify(resplit)).toMatchObject({ ok: false, status: 400 });
    expect(verify(resplit, { allowedParams: ["a", "m"] })).toMatchObject({ ok: false, status: 400 });
  });

  test("T38 whatever is inserted, an accepted request names the customer that was signed", () => {
    const name = fc.constantFrom("locale", "cursor", "logged_in_customer_id", "a", "shop", "path_prefix");
    const value = fc.oneof(
      fc.constantFrom("1", "2", "", "en", "logged_in_customer_id=9", "1locale=en"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 4 }), (inserted) => {
        const pairs = signed(genuine());
        const call = verify([...inserted, ...pairs]);
        return !call.ok || (inserted.length === 0 && call.customerId === "115310627314723954");
      }),
    );
  });

  test("T38 a refusal repeats nothing of the query", () => {
    const refused = verify(signed(genuine({ evil: "<script>" })));
    expect(JSON.stringify(refused)).toBe('{"ok":false,"status":400,"code":"bad_parameter"}');
  });
});
