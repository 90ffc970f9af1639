/**
 * What may become of a redemption, in one place. Points are held while it is open (requested, ready) and leave the
 * hold exactly once: spent by an order, or given back.
 */
export type RedemptionStatus = "requested" | "ready" | "used" | "expired" | "cancelled" | "failed";
export type Closing = "cancel" | "lapse";

export interface RedemptionState {
  status: RedemptionStatus;
  /** The code is being switched off; the points return once Shopify has confirmed it. */
  closing: Closing | null;
}

export type RedemptionEvent =
  /** Shopify has the code. */
  | { kind: "created" }
  /** Shopify refused to make it, and has none. */
  | { kind: "refused" }
  /** The member, the merchant or the calendar wants it closed. */
  | { kind: "close"; why: Closing }
  /** Shopify confirmed that nobody can use the code any more, and that nobody has. */
  | { kind: "switched_off" }
  /** A paid order carries the code. */
  | { kind: "used" };

/** What an event makes of the points that the redemption holds. */
export type PointsMove =
  | "none"
  /** held → redeemed */
  | "spend"
  /** held → available */
  | "return"
  /** They went back before the order was known: they have to be taken again. */
  | "take_again";

export type Transition =
  | { ok: true; next: RedemptionState; points: PointsMove }
  /** Nothing to do: it has happened before, or something else was first. */
  | { ok: false; state: RedemptionState };

/** Whether the redemption still holds points. */
export function isOpen(status: RedemptionStatus): boolean {
  return status === "requested" || status === "ready";
}

/** The next state, or a refusal that changes nothing. Every event may arrive twice and out of order. */
export function nextState(state: RedemptionState, event: RedemptionEvent): Transition {
  switch (event.kind) {
    case "created":
      return state.status === "requested" ? go({ ...state, status: "ready" }) : stay(state);
    case "refused":
      // While closing, the closing decides: it looks for the code itself before it gives points back.
      return state.status === "requested" && state.closing === null
        ? go({ status: "failed", closing: null }, "return")
        : stay(state);
    case "close":
      return isOpen(state.status) && state.closing === null
        ? go({ ...state, closing: event.why })
        : stay(state);
    case "switched_off":
      return isOpen(state.status) && state.closing !== null
        ? go({ status: state.closing === "cancel" ? "cancelled" : "expired", closing: null }, "return")
        : stay(state);
    case "used":
      if (state.status === "used") return stay(state);
      return go({ status: "used", closing: null }, isOpen(state.status) ? "spend" : "take_again");
  }
}

function go(next: RedemptionState, points: PointsMove = "none"): Transition {
  return { ok: true, next, points };
}

function stay(state: RedemptionState): Transition {
  return { ok: false, state };
}
