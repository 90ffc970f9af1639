import { createServer, type Server } from "node:http";
import { createRequestHandler } from "@remix-run/express";
import type { ServerBuild } from "@remix-run/node";
import express from "express";
import type { Services } from "#app/services.server.ts";
import { errorPage } from "./error-page.ts";
import { COMMON_HEADERS } from "./security-headers.ts";
import { answerWebhook, isWebhook } from "./webhook-listener.server.ts";

export interface AppServerOptions {
  services: Services;
  build: ServerBuild;
  /** The folder of Vite's client build. */
  clientDir: string;
}

const KEEP_ALIVE_MS = 65_000;

/** The HTTP server of the app: webhooks first and bare, then static files, then Remix. */
export function createAppServer(options: AppServerOptions): Server {
  const { services } = options;
  const app = expressApp(options);
  const server = createServer((request, response) => {
    if (isWebhook(request)) void answerWebhook(services, request, response);
    else app(request, response);
  });
  // Longer than a load balancer's, so that it never reuses a connection that we are closing.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = 30_000;
  return server;
}

/** What nobody has said may be kept is for the asker alone: loaders' data among it, which Remix sends without a word. */
function keepPrivate(response: express.Response): void {
  const writeHead = response.writeHead.bind(response) as (...parts: unknown[]) => express.Response;
  response.writeHead = ((...parts: unknown[]) => {
    if (!response.hasHeader("Cache-Control")) response.setHeader("Cache-Control", "private, no-store");
    return writeHead(...parts);
  }) as typeof response.writeHead;
}

function expressApp({ services, build, clientDir }: AppServerOptions): express.Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", true);
  app.use((_request, response, next) => {
    for (const [name, value] of Object.entries(COMMON_HEADERS)) response.setHeader(name, value);
    if (services.config.shopify.appUrl.startsWith("https://")) {
      response.setHeader("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    }
    keepPrivate(response);
    next();
  });
  app.use("/assets", express.static(`${clientDir}/assets`, { immutable: true, maxAge: "1y", index: false }));
  app.use(express.static(clientDir, { maxAge: "1h", index: false }));
  // Always the production handler: in any other mode Remix puts stacks into its answers.
  app.all("*", createRequestHandler({ build, mode: "production" }));
  const lastResort: express.ErrorRequestHandler = (error, request, response, _next) => {
    services.log.error("a request failed", { error, path: request.path, method: request.method });
    if (response.headersSent) response.destroy();
    else
      response
        .status(500)
        .type("html")
        .set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        .send(errorPage());
  };
  app.use(lastResort);
  return app;
}
