/** How many points an order may hold at most, by the program's caps. Pure; what other orders hold is told. */
import type { EarnSettings } from "../program/earn-settings.ts";

export type CapKind = keyof EarnSettings["caps"];

/** What other orders of the same member hold now. */
export interface HeldElsewhere {
  /** Those of the same day, in the shop's time zone. */
  sameDay: number;
  everywhere: number;
}

export interface Allowance {
  points: number;
  /** The cap that decides. */
  by: CapKind;
}

/** The tightest cap and what it leaves for this order, never below zero; null when nothing is capped. */
export function allowance(caps: EarnSettings["caps"], held: HeldElsewhere): Allowance | null {
  const rooms: [CapKind, number | null][] = [
    ["perOrder", caps.perOrder],
    ["perDay", caps.perDay === null ? null : caps.perDay - held.sameDay],
    ["perMember", caps.perMember === null ? null : caps.perMember - held.everywhere],
  ];
  let tightest: Allowance | null = null;
  for (const [by, room] of rooms) {
    if (room === null) continue;
    const points = Math.max(0, room);
    if (tightest === null || points < tightest.points) tightest = { points, by };
  }
  return tightest;
}

/** Whether what other orders hold matters at all. */
export function capsLookElsewhere(caps: EarnSettings["caps"]): boolean {
  return caps.perDay !== null || caps.perMember !== null;
}
