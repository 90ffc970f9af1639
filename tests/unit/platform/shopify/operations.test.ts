import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ResultOf } from "gql.tada";
import {
  buildSchema,
  getNamedType,
  Kind,
  OperationTypeNode,
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

/** What Shopify asks for to read a type, as far as our operations reach; from the Admin API's reference. */
const TYPE_SCOPES: Record<string, string> = {
  Customer: "read_customers",
  Order: "read_orders",
  Refund: "read_orders",
  DiscountCodeNode: "read_discounts",
  DiscountNode: "read_discounts",
  Product: "read_products",
  Collection: "read_products",
  DraftOrder: "read_draft_orders",
  GiftCard: "read_gift_cards",
  StoreCreditAccount: "read_store_credit_accounts",
};
const MUTATION_SCOPES: Record<string, string> = {
  discountCodeBasicCreate: "write_discounts",
  discountCodeFreeShippingCreate: "write_discounts",
  discountCodeDeactivate: "write_discounts",
  discountCodeActivate: "write_discounts",
  discountCodeDelete: "write_discounts",
  // Of customers: the owner's scope.
  metafieldsSet: "write_customers",
  metafieldsDelete: "write_customers",
};
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
    const needed = new Set([...DECLARED_SCOPES, ...documents.flatMap(({ document }) => scopesOf(document))]);
    expect([...needed].toSorted()).toEqual([...APP_SCOPES].toSorted());
  });
});

function scopesOf(document: DocumentNode): string[] {
  const found: string[] = [];
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      OperationDefinition(node) {
        if (node.operation !== OperationTypeNode.MUTATION) return;
        for (const selection of node.selectionSet.selections) {
          if (selection.kind === Kind.FIELD)
            found.push(MUTATION_SCOPES[selection.name.value] ?? `unknown for ${selection.name.value}`);
        }
      },
      Field() {
        const type = types.getType();
        const scope = type ? TYPE_SCOPES[getNamedType(type).name] : undefined;
        if (scope !== undefined) found.push(scope);
      },
      InlineFragment(node) {
        const scope = node.typeCondition ? TYPE_SCOPES[node.typeCondition.name.value] : undefined;
        if (scope !== undefined) found.push(scope);
      },
    }),
  );
  return found;
}

type IsAny<T> = 0 extends 1 & T ? true : false;

test("the canary: answers are typed by the schema, and have not quietly become any", () => {
  // These lines are checked by tsc; `npm run typecheck` fails when graphql-env.d.ts is missing or stale.
  const answerIsAny: IsAny<ResultOf<typeof ShopFacts>> = false;
  const fieldIsAny: IsAny<ResultOf<typeof ShopFacts>["shop"]["name"]> = false;
  const name: ResultOf<typeof ShopFacts>["shop"]["name"] = "text";
  expect([answerIsAny, fieldIsAny, name]).toEqual([false, false, "text"]);
});
