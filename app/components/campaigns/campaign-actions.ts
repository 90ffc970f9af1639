/** What the campaign pages post; parsed once, at the edge. */
import { z } from "zod";
import { jsonText } from "#app/components/shared/json-text.ts";
import { campaignForm } from "./campaign-form.ts";

const key = z.uuid();
const revision = z.coerce.number().int().min(1).max(2_147_483_647);

/** Every list full of the longest words it takes, each a few bytes more in JSON. */
const FORM_MAX = 1_000_000;

const form = jsonText(FORM_MAX).pipe(campaignForm);

/** The posted key becomes the campaign's id, so that a double click makes one. */
export const newCampaignAction = z.object({ intent: z.literal("save"), idempotencyKey: key, form });

export const campaignAction = z.discriminatedUnion("intent", [
  z.object({
    intent: z.literal("save"),
    idempotencyKey: key,
    form,
    /** What was looked at; empty where it is to be made anew under its id. */
    revision: z.literal("").or(revision),
  }),
  z.object({ intent: z.literal("publish"), idempotencyKey: key, revision }),
  z.object({ intent: z.literal("end"), idempotencyKey: key }),
  z.object({ intent: z.literal("delete"), idempotencyKey: key }),
]);

export type CampaignAction = z.infer<typeof campaignAction>;
