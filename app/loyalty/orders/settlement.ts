import type { ProgramSettings } from "../program/settings.ts";
import type { AwardSnapshot, OrderDocument, Refunds } from "./order.ts";

/** Why an order holds the points it holds. Kept in order_state.outcome, shown in the admin. */
export type SettleOutcome =
  | "settled"
  | "unchanged"
  | "awaiting_order"
  | "awaiting_facts"
  | "source_off"
  | "not_paid"
  | "guest"
  | "test"
  | "cancelled"
  | "blocked"
  | "erased"
  | "uninstalled";

export interface SettleArgs {
  shopId: string;
  orderId: string;
  now: Date;
  newId: () => string;
  randomBytes: (length: number) => Uint8Array;
}

export interface OrderRow {
  memberId: string | null;
  customerId: string | null;
  document: OrderDocument | null;
  refunds: Refunds;
  snapshot: AwardSnapshot | null;
  pointsHeld: number;
  changes: number;
  spentMinor: number;
  outcome: string;
}

export interface ShopRow {
  timeZone: string;
  uninstalledAt: Date | null;
}

/** Everything that the settlement of one order for its member goes by. */
export interface Settlement {
  row: OrderRow;
  order: OrderDocument;
  customerId: string;
  shop: ShopRow;
  program: { version: number; settings: ProgramSettings };
  memberId: string;
}

/** The rules as they stand now; they become the order's snapshot when it is first awarded. */
export function freshRules(
  program: { version: number; settings: ProgramSettings },
  tierId: string | null,
  now: Date,
): AwardSnapshot {
  const { earn, tiers } = program.settings;
  const tier = tiers.find((entry) => entry.id === tierId) ?? tiers[0];
  return {
    programVersion: program.version,
    points: earn.points,
    perMinor: earn.perMinor,
    rounding: earn.rounding,
    includedTax: earn.includedTax,
    tierId: tier?.id ?? null,
    tierName: tier?.name ?? null,
    multiplier: tier?.multiplier ?? "1",
    shipping: earn.shipping,
    tender: earn.tender,
    awardedAt: now.toISOString(),
    lines: {},
  };
}
