/** What a member's page posts; parsed once, at the edge. What an adjustment says is judged by parseAdjustment. */
import { z } from "zod";

const key = z.uuid();
const reason = z.string().trim().min(1).max(200);

export const memberAction = z.discriminatedUnion("intent", [
  z.object({
    intent: z.literal("adjust"),
    idempotencyKey: key,
    points: z.string().max(60),
    reason: z.string().max(1000),
  }),
  z.object({ intent: z.literal("block"), idempotencyKey: key, reason }),
  z.object({ intent: z.literal("unblock"), idempotencyKey: key, reason }),
  z.object({ intent: z.literal("cancel-code"), idempotencyKey: key, redemptionId: z.uuid() }),
]);
