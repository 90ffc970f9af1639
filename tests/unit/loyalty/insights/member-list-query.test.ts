import { expect, test } from "vitest";
import {
  memberListParams,
  readMemberListQuery,
  searchText,
} from "#app/loyalty/insights/member-list-query.ts";

const ID = "01931c2e-7d34-7a53-9b1e-6f2f9d7f2f10";

function read(search: string) {
  return readMemberListQuery(new URLSearchParams(search));
}

test("an empty address asks for everybody, newest first", () => {
  expect(read("")).toEqual({
    search: "",
    tiers: [],
    states: [],
    balance: null,
    sort: "joined_desc",
    cursor: null,
  });
});

test("what is asked survives the way to the address and back", () => {
  const asked = {
    search: "kim #1042",
    tiers: ["gold", "silver"],
    states: ["blocked" as const],
    balance: "owed" as const,
    sort: "balance_asc" as const,
  };
  expect(read(memberListParams(asked).toString())).toEqual({ ...asked, cursor: null });
});

test.each([
  ["sort=name_asc", { sort: "joined_desc" }],
  ["state=erased,blocked", { states: ["blocked"] }],
  ["balance=lots", { balance: null }],
  ["tier=gold,%27%3Bdrop", { tiers: ["gold"] }],
])("%s falls back to what makes sense", (search, part) => {
  expect(read(search)).toMatchObject(part);
});

test("a cursor names the row to read on from, and the direction", () => {
  expect(read(`after=1732190000000_${ID}`).cursor).toEqual({
    value: "1732190000000",
    memberId: ID,
    direction: "next",
  });
  expect(read(`before=-250_${ID}`).cursor).toEqual({ value: "-250", memberId: ID, direction: "previous" });
});

test.each(["after=1", `after=1e9_${ID}`, "after=5_not-a-uuid", `after=_${ID}`, "before=x"])(
  "%s is no cursor",
  (search) => {
    expect(read(search).cursor).toBeNull();
  },
);

test.each(["kim ", "  김 민지　", `${"x".repeat(99)} and more`, `${"x".repeat(99)}🙂🙂`, "x\ud83d", "   "])(
  "what is searched for when %j is typed reads the same from the address",
  (typed) => {
    const search = searchText(typed);
    expect(read(memberListParams({ search }).toString()).search).toBe(search);
    expect(search).toBe(search.trim());
  },
);
