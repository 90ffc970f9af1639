import { markup } from "#sandbox/admin/html.ts";
import type { Content, Markup } from "#sandbox/admin/html.ts";
import { renderShell } from "#sandbox/admin/layout.ts";
import { act } from "#sandbox/admin/visit.ts";
import type { AdminVisit } from "#sandbox/admin/visit.ts";
import { redirect } from "#sandbox/http.ts";
import type { SandboxResponse } from "#sandbox/http.ts";
import type { Json, ThemeBlock } from "#sandbox/store/types.ts";
import { overlaySettings, readBlocks, readCatalogue, schemaText } from "#sandbox/storefront/extension.ts";
import type { BlockSetting, ExtensionBlock } from "#sandbox/storefront/extension.ts";
import { ensureDefaultBlocks } from "#sandbox/storefront/place-default-blocks.ts";
import type { Catalogue } from "#sandbox/storefront/liquid/translate.ts";

const TEMPLATES: Record<string, string> = {
  index: "Home page",
  product: "Product pages",
  collection: "Collection pages",
  cart: "Cart",
  "customers/account": "Account page",
};

function renderSetting(catalogue: Catalogue, setting: BlockSetting, value: unknown): Content {
  const label = schemaText(catalogue, setting.label);
  const info = setting.info
    ? markup`<small class="muted">${schemaText(catalogue, setting.info)}</small>`
    : null;
  if (setting.type === "header") return markup`<h3>${schemaText(catalogue, setting.content)}</h3>`;
  if (setting.type === "paragraph")
    return markup`<p class="muted">${schemaText(catalogue, setting.content)}</p>`;
  if (setting.id === undefined) return null;
  const name = `setting_${setting.id}`;
  if (setting.type === "checkbox") {
    return markup`<label class="check"><input type="checkbox" name="${name}" value="1"${value === true && markup` checked`}> <span>${label}${info}</span></label>`;
  }
  if (setting.type === "select" || setting.type === "radio") {
    const options = (setting.options ?? []).map(
      (option) =>
        markup`<option value="${option.value}"${option.value === value && markup` selected`}>${schemaText(catalogue, option.label)}</option>`,
    );
    return markup`<label class="field"><span>${label}</span><select name="${name}">${options}</select>${info}</label>`;
  }
  const isNumber = setting.type === "range" || setting.type === "number";
  const limits = isNumber
    ? markup` type="number" min="${setting.min}" max="${setting.max}" step="${setting.step ?? 1}"`
    : null;
  const hint =
    setting.type === "color"
      ? "#2e5a46, or empty for the theme's own"
      : schemaText(catalogue, setting.placeholder);
  return markup`<label class="field"><span>${label}${setting.unit && ` (${setting.unit})`}</span><input name="${name}"${limits} value="${value === null || value === undefined ? "" : String(value)}" placeholder="${hint}">${info}</label>`;
}

function renderPlaced(
  catalogue: Catalogue,
  block: ExtensionBlock,
  placed: ThemeBlock,
  isMarked: boolean,
): Markup {
  const values = overlaySettings(block.schema, placed.settings, catalogue);
  const place = placed.template === null ? "Every page" : (TEMPLATES[placed.template] ?? placed.template);
  const state = placed.enabled
    ? markup`<span class="badge badge--good">On</span>`
    : markup`<span class="badge badge--quiet">Off</span>`;
  const path = `/admin/themes/blocks/${placed.id}`;
  return markup`<details class="card"${isMarked && markup` open`} id="block-${placed.id}">
    <summary><h2>${schemaText(catalogue, block.schema.name)}</h2> <span class="muted">${place}</span> ${state}</summary>
    <form method="post" action="${path}/save" class="stack">
      <label class="check"><input type="checkbox" name="enabled" value="1"${placed.enabled && markup` checked`}> <span>Show it</span></label>
      ${block.schema.settings.map((setting) => renderSetting(catalogue, setting, values[setting.id ?? ""]))}
      <p><button class="button button--primary">Save</button></p>
    </form>
    ${placed.template !== null && markup`<div class="row"><form method="post" action="${path}/up"><button class="button">Move up</button></form> <form method="post" action="${path}/remove"><button class="button">Remove from this page</button></form></div>`}
  </details>`;
}

