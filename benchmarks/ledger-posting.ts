import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import type { BenchContext } from "./context.ts";
import { costPerPiece } from "./cost.ts";
import { drive, interleave, pick, ratioOf, type Result, round } from "./measure.ts";
import { NOW } from "./now.ts";
import { postThroughPrisma, withPrisma } from "./prisma-posting.ts";

const MEMBERS = 2_000;
const PER_ROUND = 600;
const CONCURRENCY = 8;
const ROUNDS = 15;

/**
 * Transfers posted per second by postTransfers alone, one a transaction, against a transaction that writes the same rows
 * (transfer, lot, balance, job) in one prepared statement, and against what open-source peers do: a Prisma interactive
 * transaction that reads the balance, adds to it in JavaScript and writes it back.
 */
export async function benchLedgerPosting({ db, databaseUrl, createShop }: BenchContext): Promise<Result> {
  const [ourShop, floorShop, prismaShop] = [
    await createShop(MEMBERS),
    await createShop(MEMBERS),
    await createShop(MEMBERS),
  ];
  let number = 0;
  const ours = (index: number) => {
    number += 1;
    return post(db, ourShop.shopId, ourShop.memberIds[index % MEMBERS] ?? "", String(number));
  };
  const floor = (index: number) => {
    number += 1;
    return writeRows(db, floorShop.shopId, floorShop.memberIds[index % MEMBERS] ?? "", String(number));
  };
  const loads = await interleave(
    ROUNDS,
    () => drive(PER_ROUND, CONCURRENCY, ours),
    () => drive(PER_ROUND, CONCURRENCY, floor),
  );
  const cost = await costPerPiece(db, 500, (index) => ours(index));
  const floorCost = await costPerPiece(db, 500, (index) => floor(index));
  await proveRight(db, ourShop.shopId);
  const peer = await withPrisma(databaseUrl, async (prisma) => {
    const work = (index: number) =>
      postThroughPrisma(prisma, prismaShop.shopId, prismaShop.memberIds[index % MEMBERS] ?? "");
    await drive(PER_ROUND / 3, CONCURRENCY, work);
    return drive(PER_ROUND * 2, CONCURRENCY, work);
  });
  const race = await raceForOneMember(db, databaseUrl, ourShop, prismaShop);
  const { ratio, spread } = ratioOf(loads);
  return {
    name: "ledger_posting",
    value: round(pick(loads.ours, "perSecond"), 0),
    unit: "postings/s",
    floor: round(pick(loads.floor, "perSecond"), 0),
    ratio,
    note:
      `${spread}; ` +
      `p99 ${round(pick(loads.ours, "p99Ms"))} ms (floor ${round(pick(loads.floor, "p99Ms"))} ms), ${CONCURRENCY} at once; ` +
      `a posting: ${cost.rows} rows, ${cost.walBytes} bytes of WAL, ${cost.statements} statements ` +
      `(floor ${floorCost.rows}, ${floorCost.walBytes}, ${floorCost.statements}); ` +
      `Prisma read-modify-write ${round(peer.perSecond, 0)}/s, ours ${round(pick(loads.ours, "perSecond") / peer.perSecond)} times that; ` +
      `50 postings of 1 point to one member at once: ours ${race.ours}, Prisma ${race.prisma}`,
  };
}

async function post(db: Database, shopId: string, memberId: string, sourceId: string): Promise<void> {
  await db.transaction((tx) =>
    postTransfers(tx, {
      shopId,
      now: NOW,
      postings: [
        {
          memberId,
          from: "issued",
          to: "available",
          points: 1,
          reason: "earn",
          source: "order",
          sourceId,
          idempotencyKey: `order:${sourceId}:1`,
          occurredAt: NOW,
          detail: DETAIL,
          lot: { expiresAt: null, orderId: sourceId },
        },
      ],
    }),
  );
}

const DETAIL = { orderName: "#1001", currency: "USD", eligibleMinor: 10_000, points: 5, perMinor: 100 };

/** The same rows, with nothing checked, planned or read first. */
async function writeRows(db: Database, shopId: string, memberId: string, sourceId: string): Promise<void> {
  await db.transaction((tx) =>
    tx.query(
      `with balance as (
         update member set available = available + 1, lifetime = lifetime + 1, last_seq = last_seq + 1,
                revision = revision + 1, last_active_at = $4
          where shop_id = $1 and member_id = $2 returning last_seq, available
       ), transfer as (
         insert into points_transfer (shop_id, member_id, seq, from_account, to_account, points, reason, source, source_id,
             idempotency_key, occurred_at, recorded_at, actor, detail, available_after)
         select $1, $2, last_seq, 'issued', 'available', 1, 'earn', 'order', $3, 'order:' || $3 || ':1', $4, $4, 'system',
             $5, available from balance
       ), lot as (
         insert into points_lot (shop_id, member_id, lot_seq, granted, remaining, state, earned_at, available_at, order_id)
         select $1, $2, last_seq, 1, 1, 'available', $4, $4, $3 from balance
       )
       select 1 from graphile_worker.add_job('project-member', json_build_object('shopId', $1::text, 'memberId', $2::uuid),
         job_key => 'project:' || $1::text || ':' || $2::uuid, job_key_mode => 'preserve_run_at')`,
      [shopId, memberId, sourceId, NOW, JSON.stringify(DETAIL)],
    ),
  );
}

async function proveRight(db: Database, shopId: string): Promise<void> {
  const [row] = await db.query<{ balance: number; posted: number }>(
    `select (select sum(available)::bigint from member where shop_id = $1) as balance,
            (select sum(points)::bigint from points_transfer where shop_id = $1) as posted`,
    [shopId],
  );
  if (row?.balance !== row?.posted) throw new Error(`balances ${row?.balance}, posted ${row?.posted}`);
}

type Shop = { shopId: string; memberIds: string[] };

/** What fifty simultaneous postings to one member add up to: fifty, if none was lost. */
async function raceForOneMember(
  db: Database,
  databaseUrl: string,
  our: Shop,
  prismas: Shop,
): Promise<{ ours: number; prisma: number }> {
  const balance = async ({ shopId, memberIds }: Shop): Promise<number> => {
    const [row] = await db.query<{ available: number }>(
      "select available from member where shop_id = $1 and member_id = $2",
      [shopId, memberIds[0]],
    );
    return row?.available ?? 0;
  };
  const before = { ours: await balance(our), prisma: await balance(prismas) };
  await drive(50, 16, (index) => post(db, our.shopId, our.memberIds[0] ?? "", `race-${index}`));
  await withPrisma(databaseUrl, (prisma) =>
    drive(50, 16, () => postThroughPrisma(prisma, prismas.shopId, prismas.memberIds[0] ?? "")),
  );
  return { ours: (await balance(our)) - before.ours, prisma: (await balance(prismas)) - before.prisma };
}
