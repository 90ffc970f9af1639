/** The accounts points move between. A transfer always has one of each pair below; the database refuses any other. */

/** What a member has: in their hold, spendable (below zero when owed), and bound to a code. */
export type MemberAccount = "pending" | "available" | "held";

/** Where points come from and go to on the program's side. */
export type ProgramAccount =
  | "issued"
  | "redeemed"
  | "expired"
  | "reversed"
  | "adjusted"
  | "forgiven"
  | "donated"
  /** Between a merged member and the one who was kept; what goes in comes out in the same transaction. */
  | "merged";

export type Account = MemberAccount | ProgramAccount;

/** Why a transfer happened, as statements show it. */
export type TransferReason =
  | "earn"
  | "release"
  | "clawback"
  | "forgive"
  | "redeem_hold"
  | "redeem_use"
  | "redeem_return"
  | "redeem_restore"
  | "expire"
  | "reinstate"
  | "adjust"
  | "referral"
  | "referral_clawback"
  | "bonus"
  | "import"
  | "merge";

/** What a transfer is about; `sourceId` names it within its kind. */
export type TransferSource =
  | "order"
  | "redemption"
  | "referral"
  | "admin"
  | "expiry"
  | "campaign"
  | "import"
  | "bonus"
  | "merge";

/** The most one transfer may move; also the bound of a balance. Safe as a JavaScript number and as a bigint. */
export const POINTS_MAX = 9_000_000_000_000_000;

/** Pairs a transfer may name; the same list is a CHECK on points_transfer. */
export const ALLOWED_PAIRS: ReadonlySet<string> = new Set([
  "issued>pending",
  "issued>available",
  "pending>available",
  "available>held",
  "held>available",
  "held>redeemed",
  "redeemed>available",
  "pending>reversed",
  "available>reversed",
  "available>expired",
  "expired>available",
  // Between two accounts of the program: points that no member has any more, or never had again. No balance moves.
  "expired>reversed",
  "issued>expired",
  "issued>forgiven",
  "adjusted>available",
  "available>adjusted",
  "pending>adjusted",
  "forgiven>available",
  "available>donated",
  "available>merged",
  "merged>available",
  "pending>merged",
  "merged>pending",
  "held>merged",
  "merged>held",
]);
