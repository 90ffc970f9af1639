import { pino, type DestinationStream } from "pino";

/** What a log line may say. Anything else is dropped: no payload, name, e-mail, token or URL with a query gets out. */
export interface LogFields {
  shopId?: string | undefined;
  webhookId?: string | undefined;
  topic?: string | undefined;
  task?: string | undefined;
  jobId?: string | undefined;
  attempt?: number | undefined;
  outcome?: string | undefined;
  reason?: string | undefined;
  code?: string | undefined;
  method?: string | undefined;
  path?: string | undefined;
  status?: number | undefined;
  durationMs?: number | undefined;
  count?: number | undefined;
  port?: number | undefined;
  operation?: string | undefined;
  orderId?: string | undefined;
  memberId?: string | undefined;
  redemptionId?: string | undefined;
  referralId?: string | undefined;
  localDate?: string | undefined;
  error?: unknown;
}

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

type Level = "debug" | "info" | "warn" | "error";

const ALLOWED = {
  shopId: true,
  webhookId: true,
  topic: true,
  task: true,
  jobId: true,
  attempt: true,
  outcome: true,
  reason: true,
  code: true,
  method: true,
  path: true,
  status: true,
  durationMs: true,
  count: true,
  port: true,
  operation: true,
  orderId: true,
  memberId: true,
  redemptionId: true,
  referralId: true,
  localDate: true,
} as const satisfies Record<Exclude<keyof LogFields, "error">, true>;

/** Structured JSON lines with an allowlist of fields; see LogFields. */
export function createLogger(options: { level: string; destination?: DestinationStream }): Logger {
  const settings = { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  const sink = options.destination === undefined ? pino(settings) : pino(settings, options.destination);
  const write =
    (level: Level) =>
    (message: string, fields: LogFields = {}) => {
      sink[level](allowedFields(fields), message);
    };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

function allowedFields(fields: LogFields): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name in ALLOWED && value !== undefined) kept[name] = typeof value === "string" ? scrub(value) : value;
  }
  if (fields.error !== undefined) kept["error"] = describeError(fields.error);
  return kept;
}

/** The name, code, message and place of an error. Its data and causes stay out, since they may quote a payload. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: scrub(String(error)) };
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  const frames = (error.stack ?? "").split("\n").filter((line) => line.trimStart().startsWith("at "));
  return { name: error.name, ...code, message: scrub(error.message), stack: frames.slice(0, 8).join("\n") };
}

const EMAIL = /[^\s@"'<>]+@[^\s@"'<>]+\.[^\s@"'<>]+/gu;
const TOKEN = /\b(?:shp[a-z]{2}_[A-Za-z0-9_]+|eyJ[\w-]+\.[\w-]+\.[\w-]*)/gu;
const PHONE = /\+\d[\d\s()-]{7,}\d/gu;

/** Messages of libraries may quote what they were given: an address, a phone number, an ID token. */
function scrub(text: string): string {
  return text.replace(TOKEN, "[token]").replace(EMAIL, "[email]").replace(PHONE, "[phone]").slice(0, 2000);
}
