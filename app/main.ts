import { existsSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ServerBuild } from "@remix-run/node";
import { ConfigurationError } from "#app/platform/errors.ts";
import { createAppServer } from "#app/platform/http/create-app-server.server.ts";
import { startWorker } from "#app/platform/jobs/run-worker.server.ts";
import { createStopper } from "#app/platform/create-stopper.server.ts";
import { closeServices, getServices, type Services } from "#app/services.server.ts";
import { taskHandlers } from "#app/task-handlers.server.ts";

// The app as one process: database, worker and web server. `npm run worker` runs the worker alone.

const BUILD = join(import.meta.dirname, "../build");

let services: Services | undefined;
const stopper = createStopper(() => services?.log);
stopper.add(closeServices);

try {
  services = await getServices();
  if (services.config.worker.enabled) {
    const worker = await startWorker(services, taskHandlers);
    stopper.add(() => worker.stop());
  }
  const server = await listen(services);
  stopper.add(() => close(server));
  services.log.info("the app is up", { port: services.config.port });
} catch (error) {
  // Before the app is up, the terminal is where a person looks.
  console.error(error instanceof ConfigurationError ? error.message : error);
  stopper.stop("the app could not start", 1);
}

async function listen(ready: Services): Promise<Server> {
  const server = createAppServer({
    services: ready,
    build: await loadBuild(),
    clientDir: join(BUILD, "client"),
  });
  const { port } = ready.config;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? new ConfigurationError(`Port ${port} (PORT) is taken.`) : error);
    });
    server.listen(port, () => resolve());
  });
  return server;
}

async function loadBuild(): Promise<ServerBuild> {
  const file = join(BUILD, "server/index.js");
  if (!existsSync(file)) throw new ConfigurationError("There is no build yet: run `npm run build` first.");
  // Vite writes this module; its shape is Remix's ServerBuild.
  return (await import(pathToFileURL(file).href)) as ServerBuild;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 5_000).unref();
  });
}
