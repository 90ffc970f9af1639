import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { drawFavicon, drawProduct } from "./draw-product.ts";
import { extensionHandle } from "./extension.ts";
import { THEME_DIR } from "./render-page.ts";
import type { SandboxContext } from "#sandbox/context.ts";
import type { SandboxRequest, SandboxResponse } from "#sandbox/http.ts";

const CONTENT_TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

const ASSET_NAME = /^[\w-]+(\.[\w-]+)*$/;

function serveFile(request: SandboxRequest, folder: string, name: string): SandboxResponse {
  const file = join(folder, name);
  if (!ASSET_NAME.test(name) || !existsSync(file)) return { status: 404, body: "Not found" };
  const type = CONTENT_TYPES[extname(name)] ?? "application/octet-stream";
  const isVersioned = request.url.searchParams.has("v");
  const headers: Record<string, string> = {
    "content-type": type,
    "cache-control": isVersioned ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
  };
  const body = readFileSync(file);
  if (!/text|json|svg|javascript/.test(type) || !request.headers.get("accept-encoding")?.includes("gzip")) {
    return { status: 200, headers, body };
  }
  return { status: 200, headers: { ...headers, "content-encoding": "gzip" }, body: gzipSync(body) };
}

function serveDrawing(body: string): SandboxResponse {
  return {
    status: 200,
    headers: { "content-type": "image/svg+xml", "cache-control": "public, max-age=3600" },
    body,
  };
}

/** Theme files, the app extension's files, and the drawings that stand for product photographs. */
export function serveAsset(context: SandboxContext, request: SandboxRequest): SandboxResponse | undefined {
  const path = decodeURIComponent(request.url.pathname);
  const extensionPrefix = `/extensions/${extensionHandle(context.app.extensionDir)}/assets/`;
  if (path.startsWith(extensionPrefix)) {
    return serveFile(request, join(context.app.extensionDir, "assets"), path.slice(extensionPrefix.length));
  }
  const state = context.store.shop(request.shop);
  if (path === "/theme/assets/favicon.svg" || path === "/favicon.ico")
    return serveDrawing(drawFavicon(state.shop));
  if (path.startsWith("/theme/assets/")) {
    return serveFile(request, join(THEME_DIR, "assets"), path.slice("/theme/assets/".length));
  }
  const drawn = [...state.products.values()].find(
    (product) =>
      product.images.some((image) => image.path === path) || path === `/cdn/products/${product.handle}.svg`,
  );
  return drawn ? serveDrawing(drawProduct(drawn)) : undefined;
}
