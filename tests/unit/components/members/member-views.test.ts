import { expect, test } from "vitest";
import { hasFilters, viewOf } from "#app/components/members/member-views.ts";
import { readMemberListQuery } from "#app/loyalty/insights/member-list-query.ts";

test.each([
  ["", false, "all"],
  ["sort=balance_asc", false, "all"],
  ["balance=some", false, "points"],
  ["state=blocked", false, "blocked"],
  ["balance=none", true, "all"],
  ["state=active", true, "all"],
  ["state=blocked&balance=owed", true, "all"],
  ["tier=gold", true, "all"],
  ["balance=owed&q=kim", true, "owed"],
])("%j shows its filters: %s", (search, shown, view) => {
  const query = readMemberListQuery(new URLSearchParams(search));
  expect([hasFilters(query), viewOf(query)]).toEqual([shown, view]);
});
