import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ResultOf } from "gql.tada";
import {
  buildSchema,
  getNamedType,
  Kind,
  parse,
  print,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
} from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { SHOPIFY_API_VERSION } from "#app/platform/shopify/api-version.ts";
import { APP_SCOPES } from "#app/platform/shopify/app-scopes.ts";
import type { ShopFacts } from "#app/platform/shopify/operations/shop-facts.ts";

const FOLDER = "app/platform/shopify/operations";
const files = readdirSync(FOLDER);
const schema = buildSchema(readFileSync(`sandbox/schema/admin-${SHOPIFY_API_VERSION}.graphql`, "utf8"), {
  assumeValid: true,
});

/** Shopify's own table: which scopes, any one of them, a type or a field needs. */
const table = JSON.parse(readFileSync(`sandbox/schema/scopes-${SHOPIFY_API_VERSION}.json`, "utf8")) as Record<
  string,
  string[]
>;
/** Not in the table: writing a metafield needs what writing its owner needs, and ours belong to customers. */
const OWNER_SCOPES: Record<string, string> = { "Mutation.metafieldsSet": "write_customers" };
/** What topics and the app proxy need, whatever we ask. */
const DECLARED_SCOPES = ["read_orders", "read_customers", "read_customer_merge", "write_app_proxy"];

let documents: { file: string; document: DocumentNode }[] = [];

beforeAll(async () => {
  documents = await Promise.all(
    files.map(async (file) => {
      const module = (await import(/* @vite-ignore */ pathToFileURL(resolve(FOLDER, file)).href)) as Record<
        string,
        DocumentNode
      >;
      const document = Object.values(module).find((value) => value?.kind === Kind.DOCUMENT);
      return { file, document: parse(print(document!)) };
    }),
  );
});

describe("the operations we send", () => {
  test("are valid against Shopify's schema of our version", () => {
    for (const { file, document } of documents) {
      expect(validate(schema, document).map((error) => `${file}: ${error.message}`)).toEqual([]);
    }
  });

  test("are one to a file, named like it", () => {
    for (const { file, document } of documents) {
      const names = document.definitions.flatMap((definition) =>
        definition.kind === Kind.OPERATION_DEFINITION ? [definition.name?.value ?? ""] : [],
      );
      const expected = file
        .replace(/\.ts$/u, "")
        .replace(/(^|-)(\w)/gu, (_all, _dash, letter: string) => letter.toUpperCase());
      expect({ file, names }).toEqual({ file, names: [expected] });
    }
  });

  test("need exactly the scopes we ask for, with those of our topics", () => {
    const asked = new Set<string>(APP_SCOPES);
    const used = new Set(DECLARED_SCOPES);
    for (const { file, document } of documents) {
      for (const [name, anyOf] of needsOf(document)) {
        const ours = anyOf.filter((scope) => asked.has(scope));
        expect(ours, `${file}: ${name} needs one of ${anyOf.join(", ")}`).not.toEqual([]);
        for (const scope of ours) used.add(scope);
      }
    }
    expect([...used].toSorted()).toEqual([...asked].toSorted());
  });
});

function needsOf(document: DocumentNode): Map<string, string[]> {
  const needs = new Map<string, string[]>();
  const types = new TypeInfo(schema);
  const look = (name: string | undefined) => {
    if (name === undefined) return;
    const anyOf = OWNER_SCOPES[name] === undefined ? table[name] : [OWNER_SCOPES[name]];
    if (anyOf !== undefined) needs.set(name, anyOf);
  };
  visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        const type = types.getType();
        look(`${types.getParentType()?.name}.${node.name.value}`);
        look(type ? getNamedType(type).name : undefined);
      },
      InlineFragment: (node) => look(node.typeCondition?.name.value),
    }),
  );
  return needs;
}

type IsAny<T> = 0 extends 1 & T ? true : false;

test("the canary: answers are typed by the schema, and have not quietly become any", () => {
  // These lines are checked by tsc; `npm run typecheck` fails when graphql-env.d.ts is missing or stale.
  const answerIsAny: IsAny<ResultOf<typeof ShopFacts>> = false;
  const fieldIsAny: IsAny<ResultOf<typeof ShopFacts>["shop"]["name"]> = false;
  const name: ResultOf<typeof ShopFacts>["shop"]["name"] = "text";
  expect([answerIsAny, fieldIsAny, name]).toEqual([false, false, "text"]);
});
