import { expect, test } from "vitest";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import pastFailures from "#tests/support/model/past-failures.json" with { type: "json" };
import { runHistory, type Failure } from "#tests/support/model/run-history.ts";
import { shrinkHistory, tellFailure } from "#tests/support/model/shrink-history.ts";

// Every history has a shop of its own, and its steps come from its seed alone. Each webhook of a burst counts as a
// command: half of them arrive in bursts, which are settled as one set, as reconciliation and past orders are.
const COMMANDS = Number(process.env["DANGOL_MODEL_COMMANDS"] ?? 100_000);
const HISTORY = 2_000;
const AT_ONCE = 4;
// The same seeds every time, so that a red build is the change's doing; DANGOL_MODEL_SEED chooses others.
const SEED = Number(process.env["DANGOL_MODEL_SEED"] ?? 1);

const database = useTestDatabase();

test.each(pastFailures)(
  "T34 what failed once agrees now: $found",
  async ({ seed, commands }) => {
    const { failure } = await runHistory(database.url, { seed, commands }, { every: 20 });
    expect(failure && tellFailure(failure)).toBe(null);
  },
  120_000,
);

test("T34 a model of the rules and the product agree over random commands", async () => {
  console.log(`T34: ${COMMANDS} commands, seeds from ${SEED}`);
  let [seed, left] = [SEED, COMMANDS];
  let failure: Failure | null = null;
  const work = async (): Promise<void> => {
    while (left > 0 && failure === null) {
      const history = { seed, commands: Math.min(HISTORY, left) };
      [seed, left] = [seed + 1, left - history.commands];
      failure ??= (await runHistory(database.url, history)).failure;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (failure !== null) expect.fail(tellFailure(await shrinkHistory(database.url, failure, 60_000)));
}, 3_600_000);

test.each<[string, (program: ProgramSettings) => ProgramSettings]>([
  [
    "another rounding",
    (program) => ({
      ...program,
      earn: { ...program.earn, rounding: program.earn.rounding === "up" ? "down" : "up" },
    }),
  ],
  [
    "a day more of hold",
    (program) => ({ ...program, earn: { ...program.earn, holdDays: program.earn.holdDays + 1 } }),
  ],
  [
    "tiers by another basis",
    (program) => ({ ...program, tierRules: { ...program.tierRules, basis: "orders" } }),
  ],
])(
  "T34 notices %s",
  async (_, misread) => {
    const { failure } = await runHistory(database.url, { seed: 1, commands: 600 }, { every: 20, misread });
    expect(failure).not.toBe(null);
  },
  120_000,
);
