/** The section of the program that says when points lapse, who is told before, and what a merchant may give back. */
import { z } from "zod";

export const EXPIRY_LIMITS = {
  monthsMax: 120,
  reminderDaysMax: 180,
  remindersMax: 5,
  reinstateDaysMax: 365,
} as const;

/** 29 February is a day: in other years it is the 28th. */
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

const months = z.int().min(1).max(EXPIRY_LIMITS.monthsMax);

/** When points lapse, always at the end of a day in the shop's time zone. */
export const expirySettings = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  /** Each lot on its own. */
  z.strictObject({ kind: z.literal("after_earning"), months }),
  /** All points together, after so long without earning or redeeming. */
  z.strictObject({ kind: z.literal("inactivity"), months }),
  /** On one day of every year; what is earned on that very day lasts until the next year's. */
  z
    .strictObject({
      kind: z.literal("calendar"),
      month: z.int().min(1).max(12),
      day: z.int().min(1).max(31),
    })
    .superRefine(({ month, day }, context) => {
      if (day > (DAYS_IN_MONTH[month - 1] ?? 31)) {
        context.addIssue({ code: "custom", path: ["day"], message: "day_not_in_month" });
      }
    }),
]);

export type ExpirySettings = z.infer<typeof expirySettings>;

/** Days before the last one on which a member is to be reminded; each once. */
export const reminderDays = z
  .array(z.int().min(0).max(EXPIRY_LIMITS.reminderDaysMax))
  .max(EXPIRY_LIMITS.remindersMax)
  .transform((days) => [...new Set(days)].sort((one, other) => other - one))
  .default([30, 7, 1]);

/** Days after their last one that a merchant may give lapsed points back; 0 for never. */
export const reinstateDays = z.int().min(0).max(EXPIRY_LIMITS.reinstateDaysMax).default(30);
