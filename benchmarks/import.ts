import { importCsv } from "#app/loyalty/importing/import-rows.server.ts";
import { contactKey, type ResolveContacts } from "#app/loyalty/importing/resolve-contacts.server.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import { type BenchContext, BIG_SHOP } from "./context.ts";
import { type Result, round } from "./measure.ts";
import { watchMemory } from "./memory.ts";
import { NOW } from "./now.ts";
import { benchServices } from "./services.ts";

/** Fewer would measure how long a few transactions wait, not rows. */
const ROWS = Math.max(20_000, Math.round(BIG_SHOP / 10));

/** The nth address is customer n: Shopify's part takes no time here. */
const resolve: ResolveContacts = (_shopId, contacts) =>
  Promise.resolve(
    new Map(
      contacts.map((contact) => [contactKey(contact), { customerId: contact.value.split("@", 1)[0] ?? "" }]),
    ),
  );

/**
 * Rows of a CSV file brought in, members made as needed: read, dry run, posted. What is left out is the question to Shopify who
 * has an address (fifty addresses a call): it depends on the shop's plan, not on us. The floor writes the rows of as many
 * members with their transfer and lot in one statement, half of them before ours and half after.
 */
export async function benchImportRows({ db, databaseUrl, createShop }: BenchContext): Promise<Result> {
  const { shopId } = await createShop(1);
  const services = benchServices(db, databaseUrl);
  const floorBefore = await floorSeconds(db, (await createShop(0)).shopId);
  const started = performance.now();
  const { result: staged, grownMb } = await watchMemory(() =>
    importCsv(services, {
      shopId,
      fileName: "points.csv",
      reason: "Moving in",
      actor: "1",
      now: NOW,
      resolve,
      bytes: (async function* () {
        const encoder = new TextEncoder();
        yield encoder.encode("email,points\n");
        for (let row = 1; row <= ROWS; row += 1) yield encoder.encode(`${row}@example.com,100\n`);
      })(),
    }),
  );
  const perSecond = ROWS / ((performance.now() - started) / 1000);
  const [posted] = await db.query<{ points: number }>(
    "select sum(available)::bigint as points from member where shop_id = $1",
    [shopId],
  );
  if (posted?.points !== ROWS * 100) {
    throw new Error(`${ROWS} rows of 100 points, ${posted?.points} posted: ${JSON.stringify(staged)}`);
  }
  const floorAfter = await floorSeconds(db, (await createShop(0)).shopId);
  const floor = (2 * Math.ceil(ROWS / 2)) / (floorBefore + floorAfter);
  return {
    name: "import_rows",
    value: round(perSecond, 0),
    unit: "rows/s",
    floor: round(floor, 0),
    ratio: round(perSecond / floor, 3),
    note: `${ROWS} rows, new members, Shopify answering at once; memory of the process at most ${grownMb} MB more`,
  };
}

async function floorSeconds(db: Database, shopId: string): Promise<number> {
  const started = performance.now();
  await db.query(FLOOR_SQL, [shopId, Math.ceil(ROWS / 2), NOW]);
  return (performance.now() - started) / 1000;
}

const FLOOR_SQL = `
with members as (
  insert into member (shop_id, member_id, customer_id, joined_at, referral_code, available, last_seq)
  select $1, gen_random_uuid(), n::text, $3, 'B' || n, 100, 1 from generate_series(1, $2::int) as n
  returning member_id, customer_id
), transfers as (
  insert into points_transfer (shop_id, member_id, seq, from_account, to_account, points, reason, source, source_id,
      idempotency_key, occurred_at, recorded_at, actor, available_after)
  select $1, member_id, 1, 'adjusted', 'available', 100, 'adjust', 'import', '1', 'import:' || customer_id, $3, $3, '1', 100
    from members
)
insert into points_lot (shop_id, member_id, lot_seq, granted, remaining, state, earned_at, available_at)
select $1, member_id, 1, 100, 100, 'available', $3, $3 from members`;
