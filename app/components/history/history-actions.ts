/** What the page of past orders posts; parsed once, at the edge. */
import { z } from "zod";

const key = z.uuid();
const day = z.iso.date();

export const historyAction = z.discriminatedUnion("intent", [
  z.object({ intent: z.literal("backfill-start"), idempotencyKey: key, range: z.enum(["sixty", "all"]) }),
  z.object({ intent: z.literal("backfill-skip"), idempotencyKey: key }),
  z.object({ intent: z.literal("backfill-pause"), idempotencyKey: key, runId: z.uuid() }),
  z.object({ intent: z.literal("backfill-resume"), idempotencyKey: key, runId: z.uuid() }),
  z.object({ intent: z.literal("backfill-stop"), idempotencyKey: key, runId: z.uuid() }),
  z.object({ intent: z.literal("reconcile-now"), idempotencyKey: key }),
  z.object({
    intent: z.literal("resettle-preview"),
    idempotencyKey: key,
    since: day,
    until: day,
    reprice: z.enum(["on", "off"]),
  }),
  z.object({ intent: z.literal("resettle-apply"), idempotencyKey: key, runId: z.uuid() }),
  z.object({ intent: z.literal("resettle-discard"), idempotencyKey: key, runId: z.uuid() }),
]);

export type HistoryAction = z.infer<typeof historyAction>;
