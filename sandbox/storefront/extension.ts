import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { translateText } from "#sandbox/storefront/liquid/translate.ts";
import type { Catalogue, Translations } from "#sandbox/storefront/liquid/translate.ts";

const templates = z.object({ templates: z.array(z.string()).optional() }).optional();

const schemaShape = z.object({
  name: z.string(),
  target: z.string(),
  class: z.string().optional(),
  tag: z.string().optional(),
  javascript: z.string().optional(),
  stylesheet: z.string().optional(),
  available_if: z.string().optional(),
  enabled_on: templates,
  disabled_on: templates,
  settings: z
    .array(
      z.object({
        type: z.string(),
        id: z.string().optional(),
        label: z.string().optional(),
        info: z.string().optional(),
        content: z.string().optional(),
        default: z.unknown().optional(),
        autofill: z.boolean().optional(),
        min: z.number().optional(),
        max: z.number().optional(),
        step: z.number().optional(),
        unit: z.string().optional(),
        placeholder: z.string().optional(),
        options: z.array(z.object({ value: z.string(), label: z.string() })).optional(),
      }),
    )
    .default([]),
});

export type BlockSchema = z.infer<typeof schemaShape>;
export type BlockSetting = BlockSchema["settings"][number];

/** One of the app's blocks: its Liquid and what its schema says. */
export interface ExtensionBlock {
  handle: string;
  source: string;
  schema: BlockSchema;
  /** `embed` stands in every page, `section` where the merchant puts it. */
  kind: "embed" | "section";
}

/** Splits a block's file into Liquid and schema; throws when the schema is missing or not right. */
export function parseBlock(handle: string, source: string): ExtensionBlock {
  const match = /\{%-?\s*schema\s*-?%\}([\s\S]*?)\{%-?\s*endschema\s*-?%\}/.exec(source);
  if (!match?.[1]) throw new Error(`blocks/${handle}.liquid has no schema`);
  const schema = schemaShape.parse(JSON.parse(match[1]));
  return { handle, source, schema, kind: schema.target === "section" ? "section" : "embed" };
}

/** The name of the extension in addresses of its assets. */
export function extensionHandle(extensionDir: string): string {
  return basename(extensionDir);
}

/** All blocks of the extension, read anew each time so that an edit shows at the next reload. */
export function readBlocks(extensionDir: string): ExtensionBlock[] {
  const folder = join(extensionDir, "blocks");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".liquid"))
    .sort()
    .map((file) => parseBlock(file.replace(/\.liquid$/, ""), readFileSync(join(folder, file), "utf8")));
}

function readTranslations(folder: string, names: string[]): Translations {
  const file = names.map((name) => join(folder, name)).find((path) => existsSync(path));
  return file ? (JSON.parse(readFileSync(file, "utf8")) as Translations) : {};
}

/** The translations in `locales/` of a theme or extension: those of the language, and the default ones behind them. */
export function readCatalogue(dir: string, locale: string, suffix = ""): Catalogue {
  const folder = join(dir, "locales");
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const fallback = files.find((file) => file.endsWith(`.default${suffix}.json`));
  return {
    locale,
    current: readTranslations(folder, [`${locale}${suffix}.json`, `${locale}.default${suffix}.json`]),
    fallback: fallback ? readTranslations(folder, [fallback]) : {},
  };
}

/** A schema text, translated when it is a `t:` key; not escaped. */
export function schemaText(catalogue: Catalogue, text: string | undefined): string {
  if (text === undefined) return "";
  return text.startsWith("t:") ? translateText(catalogue, text.slice(2)) : text;
}

/** The settings a block is rendered with: what the merchant saved over the schema's defaults. */
export function overlaySettings(
  schema: BlockSchema,
  saved: Record<string, unknown>,
  catalogue: Catalogue,
): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const setting of schema.settings) {
    if (setting.id === undefined) continue;
    const initial = setting.default ?? (setting.type === "checkbox" ? false : null);
    settings[setting.id] =
      saved[setting.id] ?? (typeof initial === "string" ? schemaText(catalogue, initial) : initial);
  }
  return settings;
}

/** The address of an extension's asset; it changes with the file, so that it can be cached for ever. */
export function extensionAssetUrl(extensionDir: string, file: string): string {
  const modified = statSync(join(extensionDir, "assets", file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return `/extensions/${extensionHandle(extensionDir)}/assets/${file}?v=${Math.trunc(modified).toString(36)}`;
}

/** Whether the block may stand on pages of a template, by its `enabled_on` and `disabled_on`. */
export function isAllowedOn(schema: BlockSchema, template: string): boolean {
  const names = (list: { templates?: string[] | undefined } | undefined) => list?.templates ?? [];
  const enabled = names(schema.enabled_on);
  if (enabled.length > 0 && !enabled.includes("*") && !enabled.includes(template)) return false;
  const disabled = names(schema.disabled_on);
  return !disabled.includes("*") && !disabled.includes(template);
}
