import { describe, expect, test } from "vitest";
import { doubleBonuses, type GivenBonus } from "#app/loyalty/members/double-bonuses.ts";
import { entryRewardCountsFrom } from "#app/loyalty/tiers/entry-again.ts";

const countsFrom = (at: Date) => entryRewardCountsFrom(at, "Asia/Seoul");

/** `gone 2024-01-15`: given to the member who goes, on that day; with a `!` it was taken back before. */
function given(what: string, kind = "tier:gold"): GivenBonus {
  const [who = "", day = ""] = what.split(" ");
  const [place, id] = kind.split(":") as [string, string?];
  return {
    memberId: who,
    sourceId: id === undefined ? `${place}:${who}` : `${place}:${who}:${id}`,
    occurredAt: new Date(`${day.slice(0, 10)}T03:00:00Z`),
    gone: who.startsWith("gone"),
    takenBack: day.endsWith("!"),
  };
}
const taken = (list: string[], kind?: string) =>
  doubleBonuses(
    list.map((what) => given(what, kind)),
    countsFrom,
  ).map(({ memberId, occurredAt }) => `${memberId} ${occurredAt.toISOString().slice(0, 10)}`);

describe("T21 entering a tier, by two who become one", () => {
  test.each([
    ["within twelve months is rewarded once", ["gone 2025-01-15", "kept 2025-06-15"], ["gone 2025-01-15"]],
    ["whoever came first", ["kept 2025-01-15", "gone 2025-06-15"], ["gone 2025-06-15"]],
    ["more than twelve months later is another entry", ["kept 2024-01-15", "gone 2025-01-16"], []],
    ["a day earlier is not", ["kept 2024-01-15", "gone 2025-01-15"], ["gone 2025-01-15"]],
    ["years apart, each keeps what they had", ["gone 2022-03-01", "kept 2024-03-01", "gone 2025-06-01"], []],
    [
      "in turn: of three a single member would have had the first and the last",
      ["gone 2023-01-10", "kept 2023-07-10", "gone 2024-02-10"],
      ["gone 2023-01-10"],
    ],
    [
      "every year, both: one of each year stays",
      ["kept 2023-01-10", "gone 2023-02-10", "kept 2024-03-10", "gone 2024-04-10"],
      ["gone 2023-02-10", "gone 2024-04-10"],
    ],
    [
      "what an earlier merge took back is not taken again, and still says which entries belong together",
      ["gone 2023-01-10!", "gone2 2023-07-10", "kept 2024-02-10"],
      [],
    ],
    ["alone, nothing is taken", ["gone 2023-01-10", "gone 2024-01-11"], []],
    ["the kept member's own are never taken", ["kept 2023-01-10", "kept 2023-02-10"], []],
  ])("%s", (_, list, expected) => {
    expect(taken(list)).toEqual(expected);
  });

  test("another tier is another reward", () => {
    const mixed = [given("gone 2025-01-15"), given("kept 2025-01-16", "tier:silver")];
    expect(doubleBonuses(mixed, countsFrom)).toEqual([]);
  });

  test("years do not make a bonus that is given once in a lifetime another one", () => {
    expect(taken(["kept 2020-01-10", "gone 2025-01-10"], "joining")).toEqual(["gone 2025-01-10"]);
    expect(taken(["gone 2020-01-10"], "joining")).toEqual([]);
  });
});
