import { z } from "zod";
import type { GatewayFailure } from "./gateway.ts";
import type { ThrottleStatus } from "./pacer.ts";

const answerSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  // Shopify answers some refusals with {"errors": "text"}.
  errors: z
    .union([
      z.string().transform((message) => [{ message, extensions: undefined }]),
      z.array(
        z.object({ message: z.string(), extensions: z.object({ code: z.string().optional() }).optional() }),
      ),
    ])
    .optional(),
  extensions: z
    .object({
      cost: z
        .object({
          requestedQueryCost: z.number().optional(),
          actualQueryCost: z.number().nullish(),
          throttleStatus: z
            .object({ maximumAvailable: z.number(), currentlyAvailable: z.number(), restoreRate: z.number() })
            .optional(),
        })
        .optional(),
    })
    .optional(),
});

export interface ReadAnswer {
  outcome: { ok: true; data: Record<string, unknown> } | { ok: false; failure: GatewayFailure };
  cost: number | undefined;
  throttleStatus: ThrottleStatus | undefined;
}

/** What an Admin API answer means. Anything that leaves a mutation's outcome open is `unavailable`, never `refused`. */
export function readAnswer(status: number, retryAfter: string | null, body: unknown): ReadAnswer {
  const parsed = answerSchema.safeParse(body);
  const answer = parsed.success ? parsed.data : undefined;
  const cost = answer?.extensions?.cost;
  return {
    outcome: outcomeOf(status, retryAfter, answer),
    cost: cost?.requestedQueryCost,
    throttleStatus: cost?.throttleStatus,
  };
}

type Answer = z.infer<typeof answerSchema>;

function outcomeOf(
  status: number,
  retryAfter: string | null,
  answer: Answer | undefined,
): ReadAnswer["outcome"] {
  const errors = answer?.errors ?? [];
  const messages = errors.map((error) => error.message);
  if (status === 429) return failed({ kind: "throttled", retryAfterMs: secondsToMs(retryAfter) });
  if (status === 401 || status === 403 || status === 404) {
    return failed({ kind: "unauthorized", reason: messages[0] ?? `HTTP ${status}` });
  }
  if (status >= 400 && status < 500 && status !== 402 && status !== 408 && status !== 423) {
    return failed({ kind: "refused", messages: messages.length > 0 ? messages : [`HTTP ${status}`] });
  }
  if (status !== 200 || answer === undefined)
    return failed({ kind: "unavailable", reason: `HTTP ${status}` });
  if (errors.length > 0) return failed(failureOf(errors, messages, answer.data));
  if (answer.data === undefined || answer.data === null)
    return failed({ kind: "unavailable", reason: "an answer without data" });
  return { ok: true, data: answer.data };
}

function failureOf(
  errors: NonNullable<Answer["errors"]>,
  messages: string[],
  data: Answer["data"],
): GatewayFailure {
  const codes = errors.map((error) => error.extensions?.code);
  if (codes.includes("THROTTLED")) return { kind: "throttled", retryAfterMs: 1_000 };
  const happened = Object.values(data ?? {}).some((field) => field !== null);
  if (happened || codes.includes("INTERNAL_SERVER_ERROR") || codes.includes("TIMEOUT")) {
    return { kind: "unavailable", reason: messages.join("; ") };
  }
  return { kind: "refused", messages };
}

function failed(failure: GatewayFailure): ReadAnswer["outcome"] {
  return { ok: false, failure };
}

function secondsToMs(retryAfter: string | null): number {
  const seconds = Number(retryAfter);
  return retryAfter !== null && Number.isFinite(seconds) && seconds >= 0
    ? Math.min(60, seconds) * 1000
    : 1_000;
}
