import { Hash, Tag, Value } from "liquidjs";
import type { Context, Emitter, Liquid, Parser, TagToken, Template, TopLevelToken } from "liquidjs";
import { escapeHtml } from "./translate.ts";

/** Where a page keeps what its tags need of it; a symbol, so that no template can name it. */
export const PAGE = Symbol("page");

/** What tags may ask of the page they are rendered in. */
export interface PageHooks {
  renderSection: (name: string) => Promise<string>;
  renderAppBlocks: (sectionType: string) => Promise<string>;
  styles: Set<string>;
  scripts: Set<string>;
  pageNumber: number;
  path: string;
}

function pageOf(ctx: Context): PageHooks {
  return (ctx.globals as Record<symbol, PageHooks>)[PAGE] as PageHooks;
}

function readRawBody(remaining: TopLevelToken[], closing: string): string {
  let body = "";
  for (let token = remaining.shift(); token; token = remaining.shift()) {
    if ("name" in token && token.name === closing) return body;
    body += token.getText();
  }
  throw new Error(`tag ${closing} not found`);
}

function parseBody(remaining: TopLevelToken[], closing: string, parser: Parser): Template[] {
  const templates: Template[] = [];
  for (let token = remaining.shift(); token; token = remaining.shift()) {
    if ("name" in token && token.name === closing) return templates;
    templates.push(parser.parseToken(token, remaining));
  }
  throw new Error(`tag ${closing} not found`);
}

function ignoredTag(name: string) {
  return class extends Tag {
    constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
      super(token, remaining, liquid);
      readRawBody(remaining, `end${name}`);
    }

    render(): void {}
  };
}

function collectingTag(name: string, select: (page: PageHooks) => Set<string>) {
  return class extends Tag {
    private readonly body: string;

    constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
      super(token, remaining, liquid);
      this.body = readRawBody(remaining, `end${name}`);
    }

    render(ctx: Context): void {
      select(pageOf(ctx)).add(this.body);
    }
  };
}

class StyleTag extends Tag {
  private readonly templates: Template[];

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    this.templates = parseBody(remaining, "endstyle", parser);
  }

  *render(ctx: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    emitter.write("<style data-shopify>");
    yield this.liquid.renderer.renderTemplates(this.templates, ctx, emitter);
    emitter.write("</style>");
  }
}

const FORM_ACTIONS: Record<string, string> = {
  product: "/cart/add",
  cart: "/cart",
  customer_login: "/account/login",
  create_customer: "/account",
  localization: "/localization",
};

class FormTag extends Tag {
  private readonly type: string;
  private readonly attributes: Hash;
  private readonly templates: Template[];

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    const type = /^\s*['"](\w+)['"]/.exec(token.args);
    if (!type?.[1] || !FORM_ACTIONS[type[1]])
      throw new Error(`form: the sandbox has no form "${token.args}"`);
    this.type = type[1];
    const firstKeyword = token.args.search(/[\w-]+\s*:/);
    this.attributes = new Hash(firstKeyword < 0 ? "" : token.args.slice(firstKeyword));
    this.templates = parseBody(remaining, "endform", parser);
  }

  *render(ctx: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const given = (yield this.attributes.render(ctx)) as Record<string, unknown>;
    const all = { method: "post", action: FORM_ACTIONS[this.type], "accept-charset": "UTF-8", ...given };
    const text = Object.entries(all).map(([name, value]) => ` ${name}="${escapeHtml(String(value ?? ""))}"`);
    emitter.write(`<form${text.join("")}><input type="hidden" name="form_type" value="${this.type}">`);
    const errors = (ctx.globals as Record<string, unknown>)["form_errors"] ?? [];
    ctx.push({ form: { errors, id: given["id"] ?? this.type, "posted_successfully?": false } });
    yield this.liquid.renderer.renderTemplates(this.templates, ctx, emitter);
    ctx.pop();
    emitter.write("</form>");
  }
}

class SectionTag extends Tag {
  private readonly value: Value;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    this.value = new Value(token.args, liquid);
  }

  *render(ctx: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const name = (yield this.value.value(ctx)) as string;
    emitter.write((yield pageOf(ctx).renderSection(name)) as string);
  }
}

class ContentForTag extends Tag {
  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    if (!/^\s*['"]blocks['"]/.test(token.args))
      throw new Error("content_for: the sandbox only knows 'blocks'");
  }

  *render(ctx: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const section = (yield ctx.get(["section", "type"])) as string;
    emitter.write((yield pageOf(ctx).renderAppBlocks(section)) as string);
  }
}

class PaginateTag extends Tag {
  private readonly path: string[];
  private readonly size: Value;
  private readonly templates: Template[];

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    const match = /^\s*([\w.]+)\s+by\s+(\S+)/.exec(token.args);
    if (!match?.[1] || !match[2]) throw new Error(`paginate: cannot read "${token.args}"`);
    this.path = match[1].split(".");
    this.size = new Value(match[2], liquid);
    this.templates = parseBody(remaining, "endpaginate", parser);
  }

  *render(ctx: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const size = Number(yield this.size.value(ctx));
    const items = ((yield ctx.get(this.path)) ?? []) as unknown[];
    const holder = ((yield ctx.get(this.path.slice(0, -1))) ?? {}) as Record<string, unknown>;
    const name = this.path.at(-1) ?? "";
    const { pageNumber, path } = pageOf(ctx);
    const pages = Math.max(1, Math.ceil(items.length / size));
    const current = Math.min(Math.max(1, pageNumber), pages);
    const link = (page: number) => ({
      title: String(page),
      url: `${path}?page=${page}`,
      is_link: page !== current,
    });
    ctx.push({
      [this.path[0] ?? ""]: { ...holder, [name]: items.slice((current - 1) * size, current * size) },
      paginate: {
        current_page: current,
        page_size: size,
        items: items.length,
        pages,
        previous: current > 1 ? link(current - 1) : null,
        next: current < pages ? link(current + 1) : null,
        parts: Array.from({ length: pages }, (_unused, index) => link(index + 1)),
      },
    });
    yield this.liquid.renderer.renderTemplates(this.templates, ctx, emitter);
    ctx.pop();
  }
}

/** Registers Shopify's own tags. */
export function registerShopifyTags(engine: Liquid): void {
  engine.registerTag("schema", ignoredTag("schema"));
  engine.registerTag("doc", ignoredTag("doc"));
  engine.registerTag(
    "stylesheet",
    collectingTag("stylesheet", (page) => page.styles),
  );
  engine.registerTag(
    "javascript",
    collectingTag("javascript", (page) => page.scripts),
  );
  engine.registerTag("style", StyleTag);
  engine.registerTag("form", FormTag);
  engine.registerTag("section", SectionTag);
  engine.registerTag("content_for", ContentForTag);
  engine.registerTag("paginate", PaginateTag);
}
