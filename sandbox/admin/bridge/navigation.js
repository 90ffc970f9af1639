import { EMBEDDED_PARAMS, bounceTarget, memory, on, send } from "./messages.js";

/** The page's address without what Shopify adds to it. */
function currentPath() {
  const url = new URL(location.href);
  for (const name of EMBEDDED_PARAMS) url.searchParams.delete(name);
  return url.pathname + url.search + url.hash;
}

function reportPath() {
  send("navigated", { path: currentPath(), title: document.title });
}

for (const name of ["pushState", "replaceState"]) {
  const native = history[name].bind(history);
  history[name] = (...args) => {
    native(...args);
    reportPath();
  };
}
window.addEventListener("popstate", reportPath);
if (bounceTarget === null) reportPath();

/** A menu item was clicked in the shell: the app's router hears it as App Bridge's own event. */
on("navigate", ({ path }) => {
  const link = document.createElement("a");
  link.setAttribute("href", path);
  link.hidden = true;
  document.body.append(link);
  link.dispatchEvent(new CustomEvent("shopify:navigate", { bubbles: true, cancelable: true }));
  link.remove();
});

/** Addresses of Shopify's admin and of the shop, as paths of the sandbox; undefined for any other. */
function toSandboxPath(address) {
  const text = String(address);
  const scheme = /^shopify:\/*admin\/?(.*)$/.exec(text);
  if (scheme) return `/admin/${scheme[1]}`;
  const admin = /^https:\/\/admin\.shopify\.com\/store\/[^/]+\/?(.*)$/.exec(text);
  if (admin) return `/admin/${admin[1]}`;
  return memory.shop && text.startsWith(`https://${memory.shop}/`)
    ? text.slice(`https://${memory.shop}`.length)
    : undefined;
}

/** Lets the shell open an address of the admin, the shop or the app; false for any other. */
export function openInAdmin(address, newTab = false) {
  const path = toSandboxPath(address);
  if (path === undefined && new URL(address, location.href).origin !== location.origin) return false;
  send("open", { path: path ?? new URL(address, location.href).href, newTab });
  return true;
}

document.addEventListener(
  "click",
  (event) => {
    const link = event
      .composedPath()
      .find((node) => node instanceof HTMLAnchorElement && node.hasAttribute("href"));
    if (!link || toSandboxPath(link.getAttribute("href")) === undefined) return;
    event.preventDefault();
    openInAdmin(link.getAttribute("href"), link.target === "_blank" || event.metaKey || event.ctrlKey);
  },
  true,
);

const nativeOpen = window.open.bind(window);
window.open = (address, target, features) => {
  if (address !== undefined && toSandboxPath(address) !== undefined) {
    openInAdmin(address, target === undefined || target === "_blank");
    return null;
  }
  return nativeOpen(address, target, features);
};
