import type { Step } from "./draw-command.ts";
import { runHistory, type Failure } from "./run-history.ts";

/** Leaves out of a failing history what it fails without, in ever smaller pieces, for as long as there is time. */
export async function shrinkHistory(url: string, first: Failure, milliseconds: number): Promise<Failure> {
  const until = Date.now() + milliseconds;
  let failure = first;
  for (let size = Math.ceil(first.step / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < first.step; from += size) {
      if (Date.now() > until) return failure;
      const piece = Array.from({ length: size }, (_, index) => from + index);
      const without = new Set([...(failure.history.without ?? []), ...piece]);
      const { failure: still } = await runHistory(url, { ...failure.history, without }, { every: 20 });
      if (still) failure = still;
    }
  }
  return failure;
}

/** What to read when a history has failed, and how to see it again. */
export function tellFailure({ history, step, found, done }: Failure): string {
  const { seed, commands } = history;
  return [
    `The product and the model differ after step ${step}. To see it again:`,
    `DANGOL_MODEL_SEED=${seed} DANGOL_MODEL_COMMANDS=${commands} npx vitest run tests/integration/loyalty/reference-model.test.ts`,
    "- what the model says, + what the product says:",
    ...found.slice(0, 40),
    `The last of the ${done.length} steps that are enough for it:`,
    ...done.slice(-25).map(tellStep),
  ].join("\n");
}

function tellStep(step: Step): string {
  return JSON.stringify(step, (key, value: unknown) =>
    key === "used" && value instanceof Set ? [...value] : value,
  );
}
