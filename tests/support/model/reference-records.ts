/** What the reference keeps of a shop, and how it compares days. */
import type { Rules } from "./price-order.ts";
import type { TrueOrder, TrueRefund } from "./shopify-truth.ts";

/** What entering a tier gave, and what of it has lapsed since. */
export interface Entry {
  tier: string;
  at: Date;
  points: number;
  lapsed: number;
  takenBack: boolean;
}
export interface Grant {
  /** Counts grants up, so that of two that lapse together one comes first. */
  born: number;
  left: number;
  pending: boolean;
  usable: Date;
  earned: Date;
  expires: Date | null;
  order: string | null;
  entry: Entry | null;
}
export interface Person {
  customer: string;
  mergedInto: Person | null;
  grants: Grant[];
  owed: number;
  lifetime: number;
  active: Date | null;
  blocked: boolean;
  tier: string | null;
  until: Date | null;
  entries: Entry[];
}
export interface KnownOrder {
  state: TrueOrder | null;
  refunds: Map<string, TrueRefund>;
  person: Person | null;
  rules: Rules | null;
  holds: number;
  spent: number;
  changes: number;
  /** Of its own points: what has lapsed unused, and is neither back with the member nor taken back with the order. */
  lapsed: number;
  /** What was taken back and not earned again since: from what had lapsed, from other points or owed, and from the shop. */
  back: { lapsed: number; others: number; forgiven: number };
  /** What it was when last looked at. */
  was: "new" | "unpaid" | "earning" | "cancelled" | "source_off" | "blocked";
}
export interface Redemption {
  person: Person;
  points: number;
  status: "requested" | "ready" | "used" | "expired" | "cancelled" | "failed";
  closing: "cancelled" | "expired" | null;
  ends: Date;
  taken: { grant: Grant; points: number }[];
  madeAtShopify: boolean;
  order: string | null;
  owing: boolean;
  restored: boolean;
}

export const DAY = 86_400_000;
export const time = (at: Date | null): number => at?.getTime() ?? Infinity;
export const latest = (a: Date | null, b: Date | null): Date | null => (a && b ? (a > b ? a : b) : (a ?? b));
export const soonestFirst = (a: Grant, b: Grant): number =>
  time(a.expires) === time(b.expires) ? a.born - b.born : time(a.expires) - time(b.expires);
export const sum = (list: { left: number }[]): number => list.reduce((all, { left }) => all + left, 0);
export const earlier = (a: Date | null, b: Date | null): Date | null => (time(a) < time(b) ? a : b);
export const isOpen = ({ status }: Redemption): boolean => status === "requested" || status === "ready";
