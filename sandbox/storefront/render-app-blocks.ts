import { join } from "node:path";
import type { Liquid } from "liquidjs";
import { extensionAssetUrl, isAllowedOn, overlaySettings, readBlocks, readCatalogue } from "./extension.ts";
import type { ExtensionBlock } from "./extension.ts";
import { createEngine, keepFloatLiterals } from "#sandbox/storefront/liquid/create-engine.ts";
import { PAGE } from "#sandbox/storefront/liquid/shopify-tags.ts";
import { escapeHtml } from "#sandbox/storefront/liquid/translate.ts";
import type { Globals } from "#sandbox/storefront/objects/build-globals.ts";
import { buildMetafields } from "#sandbox/storefront/objects/liquid-values.ts";
import type { Visit } from "./render-page.ts";
import type { ThemeBlock } from "#sandbox/store/types.ts";

/** A page as the app's blocks meet it. */
export interface AppBlockPage {
  visit: Visit;
  globals: Globals & { product?: unknown };
  /** The template's name in theme settings, `product` or `customers/account`. */
  template: string;
  /** Handles of the blocks rendered so far, for their assets. */
  used: Set<string>;
}

function createExtensionEngine({ visit, globals }: AppBlockPage): Liquid {
  const { extensionDir } = visit.context.app;
  const { shop } = visit.context.store.shop(visit.request.shop);
  return createEngine({
    snippetsDir: join(extensionDir, "snippets"),
    catalogue: readCatalogue(extensionDir, visit.session.locale),
    locale: globals.request.locale.iso_code,
    timeZone: shop.timeZone,
    currency: shop.currency,
    moneyFormat: shop.moneyFormat,
    now: visit.context.now,
    assetUrl: (file) => extensionAssetUrl(extensionDir, file),
  });
}

function buildApp({ visit }: AppBlockPage): Record<string, unknown> {
  const state = visit.context.store.shop(visit.request.shop);
  const owner = `gid://shopify/AppInstallation/${state.installation?.id ?? ""}`;
  return { metafields: buildMetafields(state.metafields.get(owner)?.values() ?? []) };
}

/** `available_if` names an app-data metafield, `{{ app.metafields.plan.paid }}`, that must be true. */
function isAvailable(block: ExtensionBlock, app: Record<string, unknown>): boolean {
  const path = /\{\{\s*app\.([\w.]+)\s*\}\}/.exec(block.schema.available_if ?? "")?.[1];
  if (path === undefined) return true;
  let node: unknown = app;
  for (const part of path.split(".")) node = (node as Record<string, unknown> | null | undefined)?.[part];
  return (node as { value?: unknown } | undefined)?.value === true;
}

/** Settings that name a product become that product; one that is left open and `autofill` takes the page's. */
function resolveProducts(page: AppBlockPage, block: ExtensionBlock, settings: Record<string, unknown>): void {
  for (const setting of block.schema.settings) {
    if (setting.type !== "product" || setting.id === undefined) continue;
    const handle = settings[setting.id];
    const named = page.globals.collections.all.products.find((product) => product.handle === handle);
    settings[setting.id] = named ?? (setting.autofill === true ? (page.globals.product ?? null) : null);
  }
}

async function renderBlock(
  page: AppBlockPage,
  block: ExtensionBlock,
  placed: ThemeBlock,
  section: string,
): Promise<string> {
  const { extensionDir } = page.visit.context.app;
  const app = buildApp(page);
  if (!isAvailable(block, app)) return "";
  const schemaCatalogue = readCatalogue(extensionDir, page.visit.session.locale, ".schema");
  const settings = overlaySettings(block.schema, placed.settings, schemaCatalogue);
  resolveProducts(page, block, settings);
  const scope = {
    block: {
      id: placed.id,
      type: `shopify://apps/dangol/blocks/${block.handle}/${placed.id}`,
      settings,
      shopify_attributes: "",
    },
  };
  const hooks = { styles: new Set<string>(), scripts: new Set<string>(), pageNumber: 1, path: "" };
  const globals = { ...page.globals, app, section: { id: section }, [PAGE]: hooks };
  page.used.add(block.handle);
  const body = await createExtensionEngine(page)
    .parseAndRender(keepFloatLiterals(block.source), scope, { globals })
    .catch((error: unknown) => {
      // Shopify prints Liquid errors where they happen and renders the rest of the page.
      const message = error instanceof Error ? error.message : String(error);
      return `<p role="alert">Liquid error (blocks/${block.handle}.liquid): ${escapeHtml(message)}</p>`;
    });
  const inline = [...hooks.styles].map((css) => `<style>${css}</style>`).join("");
  const tag = block.schema.tag ?? "div";
  const classes = `shopify-block shopify-app-block${block.schema.class ? ` ${escapeHtml(block.schema.class)}` : ""}`;
  return `${inline}<${tag} id="shopify-block-${placed.id}" class="${classes}">${body}</${tag}>`;
}

function findPlaced(
  page: AppBlockPage,
  kind: ThemeBlock["target"],
): { block: ExtensionBlock; placed: ThemeBlock }[] {
  const state = page.visit.context.store.shop(page.visit.request.shop);
  if (state.installation === null) return [];
  const blocks = readBlocks(page.visit.context.app.extensionDir);
  return state.theme.blocks.flatMap((placed) => {
    const block = blocks.find((entry) => entry.handle === placed.handle);
    const here = kind === "embed" || placed.template === page.template;
    const wanted =
      block && placed.enabled && placed.target === kind && here && isAllowedOn(block.schema, page.template);
    return wanted ? [{ block, placed }] : [];
  });
}

/** The app's section blocks of the page's template, in the order the merchant put them. */
export async function renderAppBlocks(page: AppBlockPage, section: string): Promise<string> {
  const rendered: string[] = [];
  for (const { block, placed } of findPlaced(page, "section")) {
    rendered.push(await renderBlock(page, block, placed, section));
  }
  return rendered.join("\n");
}

/** The app's embeds that are switched on, for the end of the head and of the body. */
export async function renderAppEmbeds(page: AppBlockPage): Promise<{ head: string; body: string }> {
  const parts = { head: "", body: "" };
  for (const { block, placed } of findPlaced(page, "embed")) {
    const place = block.schema.target === "body" ? "body" : "head";
    parts[place] += await renderBlock(page, block, placed, "app-embeds");
  }
  return parts;
}

/** The scripts and styles named in the schemas of the blocks on this page, each once. */
export function renderBlockAssets(page: AppBlockPage): string {
  const { extensionDir } = page.visit.context.app;
  const styles = new Set<string>();
  const scripts = new Set<string>();
  const used = readBlocks(extensionDir).filter((entry) => page.used.has(entry.handle));
  for (const { schema } of used) {
    if (schema.stylesheet) styles.add(extensionAssetUrl(extensionDir, schema.stylesheet));
    if (schema.javascript) scripts.add(extensionAssetUrl(extensionDir, schema.javascript));
  }
  return [
    ...[...styles].map(
      (href) => `<link href="${escapeHtml(href)}" rel="stylesheet" type="text/css" media="all">`,
    ),
    ...[...scripts].map((src) => `<script src="${escapeHtml(src)}" defer></script>`),
  ].join("\n");
}
