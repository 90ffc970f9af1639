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
import { openDatabase } from "#app/platform/db/database.server.ts";
import { isRetryable } from "./classify-failure.ts";
import { recoverAbandonedJobs } from "./recover-abandoned-jobs.server.ts";
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
/** One listens for jobs, one is the proof of life. */
const STANDING_CONNECTIONS = 2;

/**
 * Runs jobs until stopped; several processes may do so at once. What the jobs do goes through the process's pool. The queue
 * itself listens and proves that it lives on connections of its own: past a pooler, where the settings name a way.
 */
export async function startWorker(services: Services, handlers: TaskHandlers): Promise<RunningWorker> {
  const events: WorkerEvents = new EventEmitter();
  reportFailures(services.log, events);
  const { log, config } = services;
  const { sessionUrl } = config.database;
  const { concurrency } = config.worker;
  const own =
    sessionUrl === null
      ? null
      : openDatabase({ connectionString: sessionUrl, max: concurrency + STANDING_CONNECTIONS });
  const sessions = own ?? services.db;
  const recovery = await recoverAbandonedJobs({ db: sessions, log }, events);
  const runner = await run({
    pgPool: sessions.pool,
    concurrency,
    pollInterval: POLL_INTERVAL_MS,
    noHandleSignals: true,
    taskList: taskList(services, handlers),
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
  return {
    async stop() {
      await runner.stop();
      await recovery.stop();
      await own?.close();
    },
  };
}

function taskList(services: Services, handlers: TaskHandlers): TaskList {
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
        if (!isRetryable(error)) await giveUp(services, job);
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

/**
 * Uses up the attempts of a job that no retry can help, before the queue hears of its failure: so it is dead at once, as
 * visible as one that ran out of attempts, and whoever asks for it to run again gives it all its attempts.
 */
async function giveUp(services: Services, job: Job): Promise<void> {
  try {
    await services.db.query(
      "update graphile_worker._private_jobs set attempts = max_attempts where id = $1",
      [job.id],
    );
    services.log.error("job given up", fieldsOf(job));
  } catch (error) {
    services.log.error("a hopeless job could not be given up, and will run again", {
      ...fieldsOf(job),
      error,
    });
  }
}

function reportFailures(log: Logger, events: WorkerEvents): void {
  events.on("job:error", ({ job, error }) => {
    const last = job.attempts >= job.max_attempts;
    log[last ? "error" : "warn"](last ? "job failed for the last time" : "job failed", {
      ...fieldsOf(job),
      error,
    });
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
