/** What the activity page posts; parsed once, at the edge. */
import { z } from "zod";

const key = z.uuid();

export const activityAction = z.discriminatedUnion("intent", [
  z.object({ intent: z.literal("retry-event"), idempotencyKey: key, webhookId: z.string().min(1).max(200) }),
  z.object({ intent: z.literal("mark-done"), idempotencyKey: key, webhookId: z.string().min(1).max(200) }),
  z.object({ intent: z.literal("retry-job"), idempotencyKey: key, jobId: z.string().regex(/^[0-9]{1,18}$/) }),
  z.object({ intent: z.literal("reward-referral"), idempotencyKey: key, referralId: z.uuid() }),
  z.object({ intent: z.literal("refuse-referral"), idempotencyKey: key, referralId: z.uuid() }),
  z.object({ intent: z.literal("retry-all"), idempotencyKey: key }),
]);
