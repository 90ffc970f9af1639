import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { adminEn } from "#app/platform/i18n/messages/admin.en.ts";
import { adminKo } from "#app/platform/i18n/messages/admin.ko.ts";

const APP = resolve(import.meta.dirname, "../../../../app");
const variables = (text: string) => [...text.matchAll(/\{(\w+)\}/gu)].map((match) => match[1]).sort();

test("both languages say the same things, with the same blanks to fill", () => {
  expect(Object.keys(adminKo).sort()).toEqual(Object.keys(adminEn).sort());
  for (const [key, english] of Object.entries(adminEn)) {
    const blanks = new Set(variables(english));
    // English writes out "1"; Korean may count where English need not.
    blanks.delete("count");
    const korean = new Set(variables(adminKo[key as keyof typeof adminKo]));
    korean.delete("count");
    expect([key, [...korean].sort()]).toEqual([key, [...blanks].sort()]);
  }
});

test("a plural has both its forms", () => {
  for (const key of Object.keys(adminEn)) {
    if (key.endsWith("_one")) expect(Object.keys(adminEn)).toContain(key.replace(/_one$/u, "_other"));
    if (key.endsWith("_other")) expect(Object.keys(adminEn)).toContain(key.replace(/_other$/u, "_one"));
  }
});

test("nothing shouts, begs or blames: no exclamation mark, no Oops, no markup", () => {
  for (const [key, text] of [...Object.entries(adminEn), ...Object.entries(adminKo)]) {
    expect([key, /[!<>]|oops|please/iu.test(text)]).toEqual([key, false]);
    expect([key, text.trim() === "" && !key.endsWith("worth")]).toEqual([key, false]);
  }
});

test("every message is used by a page", () => {
  const source = sourceOf(join(APP, "components")) + sourceOf(join(APP, "routes"));
  const parts = [...source.matchAll(/["`]([a-zA-Z_]+(?:\.[^"`\s]*)?)["`]/gu)].map((match) => match[1]!);
  const patterns = new Set(parts.map(patternOf));
  const matchers = [...patterns].map((pattern) => new RegExp(`^${pattern}$`, "u"));
  const unused = Object.keys(adminEn)
    .map((key) => key.replace(/_(?:one|other)$/u, ""))
    .filter((key) => !matchers.some((matcher) => matcher.test(key)));
  expect(unused).toEqual([]);
});

function patternOf(part: string): string {
  return part
    .split(/\$\{[^}]*\}/u)
    .map((text) => text.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&"))
    .join("[A-Za-z0-9_-]+");
}

function sourceOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(?!proxy).*\.tsx?$/u.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
}
