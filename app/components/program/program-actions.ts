/** What the program page posts; parsed once, at the edge. */
import { z } from "zod";
import { jsonText } from "#app/components/shared/json-text.ts";
import { programForm } from "./program-form.ts";

const key = z.uuid();
/** What was looked at: where something else is stored meanwhile, nothing is done. */
const seen = z.string().min(1).max(60);

/** Every list of the program full of the longest words it takes, each a few bytes more in JSON. */
const FORM_MAX = 5_000_000;

export const programAction = z.discriminatedUnion("intent", [
  z.object({
    intent: z.literal("save-draft"),
    idempotencyKey: key,
    form: jsonText(FORM_MAX).pipe(programForm),
    seen,
  }),
  z.object({
    intent: z.literal("publish"),
    idempotencyKey: key,
    version: z.coerce.number().int().min(1).max(2_147_483_647),
    note: z.string().trim().max(200),
    seen,
  }),
  z.object({ intent: z.literal("discard-draft"), idempotencyKey: key, seen }),
  z.object({
    intent: z.literal("restore"),
    idempotencyKey: key,
    version: z.coerce.number().int().min(1).max(2_147_483_647),
    seen,
  }),
]);
