/** What the members page asks for, as it stands in the address bar. Unknown values fall back; nothing throws. */
import { z } from "zod";

export const MEMBER_SORTS = ["joined_desc", "joined_asc", "balance_desc", "balance_asc"] as const;
export type MemberSort = (typeof MEMBER_SORTS)[number];
export const MEMBER_STATES = ["active", "blocked"] as const;
export const MEMBER_BALANCES = ["some", "none", "owed"] as const;

export interface MemberListQuery {
  search: string;
  tiers: string[];
  states: (typeof MEMBER_STATES)[number][];
  balance: (typeof MEMBER_BALANCES)[number] | null;
  sort: MemberSort;
  /** The sort value and id of the row to read on from, and in which direction. */
  cursor: { value: string; memberId: string; direction: "next" | "previous" } | null;
}

const cursorText = z.string().regex(/^-?[0-9]{1,20}_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

const SEARCH_MAX = 100;

/** What is searched for when that is typed. Of its own result it makes the same, so typing and address can be compared. */
export function searchText(typed: string): string {
  return [...typed.toWellFormed().trim()].slice(0, SEARCH_MAX).join("").trim();
}

/** Reads the query of a request. */
export function readMemberListQuery(params: URLSearchParams): MemberListQuery {
  const sort = MEMBER_SORTS.find((entry) => entry === params.get("sort")) ?? "joined_desc";
  return {
    search: searchText(params.get("q") ?? ""),
    tiers: list(params.get("tier")).filter((id) => /^[a-z0-9-]{1,32}$/.test(id)),
    states: MEMBER_STATES.filter((state) => list(params.get("state")).includes(state)),
    balance: MEMBER_BALANCES.find((entry) => entry === params.get("balance")) ?? null,
    sort,
    cursor: readCursor(params.get("after"), "next") ?? readCursor(params.get("before"), "previous"),
  };
}

function readCursor(text: string | null, direction: "next" | "previous"): MemberListQuery["cursor"] {
  const parsed = cursorText.safeParse(text);
  if (!parsed.success) return null;
  const cut = parsed.data.indexOf("_");
  return { value: parsed.data.slice(0, cut), memberId: parsed.data.slice(cut + 1), direction };
}

/** Writes it back, leaving out what is as it would be anyway. */
export function memberListParams(query: Partial<Omit<MemberListQuery, "cursor">>): URLSearchParams {
  const params = new URLSearchParams();
  if (query.search) params.set("q", query.search);
  if (query.tiers?.length) params.set("tier", query.tiers.join(","));
  if (query.states?.length) params.set("state", query.states.join(","));
  if (query.balance) params.set("balance", query.balance);
  if (query.sort && query.sort !== "joined_desc") params.set("sort", query.sort);
  return params;
}

function list(text: string | null): string[] {
  return (text ?? "").split(",").filter((entry) => entry !== "");
}
