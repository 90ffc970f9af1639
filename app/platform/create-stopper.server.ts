import type { Logger } from "#app/platform/log/logger.server.ts";

const PATIENCE_MS = 25_000;

export interface Stopper {
  /** Adds a step. Steps run last added first, so that what was started last ends first. */
  add(step: () => Promise<unknown>): void;
  /** Runs the steps and ends the process. */
  stop(reason: string, exitCode?: number): void;
}

/**
 * Ends the process in order on SIGINT and SIGTERM, from the moment it is called. A second signal, or a step that hangs,
 * ends it at once: every step is only politeness, since jobs and transactions survive being cut off.
 */
export function createStopper(logOf: () => Logger | undefined): Stopper {
  const steps: (() => Promise<unknown>)[] = [];
  let stopping = false;
  const stop = (reason: string, exitCode = 0): void => {
    if (stopping) return;
    stopping = true;
    logOf()?.info("stopping", { reason });
    setTimeout(() => process.exit(1), PATIENCE_MS).unref();
    void (async () => {
      for (const step of steps.toReversed()) {
        await step().catch((error: unknown) => logOf()?.error("a step of stopping failed", { error }));
      }
      process.exit(exitCode);
    })();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => (stopping ? process.exit(1) : stop(signal)));
  }
  return { add: (step) => void steps.push(step), stop };
}
