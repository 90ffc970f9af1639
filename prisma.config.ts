import { defineConfig } from "prisma/config";
// adapter-pg 7 under an alias: the column-type table of 6.19 lacks `name`, which the migration engine reads.
// See docs/decisions/007-prisma-6.md.
import { PrismaPg } from "adapter-pg-migrate";

// The schema names the variable, and without it `prisma generate` falls back to downloading an engine it does not need.
const connectionString = (process.env["DATABASE_URL"] ??= "postgresql://unset@127.0.0.1:1/unset");

/**
 * The adapter's own executeScript cuts a script at every semicolon, function bodies included. Sent whole, PostgreSQL
 * parses it itself and runs it as one implicit transaction, so a failed migration leaves nothing behind.
 */
class WholeScriptPg extends PrismaPg {
  override async connect(): ReturnType<PrismaPg["connect"]> {
    const adapter = await super.connect();
    adapter.executeScript = async (script) => {
      await adapter.underlyingDriver().query(script);
    };
    return adapter;
  }
}

export default defineConfig({
  schema: "prisma/schema.prisma",
  experimental: { adapter: true },
  engine: "js",
  migrations: { path: "prisma/migrations" },
  // Without idleTimeoutMillis the pool keeps the command alive for ten seconds after it is done.
  adapter: async () => new WholeScriptPg({ connectionString, idleTimeoutMillis: 100 }),
});
