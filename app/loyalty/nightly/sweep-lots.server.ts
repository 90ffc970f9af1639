/**
 * What release and expiry have in common: members are locked in batches, in the order of their ids as
 * everything that moves points locks them, and only then are their lots read and moved in one statement. Two
 * sweeps at once, or a sweep and a settlement, therefore wait for each other and never see each other's half.
 */
import type { Database, Tx } from "#app/platform/db/database.server.ts";

export interface SweepArgs {
  shopId: string;
  now: Date;
  /** Lots a transaction moves at most; a member's lots may exceed it by a few. */
  batchSize?: number;
}

export interface Swept {
  lots: number;
  points: number;
}

const BATCH_SIZE = 5_000;

/**
 * Repeats a statement over the members that have due lots until there are none.
 *
 * @param sql.due selects member_id of due lots with $1 shop, $2 now, $3 limit
 * @param sql.move moves the due lots of the members $3 and returns how many, and how many points
 */
export async function sweepLots(
  db: Database,
  args: SweepArgs,
  sql: { due: string; move: string },
): Promise<Swept> {
  const total: Swept = { lots: 0, points: 0 };
  for (;;) {
    const batch = await db.transaction((tx) => sweepBatch(tx, args, sql));
    if (batch === null) return total;
    total.lots += batch.lots;
    total.points += batch.points;
  }
}

async function sweepBatch(
  tx: Tx,
  args: SweepArgs,
  sql: { due: string; move: string },
): Promise<Swept | null> {
  const { shopId, now } = args;
  const members = await tx.query<{ memberId: string }>(
    `select member_id as "memberId" from member
      where shop_id = $1 and member_id in (${sql.due})
      order by member_id for no key update`,
    [shopId, now, args.batchSize ?? BATCH_SIZE],
  );
  if (members.length === 0) return null;
  const [moved] = await tx.query<Swept>(sql.move, [shopId, now, members.map((member) => member.memberId)]);
  return moved ?? { lots: 0, points: 0 };
}
