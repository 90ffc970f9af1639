/** What our own rows say about the shopper who used a friend's code. */
export interface FriendFacts {
  /** The shopper is the advocate. */
  isAdvocate: boolean;
  /** The shopper has another order in this shop from before. */
  orderedBefore: boolean;
  /** The shopper once invited the advocate. */
  invitedTheAdvocate: boolean;
}

export type FriendRefusal = "self" | "ordered_before" | "loop";

/** Why this shopper's order earns the advocate nothing; null when it does. The gravest reason comes first. */
export function judgeFriend(facts: FriendFacts): FriendRefusal | null {
  if (facts.isAdvocate) return "self";
  if (facts.invitedTheAdvocate) return "loop";
  if (facts.orderedBefore) return "ordered_before";
  return null;
}
