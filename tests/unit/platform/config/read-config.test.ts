import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { ConfigurationError } from "#app/platform/errors.ts";
import { readConfig } from "#app/platform/config/read-config.server.ts";

const example = (): Record<string, string> => ({
  ...(parseEnv(readFileSync(".env.example", "utf8")) as Record<string, string>),
});

const production = (over: Record<string, string> = {}) => {
  const { SHOPIFY_SANDBOX_URL: _sandbox, ...rest } = example();
  return {
    ...rest,
    NODE_ENV: "production",
    SHOPIFY_API_SECRET: "a-real-secret-of-ours",
    DANGOL_HASH_SECRET: "another-real-secret",
    SHOPIFY_APP_URL: "https://app.example.com/",
    DATABASE_URL: "postgresql://dangol@db.example.com/dangol",
    ...over,
  };
};

const problemsOf = (environment: Record<string, string>): string[] => {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.data["problems"] as string[];
  }
};

test(".env.example works as it is, with the sandbox", () => {
  const config = readConfig(example());
  expect(config.shopify).toMatchObject({
    apiKey: "dangol-sandbox-key",
    apiSecret: "dangol-sandbox-secret",
    sandboxUrl: "http://localhost:4000",
    appBridgeUrl: "http://localhost:4000/app-bridge.js",
  });
  expect(config.database.url).toBeNull();
  expect(config.worker.enabled).toBe(true);
});

test("every wrong variable is named at once, and no value is repeated", () => {
  const environment = {
    ...example(),
    PORT: "ninety",
    DANGOL_WORKER: "maybe",
    SHOPIFY_API_SECRET: "short",
    DATABASE_URL: "mysql://x",
  };
  const problems = problemsOf(environment).join("\n");
  for (const name of ["PORT", "DANGOL_WORKER", "SHOPIFY_API_SECRET", "DATABASE_URL"])
    expect(problems).toContain(`${name}:`);
  expect(problems).not.toContain("short");
});

test("no secret has a default", () => {
  const problems = problemsOf({ SHOPIFY_APP_URL: "http://localhost:3000", SHOPIFY_API_KEY: "key" }).join(
    "\n",
  );
  expect(problems).toMatch(/SHOPIFY_API_SECRET: is missing/u);
});

test("hashes are keyed by the API secret until they have a secret of their own", () => {
  expect(readConfig(production({ DANGOL_HASH_SECRET: "" })).hashSecret).toBe(
    production()["SHOPIFY_API_SECRET"],
  );
  expect(readConfig(production()).hashSecret).toBe("another-real-secret");
});

test("production refuses the sandbox, the public secrets of .env.example and plain http, all at once", () => {
  expect(problemsOf(production())).toEqual([]);
  const problems = problemsOf({ ...example(), NODE_ENV: "production" }).join("\n");
  for (const name of ["SHOPIFY_SANDBOX_URL", "SHOPIFY_API_SECRET", "DANGOL_HASH_SECRET", "SHOPIFY_APP_URL"]) {
    expect(problems).toContain(`${name}:`);
  }
  expect(problemsOf(production({ SHOPIFY_SANDBOX_URL: "http://localhost:4000" }))).toHaveLength(1);
});

test("the result is frozen all the way down, and booleans are booleans", () => {
  const config = readConfig({ ...example(), DANGOL_WORKER: "off" });
  expect(config.worker.enabled).toBe(false);
  expect(
    Object.isFrozen(config) && Object.isFrozen(config.shopify) && Object.isFrozen(config.shopify.scopes),
  ).toBe(true);
});

test("an empty variable is one that is not set, and an address loses its last slash", () => {
  const config = readConfig(production({ SHOPIFY_API_SECRET_PREVIOUS: "" }));
  expect(config.shopify.previousApiSecret).toBeNull();
  expect(config.shopify.appUrl).toBe("https://app.example.com");
});

test("a way past the pooler goes with the address of the pooler", () => {
  const sessionUrl = "postgresql://dangol@db.example.com/dangol";
  expect(readConfig(production()).database.sessionUrl).toBeNull();
  expect(readConfig(production({ DATABASE_SESSION_URL: sessionUrl })).database.sessionUrl).toBe(sessionUrl);
  expect(problemsOf({ ...example(), DATABASE_SESSION_URL: sessionUrl })).toEqual([
    expect.stringContaining("DATABASE_SESSION_URL"),
  ]);
});
