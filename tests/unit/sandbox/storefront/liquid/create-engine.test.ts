import { describe, expect, it } from "vitest";
import { createEngine, keepFloatLiterals } from "#sandbox/storefront/liquid/create-engine.ts";
import { PAGE } from "#sandbox/storefront/liquid/shopify-tags.ts";

const FIXTURES = `${import.meta.dirname}/../../../../support/fixtures/storefront-extension`;

function engineFor(
  over: { locale?: string; currency?: string; moneyFormat?: string; timeZone?: string } = {},
) {
  const locale = over.locale ?? "en";
  return createEngine({
    snippetsDir: `${FIXTURES}/snippets`,
    catalogue: {
      locale,
      current: locale === "ko" ? { hello: "{{ name }}님", points: { other: "{{ count }}점" } } : {},
      fallback: {
        hello: "Hi {{ name }}",
        rich_html: "<b>{{ name }}</b>",
        points: { one: "{{ count }} point", other: "{{ count }} points" },
        only: "English",
      },
    },
    locale,
    timeZone: over.timeZone ?? "UTC",
    currency: over.currency ?? "USD",
    moneyFormat: over.moneyFormat ?? "${{amount}}",
    now: () => new Date("2026-11-21T23:30:00Z"),
    assetUrl: (file) => `/assets/${file}`,
  });
}

function render(source: string, scope: object = {}, over = {}): Promise<string> {
  const page = { styles: new Set(), scripts: new Set(), pageNumber: 2, path: "/collections/all" };
  return engineFor(over).parseAndRender(keepFloatLiterals(source), scope, {
    globals: { ...scope, [PAGE]: page },
  });
}

describe("arithmetic", () => {
  // Expected values are Shopify's own (Ruby Liquid).
  it.each([
    ["{{ 10 | divided_by: 4 }}", "2"],
    ["{{ -7 | divided_by: 2 }}", "-4"],
    ["{{ 10 | divided_by: 4.0 }}", "2.5"],
    ["{{ 20 | divided_by: 7.0 }}", "2.85714285714286"],
    ["{{ 10 | divided_by: '4.0' }}", "2.5"],
    ["{{ 4 | times: 1.5 }}", "6.0"],
    ["{{ 4 | times: 1.5 | divided_by: 4 }}", "1.5"],
    ["{{ 1.1 | times: 3 }}", "3.3"],
    ["{{ 399 | times: '1.25' | floor }}", "498"],
    ["{{ '1.5' | times: 100 | round }}", "150"],
    ["{{ 2.5 | round }}", "3"],
    ["{{ -2.5 | round }}", "-3"],
    ["{{ 1.005 | round: 2 }}", "1.01"],
    ["{{ -7 | modulo: 3 }}", "2"],
    ["{{ 'abc' | plus: 1 }}", "1"],
    ["{{ 3 | at_least: 5 }}", "5"],
    ["{% assign half = 3 | divided_by: 2.0 %}{% if half > 1 %}more{% endif %}", "more"],
  ])("%s is %s", async (source, expected) => {
    expect(await render(source)).toBe(expected);
  });

  it("refuses to divide by zero", async () => {
    await expect(render("{{ 1 | divided_by: 0 }}")).rejects.toThrow("divided by 0");
  });
});

describe("money", () => {
  it.each([
    ["{{ 123456 | money }}", "$1,234.56"],
    ["{{ 123400 | money_without_trailing_zeros }}", "$1,234"],
    ["{{ 123450 | money_without_trailing_zeros }}", "$1,234.50"],
    ["{{ 123456 | money_with_currency }}", "$1,234.56 USD"],
    ["{{ 123456 | money_without_currency }}", "1,234.56"],
    ["{{ nil | money }}", ""],
    ["{{ nothing | money }}", ""],
  ])("%s is %s", async (source, expected) => {
    expect(await render(source)).toBe(expected);
  });

  it("has won in hundredths too, and shows none of them", async () => {
    const over = { currency: "KRW", moneyFormat: "{{amount_no_decimals}}원" };
    expect(await render("{{ 3900000 | money }}", {}, over)).toBe("39,000원");
  });
});

