import { z } from "zod";

/** A posted field that is JSON of at most so many characters: what it says, still to be checked. */
export function jsonText(max: number) {
  return z
    .string()
    .max(max)
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: "custom", message: "not_json" });
        return z.NEVER;
      }
    });
}