/** The theme's settings as far as the app is concerned: which of its blocks are on, where, and with what texts. */
export function showThemes(visit: AdminVisit): SandboxResponse {
  const { app } = visit.context;
  ensureDefaultBlocks(visit.context, visit.shop);
  const locale = visit.state.shop.locale.startsWith("ko") ? "ko" : "en";
  const catalogue = readCatalogue(app.extensionDir, locale, ".schema");
  const blocks = readBlocks(app.extensionDir);
  const marked = visit.request.url.searchParams.get("block");
  const placed = visit.state.theme.blocks.flatMap((entry) => {
    const block = blocks.find(({ handle }) => handle === entry.handle);
    return block ? [renderPlaced(catalogue, block, entry, entry.id === marked)] : [];
  });
  const options = blocks
    .filter(({ kind }) => kind === "section")
    .map(
      ({ handle, schema }) =>
        markup`<option value="${handle}">${schemaText(catalogue, schema.name)}</option>`,
    );
  const templates = Object.entries(TEMPLATES).map(
    ([value, label]) => markup`<option value="${value}">${label}</option>`,
  );
  const body = markup`
    ${placed.length > 0 ? placed : markup`<p class="muted">No app blocks yet. They come with the app.</p>`}
    <details class="card"><summary><h2>Add a block to a page</h2></summary>
      <form method="post" action="/admin/themes/blocks" class="stack"><div class="row">
        <label class="field grow"><span>Block</span><select name="handle">${options}</select></label>
        <label class="field grow"><span>Page</span><select name="template">${templates}</select></label>
      </div><p><button class="button button--primary">Add</button></p></form></details>`;
  const actions = markup`<a class="button" href="/" target="_blank" rel="noopener">View your shop</a>`;
  return renderShell(visit, { title: `Theme: ${visit.state.theme.name}`, current: "themes", body, actions });
}

/**
 * The theme editor's deep links (`…/themes/current/editor?context=apps&activateAppId={key}/{block}`, and
 * `?template=product&addAppBlockId={key}/{block}`): switches the block on, as Save in the editor would.
 */
export function followDeepLink(visit: AdminVisit): SandboxResponse {
  const { searchParams } = visit.request.url;
  const embed = searchParams.get("activateAppId")?.split("/").at(-1);
  const section = searchParams.get("addAppBlockId")?.split("/").at(-1);
  const handle = embed ?? section;
  if (handle === undefined) return redirect("/admin/themes", 303);
  return act("/admin/themes", () => {
    const template = embed === undefined ? (searchParams.get("template") ?? "index") : null;
    const target = embed === undefined ? ("section" as const) : ("embed" as const);
    const block = visit.context.actions.saveThemeBlock(visit.shop, {
      handle,
      target,
      template,
      enabled: true,
    });
    return {
      to: `/admin/themes?block=${block.id}`,
      notice: "The block is on and saved. Shopify's editor would wait for Save.",
    };
  });
}

/** Puts a section block onto a page. */
export function addBlock(visit: AdminVisit, fields: URLSearchParams): SandboxResponse {
  return act("/admin/themes", () => {
    const input = {
      handle: fields.get("handle") ?? "",
      template: fields.get("template") ?? "index",
      target: "section" as const,
    };
    const block = visit.context.actions.saveThemeBlock(visit.shop, { ...input, enabled: true });
    return { to: `/admin/themes?block=${block.id}`, notice: "The block is added." };
  });
}

function readSettings(block: ExtensionBlock, fields: URLSearchParams): Record<string, Json> {
  const settings: Record<string, Json> = {};
  for (const setting of block.schema.settings) {
    if (setting.id === undefined) continue;
    const typed = fields.get(`setting_${setting.id}`);
    if (setting.type === "checkbox") settings[setting.id] = typed !== null;
    else if (typed === null) continue;
    else if (setting.type === "range" || setting.type === "number") settings[setting.id] = Number(typed);
    else settings[setting.id] = typed;
  }
  return settings;
}

/** What a placed block's forms do. */
export function changeBlock(
  visit: AdminVisit,
  id: string,
  verb: string,
  fields: URLSearchParams,
): SandboxResponse | undefined {
  const { actions, app, store } = visit.context;
  const placed = visit.state.theme.blocks.find((entry) => entry.id === id);
  const block = readBlocks(app.extensionDir).find(({ handle }) => handle === placed?.handle);
  if (!placed || !block) return undefined;
  const doing: Record<string, () => { to?: string; notice: string }> = {
    save: () => {
      actions.saveThemeBlock(visit.shop, {
        ...placed,
        enabled: fields.has("enabled"),
        settings: readSettings(block, fields),
      });
      return { to: `/admin/themes?block=${id}`, notice: "Saved." };
    },
    remove: () => {
      actions.removeThemeBlock(visit.shop, id);
      return { notice: "The block is removed from the page." };
    },
    up: () => {
      const { blocks } = visit.state.theme;
      const at = blocks.indexOf(placed);
      const before = blocks.findLastIndex((entry, index) => index < at && entry.template === placed.template);
      if (before >= 0) blocks.splice(before, 0, ...blocks.splice(at, 1));
      store.changed();
      return { notice: "The block is moved up." };
    },
  };
  const work = doing[verb];
  return work && act("/admin/themes", work);
}
