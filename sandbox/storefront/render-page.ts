import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Liquid } from "liquidjs";
import { renderAppBlocks, renderAppEmbeds, renderBlockAssets } from "./render-app-blocks.ts";
import type { AppBlockPage } from "./render-app-blocks.ts";
import { readCatalogue } from "./extension.ts";
import { createEngine, keepFloatLiterals } from "#sandbox/storefront/liquid/create-engine.ts";
import { PAGE } from "#sandbox/storefront/liquid/shopify-tags.ts";
import type { PageHooks } from "#sandbox/storefront/liquid/shopify-tags.ts";
import type { Catalogue } from "#sandbox/storefront/liquid/translate.ts";
import { buildGlobals } from "#sandbox/storefront/objects/build-globals.ts";
import type { PageKind } from "#sandbox/storefront/objects/build-globals.ts";
import type { Session } from "./session.ts";
import type { SandboxContext } from "#sandbox/context.ts";
import type { SandboxRequest } from "#sandbox/http.ts";

export const THEME_DIR = join(import.meta.dirname, "theme");

/** A page to render: which template, in which layout, and what it is about. */
export interface Page extends PageKind {
  /** File in `theme/templates`, without `.liquid`. */
  template: string;
  layout?: "theme" | "checkout";
  /** Objects of this page alone: `product`, `collection`, `order` … */
  objects?: Record<string, unknown>;
  /** Messages of a form that was not accepted. */
  formErrors?: string[];
  /** Liquid to render in place of a template, as an app proxy's `application/liquid` answer. */
  source?: string;
}

/** What it takes to render one page for one visitor. */
export interface Visit {
  context: SandboxContext;
  request: SandboxRequest;
  session: Session;
}

/** The theme's translations in the visitor's language. */
export function readThemeCatalogue(session: Session): Catalogue {
  return readCatalogue(THEME_DIR, session.locale);
}

function createThemeEngine(visit: Visit, catalogue: Catalogue): Liquid {
  const { shop } = visit.context.store.shop(visit.request.shop);
  return createEngine({
    snippetsDir: join(THEME_DIR, "snippets"),
    catalogue,
    locale: visit.session.locale,
    timeZone: shop.timeZone,
    currency: shop.currency,
    moneyFormat: shop.moneyFormat,
    now: visit.context.now,
    assetUrl: (file) => `/theme/assets/${file}`,
  });
}

function shopifyScript(page: AppBlockPage): string {
  const { shop, request, localization, theme } = page.globals;
  const global = {
    shop: shop.permanent_domain,
    locale: request.locale.iso_code,
    currency: { active: shop.currency, rate: "1.0" },
    country: localization.country.iso_code,
    theme: { id: theme.id, name: theme.name, role: theme.role },
    routes: { root: "/" },
    designMode: false,
  };
  return `<script>window.Shopify=${JSON.stringify(global).replace(/</g, "\\u003c")};</script>`;
}

function readTheme(folder: string, name: string): string {
  return keepFloatLiterals(readFileSync(join(THEME_DIR, folder, `${name}.liquid`), "utf8"));
}

function createHooks(
  visit: Visit,
  engine: Liquid,
  globals: Record<PropertyKey, unknown>,
  blocks: AppBlockPage,
): PageHooks {
  return {
    renderSection: async (name) => {
      if (!/^[\w-]+$/.test(name)) throw new Error(`Could not find section ${name}`);
      const id = sectionId(blocks.template, name);
      const section = { id, type: name, settings: {}, blocks: [], index: 1 };
      const body = await engine.parseAndRender(readTheme("sections", name), { section }, { globals });
      return `<div id="shopify-section-${id}" class="shopify-section">${body}</div>`;
    },
    renderAppBlocks: (section) => renderAppBlocks(blocks, sectionId(blocks.template, section)),
    styles: new Set(),
    scripts: new Set(),
    pageNumber: Number(visit.request.url.searchParams.get("page") ?? 1) || 1,
    path: visit.request.url.pathname,
  };
}

function sectionId(template: string, name: string): string {
  return name === "header" || name === "footer"
    ? `sections--${name}`
    : `template--${template.replace("/", "-")}__${name}`;
}

/** Renders a page with its sections, the app's blocks in them and the app's embeds around them. */
export async function renderPage(visit: Visit, page: Page): Promise<string> {
  const catalogue = readThemeCatalogue(visit.session);
  const engine = createThemeEngine(visit, catalogue);
  const objects = buildGlobals(visit.context, visit.request, visit.session, catalogue, page);
  const globals: Record<PropertyKey, unknown> = {
    ...objects,
    ...page.objects,
    form_errors: page.formErrors ?? [],
  };
  const blocks: AppBlockPage = {
    visit,
    globals: { ...objects, ...page.objects },
    template: page.type,
    used: new Set(),
  };
  const hooks = createHooks(visit, engine, globals, blocks);
  globals[PAGE] = hooks;

  const onlySection = visit.request.url.searchParams.get("section_id");
  if (onlySection !== null) return hooks.renderSection(onlySection.replace(/^.*__/, ""));

  const source = page.source ?? readTheme("templates", page.template);
  const content = await engine.parseAndRender(source, {}, { globals });
  const isCheckout = page.layout === "checkout";
  const embeds = isCheckout ? { head: "", body: "" } : await renderAppEmbeds(blocks);
  const header = [
    shopifyScript(blocks),
    renderBlockAssets(blocks),
    ...[...hooks.styles].map((css) => `<style>${css}</style>`),
    embeds.head,
  ];
  globals["content_for_layout"] = content;
  globals["content_for_header"] = header.join("\n");
  const layout = await engine.parseAndRender(readTheme("layout", page.layout ?? "theme"), {}, { globals });
  const scripts = [...hooks.scripts].map((code) => `<script>${code}</script>`).join("\n");
  return layout.replace("</body>", () => `${scripts}${embeds.body}\n</body>`);
}
