/**
 * The text of the bulk query for past orders, made from the query that settlement asks of one order, so that the two can
 * never ask for different things. Shopify allows a bulk query five connections, two deep and none within a list: refunds
 * keep their plain fields only, and an order that has any is asked for by itself.
 */
import { print } from "@0no-co/graphql.web";
import { OrderForSettlement } from "#app/platform/shopify/operations/order-for-settlement.ts";

interface Field {
  kind: string;
  name: { value: string };
  selectionSet?: { selections: readonly Field[] } | undefined;
}

/** @param since ISO instant; null asks for every order we may see */
export function backfillQuery(since: string | null): string {
  const order = fieldsOf(rootField(), "order");
  const filter = since === null ? "" : `(query: "processed_at:>='${since}'")`;
  return `{ orders${filter} { edges { node { id ${order.map((field) => bulkField(field, 1)).join(" ")} } } } }`;
}

function rootField(): readonly Field[] {
  // gql.tada's documents are the parsed operation; only its type says nothing of it.
  const { definitions } = OrderForSettlement as unknown as {
    definitions: readonly { selectionSet: { selections: readonly Field[] } }[];
  };
  return definitions[0]?.selectionSet.selections ?? [];
}

function bulkField(field: Field, depth: number): string {
  const selections = field.selectionSet?.selections;
  // With its arguments, where it has any.
  const head = print({ ...field, selectionSet: undefined } as never);
  if (!selections) return head;
  if (!isConnection(field)) {
    const plain = selections.filter((one) => !holdsConnection(one));
    return `${head} { ${plain.map((one) => bulkField(one, depth)).join(" ")} }`;
  }
  if (depth > 1) return "";
  const name = field.name.value;
  const inner = fieldsOf(selections, "nodes").filter((one) => one.name.value !== "id");
  return `${name} { edges { node { id ${inner.map((one) => bulkField(one, depth + 1)).join(" ")} } } }`;
}

function isConnection(field: Field): boolean {
  return field.selectionSet?.selections.some((one) => one.name.value === "nodes") ?? false;
}

function holdsConnection(field: Field): boolean {
  return isConnection(field) || (field.selectionSet?.selections.some(holdsConnection) ?? false);
}

function fieldsOf(selections: readonly Field[], name: string): readonly Field[] {
  return selections.find((one) => one.name.value === name)?.selectionSet?.selections ?? [];
}
