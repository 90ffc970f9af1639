import { createHash, createHmac } from "node:crypto";
import { Drop } from "liquidjs";
import type { Liquid } from "liquidjs";
import { formatByName, isCalendarDay, readDate, strftime } from "./format-date.ts";
import { formatMoney, formatMoneyWithoutTrailingZeros } from "./format-money.ts";
import { toOperand } from "./liquid-number.ts";
import { escapeHtml, translate } from "./translate.ts";
import type { Catalogue } from "./translate.ts";

/** What the filters need to know of the shop and the page. */
export interface FilterSettings {
  catalogue: Catalogue;
  locale: string;
  timeZone: string;
  currency: string;
  moneyFormat: string;
  now: () => Date;
  assetUrl: (file: string) => string;
}

/** liquidjs hands keyword arguments over as `[name, value]` pairs among the positional ones. */
export function readKeywords(args: unknown[]): Record<string, unknown> {
  const pairs = args.filter(
    (arg): arg is [string, unknown] => Array.isArray(arg) && typeof arg[0] === "string",
  );
  return Object.fromEntries(pairs);
}

/** Makes the handle Shopify would: lower case, words joined by hyphens, letters of any script kept. */
export function handleize(input: unknown): string {
  return String(input ?? "")
    .toLowerCase()
    .replace(/['"]/g, "")
    .replace(/[^\p{Letter}\p{Number}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
}

/** An image is an object with `src`, a product with one, or the address itself; a width is carried in the query. */
export function imageUrl(input: unknown, keywords: Record<string, unknown> = {}): string {
  const source = findImageSource(input);
  if (source === "" || keywords["width"] === undefined) return source;
  return `${source}${source.includes("?") ? "&" : "?"}width=${String(keywords["width"])}`;
}

function findImageSource(input: unknown): string {
  if (typeof input === "string") return input;
  if (typeof input !== "object" || input === null) return "";
  const holder = input as Record<string, unknown>;
  if (typeof holder["src"] === "string") return holder["src"];
  return findImageSource(holder["featured_image"] ?? holder["preview_image"]);
}

function attributes(values: Record<string, unknown>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== null && value !== false)
    .map(([name, value]) => ` ${name}="${escapeHtml(String(value))}"`)
    .join("");
}

function imageTag(input: unknown, ...args: unknown[]): string {
  const source = imageUrl(input);
  const alt = typeof input === "object" && input !== null ? (input as Record<string, unknown>)["alt"] : "";
  return `<img${attributes({ src: source, alt: alt ?? "", loading: "lazy", ...readKeywords(args) })}>`;
}

function linkTo(text: unknown, url: unknown, title?: unknown): string {
  return `<a${attributes({ href: url, title: typeof title === "string" ? title : undefined })}>${String(text)}</a>`;
}

/** Shopify's list of a form's errors, as the `default_errors` filter renders it. */
export function defaultErrors(errors: unknown): string {
  const messages = Array.isArray(errors) ? errors : [];
  if (messages.length === 0) return "";
  const items = messages.map((message) => `<li>${escapeHtml(String(message))}</li>`).join("");
  return `<div class="errors" role="alert"><ul>${items}</ul></div>`;
}

function registerMoney(engine: Liquid, { moneyFormat, currency }: FilterSettings): void {
  const cents = (input: unknown) => toOperand(input).value;
  const blank = (input: unknown) => {
    // The literals `nil`, `blank` and `empty` are objects in liquidjs.
    const value = input instanceof Drop ? input.valueOf() : input;
    return value === null || value === undefined || value === "";
  };
  engine.registerFilter("money", (input: unknown) =>
    blank(input) ? "" : formatMoney(cents(input), moneyFormat),
  );
  engine.registerFilter("money_with_currency", (input: unknown) =>
    blank(input) ? "" : `${formatMoney(cents(input), moneyFormat)} ${currency}`,
  );
  engine.registerFilter("money_without_currency", (input: unknown) => {
    const placeholder = /\{\{\s*\w+\s*\}\}/.exec(moneyFormat)?.[0] ?? "{{amount}}";
    return blank(input) ? "" : formatMoney(cents(input), placeholder);
  });
  engine.registerFilter("money_without_trailing_zeros", (input: unknown) =>
    blank(input) ? "" : formatMoneyWithoutTrailingZeros(cents(input), moneyFormat),
  );
}

function registerUrls(engine: Liquid, { assetUrl }: FilterSettings): void {
  engine.registerFilter("asset_url", (file: unknown) => assetUrl(String(file)));
  engine.registerFilter("file_url", (file: unknown) => `/files/${String(file)}`);
  engine.registerFilter(
    "stylesheet_tag",
    (url: unknown) => `<link href="${escapeHtml(String(url))}" rel="stylesheet" type="text/css" media="all">`,
  );
  engine.registerFilter("script_tag", (url: unknown) => `<script src="${escapeHtml(String(url))}"></script>`);
  engine.registerFilter("image_url", (input: unknown, ...args: unknown[]) =>
    imageUrl(input, readKeywords(args)),
  );
  engine.registerFilter("img_url", (input: unknown) => imageUrl(input));
  engine.registerFilter("image_tag", imageTag);
  engine.registerFilter("link_to", linkTo);
  engine.registerFilter(
    "within",
    (url: unknown, collection: { url?: string }) => `${collection?.url ?? ""}${url}`,
  );
}

function registerText(engine: Liquid): void {
  engine.registerFilter("handleize", handleize);
  engine.registerFilter("handle", handleize);
  engine.registerFilter("default_errors", defaultErrors);
  engine.registerFilter("pluralize", (count: unknown, one: unknown, other: unknown) =>
    toOperand(count).value === 1 ? one : other,
  );
  engine.registerFilter("camelize", (input: unknown) =>
    handleize(input).replace(/(^|-)(\p{Letter})/gu, (_match, _dash, letter: string) => letter.toUpperCase()),
  );
  engine.registerFilter("md5", (input: unknown) => createHash("md5").update(String(input)).digest("hex"));
  engine.registerFilter("sha256", (input: unknown) =>
    createHash("sha256").update(String(input)).digest("hex"),
  );
  engine.registerFilter("hmac_sha256", (input: unknown, secret: unknown) =>
    createHmac("sha256", String(secret)).update(String(input)).digest("hex"),
  );
  engine.registerFilter("json", (input: unknown) =>
    // Shopify escapes these too, so that JSON is safe inside a script element.
    (JSON.stringify(input ?? null) ?? "null")
      .replace(/</g, "\\u003c")
      .replace(/>/g, "\\u003e")
      .replace(/&/g, "\\u0026"),
  );
}

function rgbOf(color: unknown): [number, number, number] {
  const hex = String(color ?? "").replace("#", "");
  const full = hex.length === 3 ? hex.replace(/./g, "$&$&") : hex.padEnd(6, "0");
  const channel = (at: number) => Number.parseInt(full.slice(at, at + 2), 16) || 0;
  return [channel(0), channel(2), channel(4)];
}

function registerColors(engine: Liquid): void {
  engine.registerFilter("color_to_rgb", (color: unknown) => `rgb(${rgbOf(color).join(", ")})`);
  engine.registerFilter("color_brightness", (color: unknown) => {
    const [red, green, blue] = rgbOf(color);
    return (red * 299 + green * 587 + blue * 114) / 1000;
  });
  engine.registerFilter("color_modify", (color: unknown, property: unknown, value: unknown) => {
    if (property !== "alpha")
      throw new Error(`color_modify: the sandbox only knows "alpha", not "${String(property)}"`);
    return `rgba(${[...rgbOf(color), toOperand(value).value].join(", ")})`;
  });
}

function registerDates(engine: Liquid, settings: FilterSettings): void {
  const render = (input: unknown, ...args: unknown[]): unknown => {
    const date = readDate(input, settings.now());
    if (!date) return input;
    const timeZone = isCalendarDay(input) ? "UTC" : settings.timeZone;
    const named = readKeywords(args)["format"];
    if (typeof named === "string") return formatByName(date, named, settings.locale, timeZone);
    const format = typeof args[0] === "string" ? args[0] : "%Y-%m-%d %H:%M:%S %z";
    return strftime(date, format, settings.locale, timeZone);
  };
  engine.registerFilter("date", render);
  engine.registerFilter("time_tag", (input: unknown, ...args: unknown[]) => {
    const date = readDate(input, settings.now());
    return date ? `<time datetime="${date.toISOString()}">${String(render(input, ...args))}</time>` : "";
  });
}

/** Registers what Shopify's Liquid has and liquidjs has not, or has otherwise. */
export function registerShopifyFilters(engine: Liquid, settings: FilterSettings): void {
  const translateFilter = (key: unknown, ...args: unknown[]) =>
    translate(settings.catalogue, String(key), readKeywords(args));
  engine.registerFilter("t", translateFilter);
  engine.registerFilter("translate", translateFilter);
  registerMoney(engine, settings);
  registerUrls(engine, settings);
  registerText(engine);
  registerColors(engine);
  registerDates(engine, settings);
}
