import { ConfigurationError } from "#app/platform/errors.ts";
import { startWorker } from "#app/platform/jobs/run-worker.server.ts";
import { createStopper } from "#app/platform/create-stopper.server.ts";
import { closeServices, getServices, type Services } from "#app/services.server.ts";
import { taskHandlers } from "#app/task-handlers.server.ts";

// Background work alone, beside any number of web processes started with DANGOL_WORKER=off.

let services: Services | undefined;
const stopper = createStopper(() => services?.log);
stopper.add(closeServices);

try {
  services = await getServices();
  const worker = await startWorker(services, taskHandlers);
  stopper.add(() => worker.stop());
  services.log.info("the worker is up", { count: services.config.worker.concurrency });
} catch (error) {
  console.error(error instanceof ConfigurationError ? error.message : error);
  stopper.stop("the worker could not start", 1);
}
