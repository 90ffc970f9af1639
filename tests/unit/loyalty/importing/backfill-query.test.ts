import { readFileSync } from "node:fs";
import {
  buildSchema,
  isListType,
  isNonNullType,
  parse,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from "graphql";
import { describe, expect, it } from "vitest";
import { backfillQuery } from "#app/loyalty/importing/backfill-query.ts";
import { readLines } from "#app/loyalty/importing/read-lines.ts";

const schema = buildSchema(readFileSync("sandbox/schema/admin-2026-10.graphql", "utf8"), {
  assumeValidSDL: true,
});

describe("the bulk query for past orders", () => {
  it("is valid, and keeps Shopify's limits: five connections, two deep, none within a list", () => {
    const document = parse(backfillQuery("2026-09-22T00:00:00.000Z"));
    expect(validate(schema, document)).toEqual([]);
    const info = new TypeInfo(schema);
    let [connections, depth, deepest, lists] = [0, 0, 0, 0];
    const inList: string[] = [];
    const isConnection = () => /Connection!?$/u.test(String(info.getType()));
    const isList = () => {
      const type = info.getType();
      return isListType(isNonNullType(type) ? type.ofType : type) && info.getFieldDef()?.name !== "edges";
    };
    visit(
      document,
      visitWithTypeInfo(info, {
        Field: {
          enter(node) {
            if (isList()) lists += 1;
            if (!isConnection()) return;
            if (lists > 0) inList.push(node.name.value);
            connections += 1;
            depth += 1;
            deepest = Math.max(deepest, depth);
          },
          leave() {
            if (isList()) lists -= 1;
            if (isConnection()) depth -= 1;
          },
        },
      }),
    );
    expect(connections).toBeLessThanOrEqual(5);
    expect(deepest).toBeLessThanOrEqual(2);
    expect(inList).toEqual([]);
  });

  it("asks for everything when no day is given", () => {
    expect(backfillQuery(null)).toMatch(/^\{ orders \{/u);
    expect(backfillQuery("2026-09-22T00:00:00.000Z")).toContain(
      `orders(query: "processed_at:>='2026-09-22T00:00:00.000Z'")`,
    );
  });
});

describe("lines of a stream", () => {
  it("come whole, however the bytes are cut, also within a letter", async () => {
    const bytes = new TextEncoder().encode('{"a":"단골"}\n{"b":2}\r\n\n{"c":3}');
    for (let size = 1; size <= bytes.length; size += 1) {
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
          controller.close();
        },
      });
      const lines: string[] = [];
      for await (const line of readLines(stream)) lines.push(line);
      expect(lines).toEqual(['{"a":"단골"}', '{"b":2}', "", '{"c":3}']);
    }
  });
});
