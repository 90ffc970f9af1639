import { readFileSync } from "node:fs";
import type { SandboxContext } from "#sandbox/context.ts";

const read = (name: string) => readFileSync(new URL(`./inspector/${name}`, import.meta.url), "utf8");

/** The inspector: one page that asks the control API every two seconds what happened. */
export function inspectorPage(context: SandboxContext): string {
  const shops = [...context.store.state.shops.values()].map(({ shop }) => shop);
  const options = shops
    .map((shop) => `<option value="${shop.domain}">${escapeHtml(shop.name)}</option>`)
    .join("");
  return read("page.html")
    .replace("/* style */", () => read("style.css"))
    .replace("/* script */", () => read("script.js"))
    .replace("<!-- shops -->", () => options)
    .replace("<!-- app -->", () => escapeHtml(context.app.url));
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
