/** The saved views of the members page: each is a set of filters under a name. */
import type { MemberListQuery } from "#app/loyalty/insights/member-list-query.ts";

export interface MemberView {
  id: "all" | "points" | "owed" | "blocked";
  query: Pick<MemberListQuery, "states" | "balance">;
}

export const MEMBER_VIEWS: readonly MemberView[] = [
  { id: "all", query: { states: [], balance: null } },
  { id: "points", query: { states: [], balance: "some" } },
  { id: "owed", query: { states: [], balance: "owed" } },
  { id: "blocked", query: { states: ["blocked"], balance: null } },
];

/** Which view the filters amount to; `all` when they are nobody's. */
export function viewOf(query: MemberView["query"]): MemberView["id"] {
  return exactView(query)?.id ?? "all";
}

/** Whether more is asked than the name of a view says: then the filters have to be seen. */
export function hasFilters(query: Pick<MemberListQuery, "search" | "tiers" | "states" | "balance">): boolean {
  return query.search !== "" || query.tiers.length > 0 || exactView(query) === undefined;
}

function exactView(query: MemberView["query"]): MemberView | undefined {
  return MEMBER_VIEWS.find(
    (view) => view.query.balance === query.balance && view.query.states.join() === query.states.join(),
  );
}
