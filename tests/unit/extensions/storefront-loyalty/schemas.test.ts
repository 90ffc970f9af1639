import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Severity, themeCheckRun } from "@shopify/theme-check-node";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { EXTENSION_DIR, readBlock } from "./render-block.ts";

const NAME_MAX = 25;
const handles = readdirSync(join(EXTENSION_DIR, "blocks")).map((file) => file.replace(/\.liquid$/, ""));

const text = z.string().min(1);
const id = z.string().regex(/^[a-z][a-z0-9_]*$/);
const described = { label: text, info: text.optional() };
const setting = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("header"), content: text, info: text.optional() }),
  z.strictObject({ type: z.literal("checkbox"), id, ...described, default: z.boolean() }),
  z.strictObject({ type: z.literal("color"), id, ...described, default: z.string().optional() }),
  z.strictObject({
    type: z.literal("text"),
    id,
    ...described,
    default: text.optional(),
    placeholder: text.optional(),
  }),
  z.strictObject({ type: z.literal("textarea"), id, ...described, placeholder: text.optional() }),
  z.strictObject({ type: z.literal("product"), id, ...described, autofill: z.boolean().optional() }),
  z.strictObject({
    type: z.literal("select"),
    id,
    ...described,
    options: z.array(z.strictObject({ value: text, label: text })).min(2),
    default: text,
  }),
  z.strictObject({
    type: z.literal("range"),
    id,
    ...described,
    min: z.int(),
    max: z.int(),
    step: z.int().positive(),
    unit: z.string().max(3),
    default: z.int(),
  }),
]);
const schemaShape = z.strictObject({
  name: text,
  target: z.enum(["section", "body"]),
  stylesheet: text,
  javascript: text.optional(),
  settings: z.array(setting),
});

const readSchemaLocale = (file: string) =>
  JSON.parse(readFileSync(join(EXTENSION_DIR, "locales", file), "utf8"));
const schemaLocales = ["en.default.schema.json", "ko.schema.json"].map((file) => ({
  file,
  texts: readSchemaLocale(file) as Record<string, unknown>,
}));

const lookUp = (texts: unknown, key: string) =>
  key
    .split(".")
    .reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], texts);

function translationKeys(node: unknown): string[] {
  if (typeof node === "string") return node.startsWith("t:") ? [node.slice(2)] : [];
  if (typeof node !== "object" || node === null) return [];
  return Object.values(node).flatMap(translationKeys);
}

function leaves(node: unknown, path = ""): string[] {
  if (typeof node === "string") return [path];
  return Object.entries(node as object).flatMap(([key, value]) =>
    leaves(value, path ? `${path}.${key}` : key),
  );
}

describe("block schemas", () => {
  test("theme-check finds nothing", async () => {
    const { offenses } = await themeCheckRun(EXTENSION_DIR, "theme-check:theme-app-extension");
    const found = offenses.map(
      ({ check, message, severity, uri }) => `${Severity[severity]} ${check} ${uri}: ${message}`,
    );
    expect(found).toEqual([]);
  }, 60_000);

  test("the four blocks of the first version are there", () => {
    expect(handles.toSorted()).toEqual(["points-on-product", "points-widget", "referral-link", "tier-badge"]);
  });

  test.each(handles)("%s is a schema that Shopify accepts", (handle) => {
    const schema = schemaShape.parse(readBlock(handle).schema);
    const ids = schema.settings.flatMap((entry) => ("id" in entry ? [entry.id] : []));
    expect(new Set(ids).size).toBe(ids.length);
    const files = readdirSync(join(EXTENSION_DIR, "assets"));
    expect(files).toContain(schema.stylesheet);
    if (schema.javascript) expect(files).toContain(schema.javascript);
    for (const entry of schema.settings) {
      if (entry.type === "select") expect(entry.options.map(({ value }) => value)).toContain(entry.default);
      if (entry.type !== "range") continue;
      expect((entry.max - entry.min) / entry.step).toBeLessThanOrEqual(100);
      expect((entry.default - entry.min) % entry.step).toBe(0);
      expect(entry.default).toBeGreaterThanOrEqual(entry.min);
      expect(entry.default).toBeLessThanOrEqual(entry.max);
    }
  });

  test.each(handles)("every setting that %s reads is one it has", (handle) => {
    const { source, schema } = readBlock(handle);
    const ids = schema.settings.map((entry) => entry.id);
    for (const [, name] of source.matchAll(/block\.settings\.(\w+)/g)) expect(ids).toContain(name);
  });

  test.each(schemaLocales)("$file has every text that a schema names, and no more", ({ texts }) => {
    const used = new Set(handles.flatMap((handle) => translationKeys(readBlock(handle).schema)));
    expect(leaves(texts).toSorted()).toEqual([...used].toSorted());
  });

  test.each(schemaLocales)(`block names in $file have at most ${NAME_MAX} characters`, ({ texts }) => {
    for (const handle of handles) {
      const name = lookUp(texts, readBlock(handle).schema.name.replace(/^t:/, ""));
      expect(String(name).length, handle).toBeLessThanOrEqual(NAME_MAX);
    }
  });
});
