import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { EXTENSION_DIR, renderBlock } from "#tests/unit/extensions/storefront-loyalty/render-block.ts";
import type { RenderOptions } from "#tests/unit/extensions/storefront-loyalty/render-block.ts";

export interface ProxyCall {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

export interface ProxyAnswer {
  status?: number;
  body: unknown;
}

type Answer = (call: ProxyCall) => ProxyAnswer;

/** A page with all four blocks and an app proxy of the test's own making. */
export interface BlocksServer {
  url: string;
  calls: ProxyCall[];
  assets: string[];
  answer: Answer;
  show: (options: Omit<RenderOptions, "block">) => void;
  close: () => Promise<void>;
}

const TYPES: Record<string, string> = { css: "text/css", js: "text/javascript" };
const STYLE = `body{margin:0;padding:16px;background:#fbf9f6;color:#211e1a;font:16px/1.55 sans-serif}
:root{--color-button:46,90,70;--buttons-radius:6px}`;

async function renderPage(options: Omit<RenderOptions, "block">): Promise<string> {
  const blocks = await Promise.all(
    ["points-on-product", "tier-badge", "referral-link", "points-widget"].map((block) =>
      renderBlock({ ...options, block }),
    ),
  );
  return `<!doctype html><html lang="${options.lang ?? "en"}"><head><title>Beans</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style>
<link rel="stylesheet" href="/assets/dangol.css"><script src="/assets/dangol.js" defer></script></head>
<body><main><h1>Beans</h1><div id="shopify-section-main"><form action="/cart/add" method="post">
<select name="id" aria-label="Size"><option value="11">250 g</option><option value="12">1 kg</option></select></form>
${blocks.slice(0, 3).join("\n")}</div></main>${blocks[3]}</body></html>`;
}

export async function serveBlocks(): Promise<BlocksServer> {
  let page: Omit<RenderOptions, "block"> = {};
  const server = createServer((request, response) => {
    void (async () => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://shop");
      if (pathname.startsWith("/assets/")) {
        handle.assets.push(pathname);
        response.setHeader("Content-Type", TYPES[pathname.split(".").at(-1) ?? ""] ?? "text/plain");
        return response.end(readFileSync(join(EXTENSION_DIR, pathname)));
      }
      if (pathname.startsWith("/apps/loyalty/")) {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const text = Buffer.concat(chunks).toString("utf8");
        const path = pathname.slice("/apps/loyalty".length);
        const call = {
          method: request.method ?? "",
          path,
          query: searchParams,
          body: text ? JSON.parse(text) : {},
        };
        handle.calls.push(call);
        const answer = handle.answer(call);
        response.writeHead(answer.status ?? 200, { "Content-Type": "application/json" });
        return response.end(JSON.stringify(answer.body));
      }
      if (pathname === "/favicon.ico") return response.writeHead(204).end();
      if (pathname !== "/") return response.writeHead(404).end();
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      return response.end(await renderPage(page));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const handle: BlocksServer = {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    calls: [],
    assets: [],
    answer: () => ({ status: 500, body: {} }),
    show: (options) => {
      page = options;
      handle.calls.length = 0;
      handle.assets.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return handle;
}
