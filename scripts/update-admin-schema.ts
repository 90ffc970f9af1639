/**
 * `node scripts/update-admin-schema.ts`: writes sandbox/schema/admin-<version>.graphql, the Admin API's schema as Shopify ships
 * it inside its npm package @shopify/dev-mcp, and beside it which access scopes (any one of them) a type or field needs.
 * Only that package's data file is read; nothing of it is run. After a change of
 * SHOPIFY_API_VERSION run this, then `npm run typecheck`: every operation is checked against the new schema.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { buildClientSchema, printSchema, type IntrospectionQuery } from "graphql";
import { SHOPIFY_API_VERSION } from "#app/platform/shopify/api-version.ts";

interface Shipped {
  data: IntrospectionQuery;
  offline_scopes: {
    items: { type: "type" | "field"; typeName: string; fieldName?: string; offlineScopes: string[] }[];
  };
}

const PACKAGE = "@shopify/dev-mcp@1.16.0";
const folder = mkdtempSync(join(tmpdir(), "admin-schema-"));

try {
  const packed = execFileSync("npm", ["pack", "--silent", "--ignore-scripts", PACKAGE], {
    cwd: folder,
    encoding: "utf8",
  });
  const file = `package/dist/data/admin_${SHOPIFY_API_VERSION}.json.gz`;
  execFileSync("tar", ["-xzf", packed.trim(), file], { cwd: folder });
  // Without the descriptions, four fifths of its size, which nobody reads here.
  const withoutDescriptions = (key: string, value: unknown) => (key === "description" ? null : value);
  const text = gunzipSync(readFileSync(join(folder, file))).toString("utf8");
  const document = JSON.parse(text, withoutDescriptions) as Shipped;
  const target = `sandbox/schema/admin-${SHOPIFY_API_VERSION}.graphql`;
  writeFileSync(target, `${printSchema(buildClientSchema(document.data))}\n`);
  const scopes = document.offline_scopes.items
    .filter((item) => item.offlineScopes.length > 0)
    .map((item) => [
      item.type === "type" ? item.typeName : `${item.typeName}.${item.fieldName}`,
      item.offlineScopes,
    ]);
  const lines = scopes.map(([name, any]) => `  ${JSON.stringify(name)}: ${JSON.stringify(any)}`);
  writeFileSync(`sandbox/schema/scopes-${SHOPIFY_API_VERSION}.json`, `{\n${lines.join(",\n")}\n}\n`);
  console.log(`Wrote ${target} and its scopes.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
