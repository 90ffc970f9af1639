import { expect, test } from "vitest";
import { useTestDatabase } from "#tests/support/database.ts";

const database = useTestDatabase();

/** Not ours to shape: Prisma's log of migrations, and the sessions of Shopify's library, which name their shop `shop`. */
const OTHERS = ["_prisma_migrations", "session"];

interface Key {
  table: string;
  name: string;
  first: string;
}

async function keysOf(sql: string): Promise<Key[]> {
  return database.db.query<Key>(sql, [OTHERS]);
}

test("every table of ours has a primary key, and every primary and unique key begins with the shop", async () => {
  const keys = await keysOf(
    `select t.relname as "table", i.relname as name, pg_get_indexdef(x.indexrelid, 1, true) as first
       from pg_index x
       join pg_class t on t.oid = x.indrelid
       join pg_class i on i.oid = x.indexrelid
      where t.relnamespace = 'public'::regnamespace and x.indisunique and t.relname <> all($1)`,
  );
  expect(keys.filter(({ first }) => first !== "shop_id")).toEqual([]);
  const tables = await database.db.query<{ name: string; keyed: boolean; shop: boolean }>(
    `select t.relname as name,
            exists (select 1 from pg_index x where x.indrelid = t.oid and x.indisprimary) as keyed,
            exists (select 1 from pg_attribute a where a.attrelid = t.oid and a.attname = 'shop_id' and a.attnotnull) as shop
       from pg_class t
      where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p') and t.relname <> all($1)`,
    [OTHERS],
  );
  expect(tables.length).toBeGreaterThan(12);
  expect(tables.filter(({ keyed, shop }) => !keyed || !shop)).toEqual([]);
});

test("every other index begins with the shop, so that no query of one shop walks another's rows", async () => {
  const indexes = await keysOf(
    `select t.relname as "table", i.relname as name, pg_get_indexdef(x.indexrelid, 1, true) as first
       from pg_index x
       join pg_class t on t.oid = x.indrelid
       join pg_class i on i.oid = x.indexrelid
      where t.relnamespace = 'public'::regnamespace and not x.indisunique and t.relname <> all($1)`,
  );
  expect(indexes.length).toBeGreaterThan(12);
  expect(indexes.filter(({ first }) => first !== "shop_id")).toEqual([]);
});

test("every foreign key goes from a shop's rows to rows of the same shop", async () => {
  const keys = await database.db.query<{ name: string; from: string; to: string }>(
    `select c.conname as name,
            (select attname from pg_attribute where attrelid = c.conrelid and attnum = c.conkey[1]) as "from",
            (select attname from pg_attribute where attrelid = c.confrelid and attnum = c.confkey[1]) as "to"
       from pg_constraint c
       join pg_class t on t.oid = c.conrelid
      where c.contype = 'f' and t.relnamespace = 'public'::regnamespace and t.relname <> all($1)`,
    [OTHERS],
  );
  expect(keys.length).toBeGreaterThan(8);
  expect(keys.filter(({ from, to }) => from !== "shop_id" || to !== "shop_id")).toEqual([]);
});

test("no foreign key cascades updates or sets a shop to null, and no trigger but the ledger's own is there: Citus takes the rest", async () => {
  const keys = await database.db.query<{ name: string }>(
    `select c.conname as name from pg_constraint c join pg_class t on t.oid = c.conrelid
      where c.contype = 'f' and t.relnamespace = 'public'::regnamespace and t.relname <> all($1)
        and (c.confupdtype not in ('a', 'r') or c.confdeltype not in ('a', 'r', 'c'))`,
    [OTHERS],
  );
  expect(keys).toEqual([]);
  const triggers = await database.db.query<{ name: string }>(
    `select tgname as name from pg_trigger g join pg_class t on t.oid = g.tgrelid
      where not g.tgisinternal and t.relnamespace = 'public'::regnamespace order by 1`,
  );
  expect(triggers.map(({ name }) => name)).toEqual([
    "lot_move_append_only",
    "lot_move_no_truncate",
    "points_transfer_append_only",
    "points_transfer_no_truncate",
  ]);
});
