import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { EXTENSION_DIR } from "./render-block.ts";

const SCRIPT_MAX_GZIP_BYTES = 10_000;
const FIRST_LOAD_MAX_GZIP_BYTES = 4_000;
const STYLE_MAX_GZIP_BYTES = 6_000;
const LIQUID_MAX_BYTES = 100_000;

const filesOf = (folder: string, ending: string) =>
  readdirSync(join(EXTENSION_DIR, folder))
    .filter((file) => file.endsWith(ending))
    .map((file) => readFileSync(join(EXTENSION_DIR, folder, file)));
const gzipped = (files: Buffer[]) => files.reduce((total, file) => total + gzipSync(file).length, 0);

test("all scripts together stay within 10 KB compressed", () => {
  expect(gzipped(filesOf("assets", ".js"))).toBeLessThanOrEqual(SCRIPT_MAX_GZIP_BYTES);
});

test("what every page loads stays small: the shared script and the style", () => {
  expect(gzipped(filesOf("assets", "dangol.js"))).toBeLessThanOrEqual(FIRST_LOAD_MAX_GZIP_BYTES);
  expect(gzipped(filesOf("assets", ".css"))).toBeLessThanOrEqual(STYLE_MAX_GZIP_BYTES);
});

test("all Liquid stays within Shopify's 100 KB", () => {
  const total = [...filesOf("blocks", ".liquid"), ...filesOf("snippets", ".liquid")].reduce(
    (sum, file) => sum + file.length,
    0,
  );
  expect(total).toBeLessThanOrEqual(LIQUID_MAX_BYTES);
});

test("every class in the markup is ours, and every selector of the style begins with one of ours", () => {
  const markup = [...filesOf("blocks", ".liquid"), ...filesOf("snippets", ".liquid")].map(String).join("\n");
  for (const [, value = ""] of markup.matchAll(/\sclass="([^"]*)"/g)) {
    for (const name of value
      .replace(/\{[{%][\s\S]*?[%}]\}/g, "")
      .split(/\s+/)
      .filter(Boolean))
      expect(name).toMatch(/^dangol/);
  }
  const style = filesOf("assets", ".css")
    .map(String)
    .join("\n")
    .replace(/\/\*[\s\S]*?\*\//g, "");
  for (const [, selector = ""] of style.matchAll(/(?:^|[{}])\s*([^{}@;]+)\{/g)) {
    if (/^(to|from)\s*$/.test(selector)) continue;
    for (const part of selector.split(/,(?![^(]*\))/))
      expect(part.trim()).toMatch(/^(html:has\()?(\.dangol|dangol-)/);
  }
});
