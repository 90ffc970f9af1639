import { expect, test } from "vitest";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";

const database = useTestDatabase();

test("int8 comes as a number, json parsed, numeric as text, timestamptz as a Date", async () => {
  const [row] = await database.db.query(
    `select 9007199254740991::int8 as big, '{"a":1}'::json as doc, 1.50::numeric as price, 'epoch'::timestamptz as at,
       '2026-01-03'::date as day, array[1, 2]::int8[] as list`,
  );
  expect(row).toEqual({
    big: 9007199254740991,
    doc: { a: 1 },
    price: "1.50",
    at: new Date(0),
    day: "2026-01-03",
    list: [1, 2],
  });
});

test("an int8 that no safe integer can carry throws instead of being rounded", async () => {
  await expect(database.db.query("select 9007199254740993::int8 as big")).rejects.toThrow(/safe integer/u);
});

test("a transaction that throws leaves nothing behind, its job included", async () => {
  await expect(
    database.db.transaction(async (tx) => {
      await enqueue(tx, "settle-order", { shopId: "a.myshopify.com", orderId: "1" });
      throw new Error("changed my mind");
    }),
  ).rejects.toThrow("changed my mind");
  expect(await database.db.query("select 1 from graphile_worker.jobs")).toEqual([]);
});

test("a deadlock is run again until it passes", async () => {
  const { db } = database;
  await db.query("create table probe (id int primary key, n int not null)");
  await db.query("insert into probe values (1, 0), (2, 0)");
  const add = (first: number, second: number) =>
    db.transaction(async (tx) => {
      await tx.query("update probe set n = n + 1 where id = $1", [first]);
      await tx.query("select pg_sleep(0.05)");
      await tx.query("update probe set n = n + 1 where id = $1", [second]);
    });
  await Promise.all([add(1, 2), add(2, 1)]);
  expect(await db.query("select n from probe order by id")).toEqual([{ n: 2 }, { n: 2 }]);
});
