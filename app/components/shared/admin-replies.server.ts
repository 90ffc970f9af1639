import { data } from "@remix-run/node";
import type { z } from "zod";
import type { ActionOutcome } from "./use-outcome.ts";

/** What is asked for is not there, or not in this shop: the two are never told apart. */
export function notFound(): never {
  throw data({ code: "not_found" }, { status: 404 });
}

/** An outcome that is not a success, with the status that says so. */
export function refuse<Outcome extends ActionOutcome>(outcome: Outcome, status = 422) {
  return data(outcome, { status });
}

/** Reads a posted form by its schema; a form that is not one of ours is refused as a whole. */
export async function readForm<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const form = await request.formData().catch(() => new FormData());
  const repeated = [...new Set(form.keys())].some((key) => form.getAll(key).length > 1);
  const parsed = schema.safeParse(Object.fromEntries(form));
  if (repeated || !parsed.success) throw data({ code: "malformed" }, { status: 422 });
  return parsed.data;
}
