import type { Services } from "#app/services.server.ts";
import type { Tasks } from "./tasks.ts";

export interface TaskRun {
  now: Date;
  attempt: number;
  maxAttempts: number;
}

export type TaskHandlers = {
  [N in keyof Tasks]: (services: Services, payload: Tasks[N], run: TaskRun) => Promise<void>;
};
