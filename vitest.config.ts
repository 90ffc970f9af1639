import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const setup = { setupFiles: ["tests/support/fail-on-console.ts", "tests/support/property-seed.ts"] };
// Vitest by itself leaves a processor free, which on two is half of them.
const parallel = { maxWorkers: "100%" };
const withPostgres = { globalSetup: "tests/support/global-postgres.ts" };

// .ci/run counts from a report; a person reads the default one.
const report = process.env["DANGOL_TEST_REPORT"];

/** The one file that takes minutes by itself goes first, so that the others fill the time beside it. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith("reference-model.test.ts");
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.{ts,tsx}"],
          testTimeout: 30_000,
          ...setup,
          ...parallel,
        },
      },
      {
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          ...setup,
          ...parallel,
          ...withPostgres,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
          ...setup,
          ...withPostgres,
        },
      },
    ],
  },
});
