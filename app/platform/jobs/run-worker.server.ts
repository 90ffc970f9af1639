import {
  Logger as WorkerLogger,
  parseCrontab,
  run,
  type Job,
  type TaskList,
  type WorkerEvents,
} from "graphile-worker";
import { EventEmitter } from "node:events";
import type { Logger } from "#app/platform/log/logger.server.ts";
import type { Services } from "#app/services.server.ts";
import { isRetryable } from "./classify-failure.ts";
import type { TaskName, Tasks } from "./tasks.ts";

export interface TaskRun {
  now: Date;
  attempt: number;
  maxAttempts: number;
}

export type TaskHandlers = {
  [N in keyof Tasks]: (services: Services, payload: Tasks[N], run: TaskRun) => Promise<void>;
};

export interface RunningWorker {
  /** Takes no further job and waits for those under way. */
  stop(): Promise<void>;
}

/** Times are UTC; what has to happen at a shop's midnight finds the shops whose midnight it was. */
const CRONTAB = `
*/10 * * * * schedule-nightly ?jobKey=schedule-nightly&max=3
17 * * * * schedule-reconcile ?jobKey=schedule-reconcile&max=3
41 3 * * * drop-payloads ?jobKey=drop-payloads&max=5
`;

const POLL_INTERVAL_MS = 2_000;

/** Runs jobs on the process's pool until stopped. Several processes may do so at once. */
export async function startWorker(services: Services, handlers: TaskHandlers): Promise<RunningWorker> {
  const events: WorkerEvents = new EventEmitter();
  const hopeless = new Set<string>();
  giveUpHopelessJobs(services, events, hopeless);
  const runner = await run({
    pgPool: services.db.pool,
    concurrency: services.config.worker.concurrency,
    pollInterval: POLL_INTERVAL_MS,
    noHandleSignals: true,
    taskList: taskList(services, handlers, hopeless),
    parsedCronItems: parseCrontab(CRONTAB),
    events,
    logger: workerLogger(services.log),
  });
  // A runner that dies is not silent: the process has no reason to live without it, and its supervisor restarts it.
  runner.promise.catch((error: unknown) => {
    services.log.error("the worker died", { error });
    process.exitCode = 1;
    process.kill(process.pid, "SIGTERM");
  });
  return { stop: () => runner.stop() };
}

function taskList(services: Services, handlers: TaskHandlers, hopeless: Set<string>): TaskList {
  const tasks: TaskList = {};
  const add = <N extends TaskName>(name: N, handler: TaskHandlers[N]): void => {
    tasks[name] = async (payload, { job }) => {
      const started = performance.now();
      const times = { now: services.now(), attempt: job.attempts, maxAttempts: job.max_attempts };
      try {
        // Only enqueue() adds jobs, and it types the payload by the task.
        await handler(services, payload as Tasks[N], times);
        services.log.debug("job done", {
          ...fieldsOf(job),
          durationMs: Math.round(performance.now() - started),
        });
      } catch (error) {
        if (!isRetryable(error)) hopeless.add(job.id);
        throw error;
      }
    };
  };
  for (const name of namesOf(handlers)) add(name, handlers[name]);
  return tasks;
}

function namesOf(handlers: TaskHandlers): TaskName[] {
  return Object.keys(handlers) as TaskName[];
}

// The queue's own attempts count is what Activity reads, so a job that no retry can help is marked dead there, as soon as
// the queue has let go of it. Should we die in between, it merely runs once more.
function giveUpHopelessJobs(services: Services, events: WorkerEvents, hopeless: Set<string>): void {
  events.on("job:error", ({ job, error }) => {
    const last = hopeless.has(job.id) || job.attempts >= job.max_attempts;
    services.log[last ? "error" : "warn"](last ? "job given up" : "job failed, will run again", {
      ...fieldsOf(job),
      error,
    });
  });
  events.on("job:complete", ({ job, error }) => {
    if (!hopeless.delete(job.id)) return;
    const reason = error instanceof Error ? error.message : String(error);
    services.db
      .query("select graphile_worker.permanently_fail_jobs($1::bigint[], $2::text)", [[job.id], reason])
      .catch((failure: unknown) =>
        services.log.error("a hopeless job could not be given up", { ...fieldsOf(job), error: failure }),
      );
  });
}

function fieldsOf(job: Job): { task: string; jobId: string; shopId: string | undefined; attempt: number } {
  const payload = job.payload;
  const shopId =
    typeof payload === "object" &&
    payload !== null &&
    "shopId" in payload &&
    typeof payload.shopId === "string"
      ? payload.shopId
      : undefined;
  return { task: job.task_identifier, jobId: String(job.id), shopId, attempt: job.attempts };
}

/** Only its warnings and errors: our own events tell the rest, with fields. */
function workerLogger(log: Logger): WorkerLogger {
  return new WorkerLogger(() => (level, message) => {
    if (level === "error") log.error(message);
    else if (level === "warning") log.warn(message);
  });
}
