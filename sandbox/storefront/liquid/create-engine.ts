import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Liquid } from "liquidjs";
import { registerMathFilters } from "./math-filters.ts";
import { registerShopifyFilters } from "./shopify-filters.ts";
import type { FilterSettings } from "./shopify-filters.ts";
import { registerShopifyTags } from "./shopify-tags.ts";

export interface EngineSettings extends FilterSettings {
  /** Where `{% render %}` finds snippets; nothing outside is reachable. */
  snippetsDir: string;
}

/** liquidjs has these and Shopify has not: a template that uses one must fail here as it would there. */
const FILTERS_SHOPIFY_LACKS = [
  "array_to_sentence_string",
  "cgi_escape",
  "date_to_long_string",
  "date_to_rfc822",
  "date_to_string",
  "date_to_xmlschema",
  "find_exp",
  "find_index_exp",
  "group_by",
  "group_by_exp",
  "has_exp",
  "inspect",
  "jsonify",
  "normalize_whitespace",
  "number_of_words",
  "pop",
  "push",
  "raw",
  "reject_exp",
  "sample",
  "shift",
  "slugify",
  "to_integer",
  "unshift",
  "uri_escape",
  "where_exp",
  "xml_escape",
];
const TAGS_SHOPIFY_LACKS = ["block", "layout"];

/**
 * liquidjs forgets that `100.0` was written as a float. As an argument it is handed over as text, which the arithmetic
 * filters read as Ruby does.
 */
export function keepFloatLiterals(source: string): string {
  return source.replace(/\{[{%][\s\S]*?[}%]\}/g, (markup) =>
    markup.replace(/(:\s*|,\s*)(-?\d+\.0+)(?=\s|\||-?[}%]|,)/g, '$1"$2"'),
  );
}

/** A Liquid engine that behaves as Shopify's for one shop, language and set of snippets. */
export function createEngine(settings: EngineSettings): Liquid {
  const readSnippet = (file: string) => keepFloatLiterals(readFileSync(file, "utf8"));
  const exists = (file: string) => {
    try {
      readFileSync(file);
      return true;
    } catch {
      return false;
    }
  };
  const engine = new Liquid({
    strictFilters: true,
    ownPropertyOnly: true,
    relativeReference: false,
    locale: settings.locale,
    fs: {
      exists: async (file) => exists(file),
      existsSync: exists,
      readFile: async (file) => readSnippet(file),
      readFileSync: readSnippet,
      resolve: (_root, file) => {
        if (!/^[\w-]+$/.test(file)) throw new Error(`Could not find asset snippets/${file}.liquid`);
        return join(settings.snippetsDir, `${file}.liquid`);
      },
      contains: async () => true,
      containsSync: () => true,
    },
  });
  for (const name of FILTERS_SHOPIFY_LACKS) delete engine.filters[name];
  for (const name of TAGS_SHOPIFY_LACKS) delete engine.tags[name];
  registerMathFilters(engine);
  registerShopifyFilters(engine, settings);
  registerShopifyTags(engine);
  return engine;
}
