import { escapeHtml } from "#sandbox/storefront/liquid/translate.ts";

/** Markup that is safe to put into a page as it is. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

export type Content = Markup | string | number | null | undefined | false | Content[];

function toText(content: Content): string {
  if (content instanceof Markup) return content.text;
  if (Array.isArray(content)) return content.map(toText).join("");
  if (content === null || content === undefined || content === false) return "";
  return escapeHtml(String(content));
}

/** A template of markup: whatever is put in is escaped, unless it is markup itself. */
export function markup(strings: TemplateStringsArray, ...contents: Content[]): Markup {
  return new Markup(strings.map((text, index) => text + toText(contents[index])).join(""));
}
