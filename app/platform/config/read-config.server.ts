import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { ConfigurationError } from "#app/platform/errors.ts";
import { APP_SCOPES } from "#app/platform/shopify/app-scopes.ts";
import type { Config } from "./config.ts";

type Environment = Record<string, string | undefined>;

/** The secrets of .env.example: anyone can read them, so production refuses them. */
const PUBLIC_SECRETS = new Set(["dangol-sandbox-secret", "dangol-sandbox-hash-secret"]);

const url = z.url({ protocol: /^https?$/u }).transform((value) => value.replace(/\/+$/u, ""));
const secret = z.string().min(16, "must have at least 16 characters");
const port = z.coerce.number().int().min(0).max(65_535);
const onOff = z.enum(["on", "off"]).transform((value) => value === "on");

const environmentSchema = z.object({
  // The process.
  NODE_ENV: z.enum(["development", "test", "production"]).default("development"),
  PORT: port.default(3000),
  DANGOL_LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
  // PostgreSQL: a URL, or the embedded server in a folder.
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/u }).optional(),
  // The same database past a pooler in transaction mode: migrations, the queue and the workers' proof of life use it.
  DATABASE_SESSION_URL: z.url({ protocol: /^postgres(ql)?$/u }).optional(),
  DANGOL_DATA_DIR: z.string().default(".dangol/postgres"),
  DANGOL_PG_PORT: port.optional(),
  DANGOL_DB_POOL: z.coerce.number().int().min(2).max(200).default(20),
  // Background work.
  DANGOL_WORKER: onOff.default(true),
  DANGOL_WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(100).default(6),
  // Shopify. No secret has a default.
  SHOPIFY_API_KEY: z.string().min(1),
  SHOPIFY_API_SECRET: secret,
  SHOPIFY_API_SECRET_PREVIOUS: secret.optional(),
  SHOPIFY_APP_URL: url,
  SCOPES: z.string().default(APP_SCOPES.join(",")),
  SHOPIFY_SANDBOX_URL: url.optional(),
  // Keyed hashes of guests' e-mails and of IP prefixes; the API secret keys them when this is not set.
  DANGOL_HASH_SECRET: secret.optional(),
});

type ParsedEnvironment = z.infer<typeof environmentSchema>;

/**
 * Reads, checks and freezes the settings. A ConfigurationError lists everything that is wrong at once.
 * Without arguments it reads this process's environment, after .env (see loadEnvironmentFiles).
 */
export function readConfig(environment?: Environment): Config {
  if (environment === undefined) loadEnvironmentFiles();
  const parsed = environmentSchema.safeParse(withoutEmpty(environment ?? process.env));
  if (!parsed.success) {
    throw configurationError(
      parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${messageOf(issue)}`),
    );
  }
  const problems = crossFieldProblems(parsed.data);
  if (problems.length > 0) throw configurationError(problems);
  return deepFreeze(configFrom(parsed.data));
}

/** Real variables win over .env; outside production .env.example stands in for a missing .env, so that a fresh clone starts. */
function loadEnvironmentFiles(): void {
  if (existsSync(".env")) process.loadEnvFile(".env");
  else if (process.env["NODE_ENV"] !== "production" && existsSync(".env.example"))
    process.loadEnvFile(".env.example");
}

function crossFieldProblems(env: ParsedEnvironment): string[] {
  const problems: string[] = [];
  if (env.DATABASE_SESSION_URL !== undefined && env.DATABASE_URL === undefined)
    problems.push("DATABASE_SESSION_URL: goes with a DATABASE_URL, which is missing");
  if (env.NODE_ENV !== "production") return problems;
  if (env.SHOPIFY_SANDBOX_URL !== undefined) {
    problems.push(
      "SHOPIFY_SANDBOX_URL: the sandbox answers in Shopify's name, so it is refused in production",
    );
  }
  for (const name of ["SHOPIFY_API_SECRET", "SHOPIFY_API_SECRET_PREVIOUS", "DANGOL_HASH_SECRET"] as const) {
    const value = env[name];
    if (value !== undefined && PUBLIC_SECRETS.has(value))
      problems.push(`${name}: is the public one of .env.example`);
  }
  if (!env.SHOPIFY_APP_URL.startsWith("https://"))
    problems.push("SHOPIFY_APP_URL: must be https in production");
  return problems;
}

function configFrom(env: ParsedEnvironment): Config {
  const sandboxUrl = env.SHOPIFY_SANDBOX_URL ?? null;
  return {
    environment: env.NODE_ENV,
    port: env.PORT,
    logLevel: env.DANGOL_LOG_LEVEL,
    database: {
      url: env.DATABASE_URL ?? null,
      sessionUrl: env.DATABASE_SESSION_URL ?? null,
      dataDir: resolve(env.DANGOL_DATA_DIR),
      embeddedPort: env.DANGOL_PG_PORT ?? null,
      poolMax: env.DANGOL_DB_POOL,
    },
    worker: { enabled: env.DANGOL_WORKER, concurrency: env.DANGOL_WORKER_CONCURRENCY },
    shopify: {
      apiKey: env.SHOPIFY_API_KEY,
      apiSecret: env.SHOPIFY_API_SECRET,
      previousApiSecret: env.SHOPIFY_API_SECRET_PREVIOUS ?? null,
      appUrl: env.SHOPIFY_APP_URL,
      scopes: env.SCOPES.split(",")
        .map((scope) => scope.trim())
        .filter((scope) => scope !== ""),
      sandboxUrl,
      appBridgeUrl: sandboxUrl === null ? null : `${sandboxUrl}/app-bridge.js`,
    },
    hashSecret: env.DANGOL_HASH_SECRET ?? env.SHOPIFY_API_SECRET,
  };
}

function configurationError(problems: string[]): ConfigurationError {
  const list = problems.map((problem) => `  - ${problem}`).join("\n");
  return new ConfigurationError(`The settings cannot work:\n${list}\nSee .env.example.`, {
    data: { problems },
  });
}

// zod's own words for a missing variable are about types; and no message may quote a value, since some are secret.
function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === "invalid_type" ? "is missing" : issue.message;
}

function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (typeof inner === "object" && inner !== null) deepFreeze(inner);
  return Object.freeze(value);
}
