import { readFileSync } from "node:fs";
import { buildSchema } from "graphql";
import type { GraphQLSchema } from "graphql";

let built: GraphQLSchema | undefined;

/** Shopify's own Admin API schema, parsed once. */
export function adminSchema(): GraphQLSchema {
  built ??= buildSchema(readFileSync(new URL("../schema/admin-2026-10.graphql", import.meta.url), "utf8"), {
    assumeValidSDL: true,
  });
  return built;
}
