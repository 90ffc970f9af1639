import fc from "fast-check";
import { expect, test } from "vitest";
import {
  isOpen,
  nextState,
  type RedemptionEvent,
  type RedemptionState,
} from "#app/loyalty/rewards/redemption-state.ts";

const start: RedemptionState = { status: "requested", closing: null };
const created: RedemptionEvent = { kind: "created" };
const refused: RedemptionEvent = { kind: "refused" };
const cancel: RedemptionEvent = { kind: "close", why: "cancel" };
const lapse: RedemptionEvent = { kind: "close", why: "lapse" };
const off: RedemptionEvent = { kind: "switched_off" };
const used: RedemptionEvent = { kind: "used" };

/** Plays events; what is refused changes nothing. */
function play(events: RedemptionEvent[]): { state: RedemptionState; moves: string[] } {
  let state = start;
  const moves: string[] = [];
  for (const event of events) {
    const moved = nextState(state, event);
    if (!moved.ok) continue;
    state = moved.next;
    if (moved.points !== "none") moves.push(moved.points);
  }
  return { state, moves };
}

test.each([
  ["made and used", [created, used], "used", ["spend"]],
  ["made, cancelled, off", [created, cancel, off], "cancelled", ["return"]],
  ["made, lapsed, off", [created, lapse, off], "expired", ["return"]],
  ["refused", [refused], "failed", ["return"]],
  ["used before we heard that it was made", [used, created], "used", ["spend"]],
  ["used while it was being cancelled", [created, cancel, used, off], "used", ["spend"]],
  ["used after its points were back", [created, cancel, off, used], "used", ["return", "take_again"]],
  ["cancelled before it was made", [cancel, created, off], "cancelled", ["return"]],
  ["refused while it was being cancelled", [cancel, refused, off], "cancelled", ["return"]],
  [
    "everything twice",
    [created, created, cancel, lapse, cancel, off, off, refused, used, used],
    "used",
    ["return", "take_again"],
  ],
] as const)("%s", (_, events, status, moves) => {
  const played = play([...events]);
  expect(played.state.status).toBe(status);
  expect(played.moves).toEqual(moves);
});

test("whatever happens in whatever order, open redemptions hold their points and closed ones moved them exactly once", () => {
  const event = fc.constantFrom(created, refused, cancel, lapse, off, used);
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const { state, moves } = play(events);
      const returned = moves.filter((move) => move === "return").length;
      const spent = moves.filter((move) => move === "spend").length;
      const again = moves.filter((move) => move === "take_again").length;
      expect(returned + spent).toBe(isOpen(state.status) ? 0 : 1);
      expect(again).toBeLessThanOrEqual(returned);
      expect(state.status === "used").toBe(spent + again === 1);
      if (!isOpen(state.status)) expect(state.closing).toBeNull();
    }),
    { numRuns: 2000 },
  );
});
