/** The most that one adjustment may add or take by hand. */
export const ADJUSTMENT_MAX_POINTS = 10_000_000;
export const ADJUSTMENT_REASON_MAX = 200;

export type AdjustmentError =
  | "points_not_a_whole_number"
  | "points_zero"
  | "points_out_of_range"
  | "reason_missing"
  | "reason_too_long";

export type ParsedAdjustment =
  | { ok: true; points: number; reason: string }
  | { ok: false; errors: { points?: AdjustmentError; reason?: AdjustmentError } };

/** Digits with at most one sign: no exponent, no fraction, no space inside, no minus zero. */
const SIGNED_WHOLE = /^[+-]?\d{1,16}$/u;

/**
 * Reads what a form or an API caller sent. Points may be a text or a number; anything odd is refused, never
 * rounded.
 */
export function parseAdjustment(input: { points: unknown; reason: unknown }): ParsedAdjustment {
  const points = parsePoints(input.points);
  const reason = parseReason(input.reason);
  if (typeof points === "number" && reason.ok) return { ok: true, points, reason: reason.text };
  return {
    ok: false,
    errors: {
      ...(typeof points === "number" ? {} : { points }),
      ...(reason.ok ? {} : { reason: reason.error }),
    },
  };
}

function parsePoints(value: unknown): number | AdjustmentError {
  const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
  if (!SIGNED_WHOLE.test(text) || Object.is(value, -0) || /^-0+$/u.test(text))
    return "points_not_a_whole_number";
  const points = Number(text);
  if (points === 0) return "points_zero";
  return Math.abs(points) <= ADJUSTMENT_MAX_POINTS ? points : "points_out_of_range";
}

function parseReason(value: unknown): { ok: true; text: string } | { ok: false; error: AdjustmentError } {
  const text = typeof value === "string" ? value.trim() : "";
  if (text === "") return { ok: false, error: "reason_missing" };
  if (text.length > ADJUSTMENT_REASON_MAX) return { ok: false, error: "reason_too_long" };
  return { ok: true, text };
}
