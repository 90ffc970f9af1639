import { defineConfig } from "vitest/config";

const setup = { setupFiles: ["tests/support/fail-on-console.ts"] };
const withPostgres = { globalSetup: "tests/support/global-postgres.ts" };

// .ci/run counts from a report; a person reads the default one.
const report = process.env["DANGOL_TEST_REPORT"];

export default defineConfig({
  test: {
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
    projects: [
      { test: { name: "unit", include: ["tests/unit/**/*.test.{ts,tsx}"], ...setup } },
      {
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          ...setup,
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