describe("translations", () => {
  it("fill in values, choose the plural and fall back to the default language", async () => {
    expect(await render("{{ 'hello' | t: name: 'Ann' }}")).toBe("Hi Ann");
    expect(await render("{{ 'points' | t: count: 1 }} {{ 'points' | t: count: 2 }}")).toBe(
      "1 point 2 points",
    );
    expect(await render("{{ 'points' | t: count: 1 }} {{ 'only' | t }}", {}, { locale: "ko" })).toBe(
      "1점 English",
    );
  });

  it("escape what is put in, unless the key says that it is HTML", async () => {
    expect(await render("{{ 'hello' | t: name: who }}", { who: "<i>" })).toBe("Hi &lt;i&gt;");
    expect(await render("{{ 'rich_html' | t: name: 'x' }}")).toBe("<b>x</b>");
  });

  it("say so when a key is missing", async () => {
    expect(await render("{{ 'nope' | t }}")).toBe("Translation missing: en.nope");
  });
});

describe("dates", () => {
  it("are told in the language and time zone of the page", async () => {
    const seoul = { locale: "ko", timeZone: "Asia/Seoul" };
    expect(await render("{{ 'now' | date: '%Y-%m-%d %H:%M' }}", {}, seoul)).toBe("2026-11-22 08:30");
    expect(await render("{{ at | date: format: 'date' }}", { at: "2026-11-21T23:30:00Z" }, seoul)).toBe(
      "2026년 11월 22일",
    );
    expect(await render("{{ 'now' | date: '%B %-d, %Y' }}")).toBe("November 21, 2026");
  });

  it("keep a calendar day the same day everywhere", async () => {
    const newYork = { timeZone: "America/New_York" };
    expect(await render("{{ '2026-12-31' | date: '%b %-d' }}", {}, newYork)).toBe("Dec 31");
  });
});

describe("texts and addresses", () => {
  it.each([
    ["{{ 'Hand-made Mug, No. 2' | handleize }}", "hand-made-mug-no-2"],
    [
      "{{ 'x.css' | asset_url | stylesheet_tag }}",
      '<link href="/assets/x.css" rel="stylesheet" type="text/css" media="all">',
    ],
    ["{{ product | image_url: width: 300 }}", "/cdn/a.svg?width=300"],
    ["{{ evil | json }}", '"\\u003c/script\\u003e"'],
    ["{{ errors | default_errors }}", '<div class="errors" role="alert"><ul><li>&lt;b&gt;</li></ul></div>'],
    ["{{ '#2e5a46' | color_to_rgb }}", "rgb(46, 90, 70)"],
  ])("%s is %s", async (source, expected) => {
    const scope = { product: { featured_image: { src: "/cdn/a.svg" } }, evil: "</script>", errors: ["<b>"] };
    expect(await render(source, scope)).toBe(expected);
  });

  it("refuses filters that Shopify has not", async () => {
    await expect(render("{{ 1 | to_integer }}")).rejects.toThrow("undefined filter: to_integer");
    await expect(render("{{ 1 | nonsense }}")).rejects.toThrow("undefined filter: nonsense");
  });
});

describe("tags", () => {
  it("leaves out schema and doc, whatever is in them", async () => {
    expect(await render('a{% schema %}{"x": "{{ y }}"}{% endschema %}b{% doc %}{% if %}{% enddoc %}c')).toBe(
      "abc",
    );
  });

  it("renders a style with its Liquid", async () => {
    expect(await render("{% style %}a{ top: {{ 1 | plus: 1 }}px }{% endstyle %}")).toBe(
      "<style data-shopify>a{ top: 2px }</style>",
    );
  });

  it("renders forms with their address and attributes", async () => {
    const text = await render("{% form 'product', product, id: 'f', class: 'a' %}x{% endform %}");
    expect(text).toContain('<form method="post" action="/cart/add" accept-charset="UTF-8" id="f" class="a">');
    await expect(render("{% form 'unheard_of' %}{% endform %}")).rejects.toThrow("the sandbox has no form");
  });

  it("pages through a list", async () => {
    const collection = { products: [1, 2, 3, 4, 5] };
    const source =
      "{% paginate collection.products by 2 %}{{ collection.products | join: ',' }} {{ paginate.current_page }}/{{ paginate.pages }} {{ paginate.next.url }}{% endpaginate %}";
    expect(await render(source, { collection })).toBe("3,4 2/3 /collections/all?page=3");
  });

  it("renders snippets in a scope of their own, and only from their folder", async () => {
    expect(await render("{% assign price = 1 %}{% render 'price', price: 250 %}")).toBe("<b>$2.50</b>\n");
    await expect(render("{% render '../blocks/points' %}")).rejects.toThrow();
  });
});
