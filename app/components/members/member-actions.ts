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
  z.object({
    intent: z.literal("set-tier"),
    idempotencyKey: key,
    tierId: z.string().min(1).max(40),
    locked: z.enum(["true", "false"]).transform((value) => value === "true"),
    reason,
  }),
  z.object({
    intent: z.literal("reinstate"),
    idempotencyKey: key,
    seq: z.coerce.number().int().min(1).max(2_147_483_647),
    reason,
  }),
  z.object({ intent: z.literal("cancel-code"), idempotencyKey: key, redemptionId: z.uuid() }),
]);
