import { describe, expect, it } from "vitest";
import { parseSearch, type SearchFields } from "#sandbox/graphql/search.ts";

interface Item {
  id: string;
  email: string;
  tags: string[];
  at: string;
}

const ITEMS: Item[] = [
  {
    id: "820982911946154508",
    email: "maya@example.com",
    tags: ["vip", "wholesale"],
    at: "2026-11-20T10:00:00.000Z",
  },
  { id: "820982911946154509", email: "minji@example.com", tags: [], at: "2026-11-21T10:00:00.500Z" },
];
const FIELDS: SearchFields<Item> = {
  id: { kind: "number", read: (one) => [one.id] },
  email: { kind: "text", read: (one) => [one.email] },
  tag: { kind: "text", read: (one) => one.tags },
  updated_at: { kind: "instant", read: (one) => [one.at] },
};
const find = (query: string) =>
  ITEMS.filter(parseSearch(query, FIELDS, (one) => [one.email])).map((one) => one.email.split("@")[0]);

describe("Shopify's search syntax", () => {
  it.each([
    ["email:maya@example.com", ["maya"]],
    ["email:MAYA@example.com", ["maya"]],
    ["email:m*", ["maya", "minji"]],
    ["tag:vip", ["maya"]],
    ["-tag:vip", ["minji"]],
    ["NOT tag:vip", ["minji"]],
    ["tag:vip OR email:minji@example.com", ["maya", "minji"]],
    ["(tag:vip OR email:minji*) AND tag:wholesale", ["maya"]],
    ["updated_at:>='2026-11-21T00:00:00Z'", ["minji"]],
    ["updated_at:>=2026-11-20T00:00:00Z updated_at:<2026-11-21T00:00:00Z", ["maya"]],
    ["updated_at:<='2026-11-21T10:00:00Z'", ["maya", "minji"]],
    ["id:>820982911946154508", ["minji"]],
    ["minji", ["minji"]],
    ["example", ["maya", "minji"]],
    ["nobody", []],
  ])("%s finds %j", (query, found) => {
    expect(find(query)).toEqual(found);
  });

  it("says which fields it knows rather than find everything", () => {
    expect(() => find("colour:red")).toThrow(
      'does not search by "colour" here; it knows id, email, tag, updated_at',
    );
  });
});
