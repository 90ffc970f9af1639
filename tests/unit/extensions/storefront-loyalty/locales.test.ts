import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EXTENSION_DIR } from "./render-block.ts";

const LOCALE_FILE_MAX_BYTES = 15_000;
/** Every plural form that a language may lack; Korean has one form only. */
const PLURAL_FORMS = ["zero", "one", "two", "few", "many"];

const folder = join(EXTENSION_DIR, "locales");
const read = (file: string) => readFileSync(join(folder, file), "utf8");

function leaves(node: unknown, path: string[] = []): [string, string][] {
  if (typeof node === "string") return [[path.join("."), node]];
  return Object.entries(node as object).flatMap(([key, value]) => leaves(value, [...path, key]));
}

const en = new Map(leaves(JSON.parse(read("en.default.json"))));
const ko = new Map(leaves(JSON.parse(read("ko.json"))));
const liquid = ["blocks", "snippets"].flatMap((name) =>
  readdirSync(join(EXTENSION_DIR, name)).map((file) => readFileSync(join(EXTENSION_DIR, name, file), "utf8")),
);

const isPluralForm = (key: string) => PLURAL_FORMS.some((form) => key.endsWith(`.${form}`));
const placeholders = (text = "") =>
  [...new Set([...text.matchAll(/\{\{ (\w+) \}\}/g)].map(([, name]) => name))].toSorted();

test("each text exists in English and in Korean", () => {
  const keys = (texts: Map<string, string>) =>
    [...texts.keys()].filter((key) => !isPluralForm(key)).toSorted();
  expect(keys(ko)).toEqual(keys(en));
});

test("a Korean text uses no value that the English one is not given, but for the points' name", () => {
  for (const [key, text] of ko) {
    const given = [...placeholders(en.get(key)), "name"];
    for (const name of placeholders(text)) expect(given, key).toContain(name);
  }
});

test("no text has characters that HTML escapes: the script shows these texts too", () => {
  for (const [key, text] of [...en, ...ko]) expect(text, key).not.toMatch(/[<>&"']/);
});

test("no text is left over", () => {
  const all = liquid.join("\n");
  const isUsed = (key: string) => {
    const bare = key.replace(/\.(zero|one|two|few|many|other)$/, "");
    const group = bare.slice(0, bare.lastIndexOf(".") + 1);
    return all.includes(`'${bare}'`) || all.includes(`'${group}' | append:`);
  };
  expect([...en.keys()].filter((key) => !isUsed(key))).toEqual([]);
});

test("the months are twelve in both languages", () => {
  for (const texts of [en, ko]) expect(texts.get("date.months")?.split(",")).toHaveLength(12);
});

test("each file stays within Shopify's size for one", () => {
  for (const file of readdirSync(folder))
    expect(Buffer.byteLength(read(file)), file).toBeLessThan(LOCALE_FILE_MAX_BYTES);
});
