export type Translations = { [key: string]: string | Translations };

/** Translations of one source (theme or app extension) in the language of the page, then in its default language. */
export interface Catalogue {
  locale: string;
  current: Translations;
  fallback: Translations;
}

function lookUp(translations: Translations, path: string[]): string | Translations | undefined {
  let node: string | Translations | undefined = translations;
  for (const part of path) {
    if (typeof node !== "object" || !Object.hasOwn(node, part)) return undefined;
    node = node[part];
  }
  return node;
}

function chooseForm(entry: string | Translations, count: unknown, locale: string): string | undefined {
  if (typeof entry === "string") return entry;
  if (count === undefined || count === null) return undefined;
  if (Number(count) === 0 && typeof entry["zero"] === "string") return entry["zero"];
  const form = entry[new Intl.PluralRules(locale).select(Number(count))] ?? entry["other"];
  return typeof form === "string" ? form : undefined;
}

/** Escapes text for HTML as Liquid's `escape` filter does. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** As `translate`, and not escaped: for texts that are escaped where they are put to use. */
export function translateText(
  catalogue: Catalogue,
  key: string,
  values: Record<string, unknown> = {},
): string {
  const path = key.split(".");
  const entry = lookUp(catalogue.current, path) ?? lookUp(catalogue.fallback, path);
  const text = entry === undefined ? undefined : chooseForm(entry, values["count"], catalogue.locale);
  if (text === undefined) return `Translation missing: ${catalogue.locale}.${key}`;
  return text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_match, name: string) => String(values[name] ?? ""));
}

/**
 * Translates a key. Missing in the page's language, the default language is used; missing there, the text says so, as
 * Shopify's does. The result is escaped unless the key ends in `_html`.
 */
export function translate(catalogue: Catalogue, key: string, values: Record<string, unknown> = {}): string {
  const text = translateText(catalogue, key, values);
  return key.endsWith("_html") ? text : escapeHtml(text);
}
