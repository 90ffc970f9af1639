import { expect, test } from "vitest";
import { importCsv } from "#app/loyalty/importing/import-rows.server.ts";
import { readProgressOf } from "#app/loyalty/importing/points-import.server.ts";
import { contactKey, type ResolveContacts } from "#app/loyalty/importing/resolve-contacts.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { discrepanciesIn, peopleServices } from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();

const resolve: ResolveContacts = async (_shopId, contacts) =>
  new Map(contacts.map((contact) => [contactKey(contact), { customerId: contact.value }] as const));

/** 100,000 rows are imported by benchmarks/import.ts; this many pass through the same chunks in a second or two. */
const ROWS = 3_000;

test(`T48 ${ROWS} rows, for the 100,000 of the benchmark: every tenth is bad and changes nothing, the rest count once`, async () => {
  const { db } = database;
  const shopId = await createShop(db);
  const line = (n: number) => (n % 10 === 0 ? `${n},=1+${n}` : `${n},${n}`);
  const csv = ["Shopify Customer ID,Points", ...Array.from({ length: ROWS }, (_, n) => line(n + 1))].join(
    "\n",
  );
  async function* bytes(): AsyncGenerator<Uint8Array> {
    const whole = new TextEncoder().encode(csv);
    for (let from = 0; from < whole.length; from += 4_096) yield whole.subarray(from, from + 4_096);
  }
  const run = () =>
    importCsv(peopleServices(db), {
      shopId,
      bytes: bytes(),
      fileName: "points.csv",
      reason: "Moving in",
      actor: "9001",
      now: NOW,
      resolve,
    });
  const total = async () => {
    const [row] = await db.query<{ members: number; points: number; transfers: number }>(
      `select count(*) as members, sum(available)::bigint as points,
              (select count(*) from points_transfer where shop_id = $1) as transfers from member where shop_id = $1`,
      [shopId],
    );
    return row!;
  };
  const staged = await run();
  if (staged.outcome === "refused") throw new Error("refused");
  const good = ROWS - ROWS / 10;
  // 1 + … + 3,000 less 10 × (1 + … + 300)
  const points = (ROWS * (ROWS + 1)) / 2 - (10 * (ROWS / 10) * (ROWS / 10 + 1)) / 2;
  expect(await readProgressOf(db, shopId, staged.importId)).toMatchObject({
    lines: ROWS,
    posted: good,
    bad: ROWS / 10,
  });
  expect(await total()).toEqual({ members: good, points, transfers: good });
  expect(await run()).toMatchObject({ outcome: "known" });
  expect(await total()).toEqual({ members: good, points, transfers: good });
  expect(await discrepanciesIn(db, shopId)).toEqual([]);
}, 60_000);
