import type { Services } from "#app/services.server.ts";
import type { Tx } from "#app/platform/db/database.server.ts";
import { InvariantViolation } from "#app/platform/errors.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { POINTS_MAX } from "#app/loyalty/ledger/accounts.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { recordAudit } from "#app/loyalty/program/record-audit.server.ts";
import { grantExpiresAt } from "#app/loyalty/members/grant-expiry.ts";
import {
  customersWhoJoined,
  type ImportMember,
  lockImportMembers,
  newMember,
} from "./import-members.server.ts";
import { type GrantFacts, grantInOneStatement, grantToNewMembers } from "./grant-set.server.ts";
import { lockImport, type PointsImport, readProgressOf } from "./points-import.server.ts";
import type { RowProblem } from "./read-import-row.ts";

const ROWS_PER_CHUNK = 2_000;

interface ReadyRow {
  line: number;
  points: number;
  customerId: string;
  note: string | null;
}

interface JudgedRow extends ReadyRow {
  member: ImportMember;
  key: string;
}

/**
 * Posts the next lines of an import, all of them or none: one transaction, a handful of statements, whatever their
 * number. Each line has a key of its own, so a line that was posted before (by this file, or for a balance brought over
 * from the same program by any file) is passed over.
 *
 * @param args.after the line to go on behind: what is done is not looked at again
 * @returns where the next step goes on; null when there is none
 */
export async function applyStep(
  services: Pick<Services, "db" | "newId" | "randomBytes">,
  args: { shopId: string; importId: string; now: Date; after: number; rowsPerChunk?: number },
): Promise<number | null> {
  const { shopId, importId, now } = args;
  return services.db.transaction(async (tx) => {
    const found = await lockImport(tx, shopId, importId);
    if (found?.status !== "applying") return null;
    const rows = await tx.query<ReadyRow>(
      `select line, points, customer_id as "customerId", note from points_import_row
        where shop_id = $1 and import_id = $2 and state = 'ready' and line > $4 order by line limit $3`,
      [shopId, importId, args.rowsPerChunk ?? ROWS_PER_CHUNK, args.after],
    );
    if (rows.length === 0) {
      if (args.after > 0) return 0;
      await finish(tx, found, { shopId, now, eventId: services.newId() });
      return null;
    }
    const facts = await factsOf(tx, found, shopId, now);
    const joined = await makeMembers(tx, services, found, facts, rows);
    const others = rows.filter((row) => !joined.has(row));
    const members = await lockImportMembers(tx, services, {
      shopId,
      now,
      customerIds: others.map(({ customerId }) => customerId),
    });
    const { due, settled } = await judge(tx, shopId, found, others, members);
    await post(tx, facts, due, found.allowDebt);
    // One job for all of them: it writes whatever is behind.
    await enqueue(tx, "project-member", { shopId, memberId: "" }, { jobKey: `project:${shopId}:rest` });
    await noteRows(tx, { shopId, importId, settled, posted: [...joined, ...due] });
    return rows.at(-1)?.line ?? null;
  });
}

/**
 * Customers who are no members yet get their row with the points in it, which costs half of making it and then changing
 * it. Whoever does not fit (points to take, somebody else made the member meanwhile) is left to the way of all others.
 *
 * @returns the lines that are posted by this
 */
async function makeMembers(
  tx: Tx,
  services: Pick<Services, "newId" | "randomBytes">,
  found: PointsImport,
  facts: GrantFacts,
  rows: readonly ReadyRow[],
): Promise<Set<ReadyRow>> {
  const customerIds = rows.map(({ customerId }) => customerId);
  const there = await customersWhoJoined(tx, facts.shopId, customerIds);
  const first = new Map<string, ReadyRow>();
  for (const row of rows)
    if (row.points > 0 && !there.has(row.customerId) && !first.has(row.customerId))
      first.set(row.customerId, row);
  const newcomers = [...first.values()].toSorted((a, b) => (a.customerId < b.customerId ? -1 : 1));
  const made = await grantToNewMembers(
    tx,
    facts,
    keyOf(found, ""),
    newcomers.map(({ customerId, points, note }) => ({ customerId, points, note, ...newMember(services) })),
  );
  return new Set(newcomers.filter(({ customerId }) => made.has(customerId)));
}

async function noteRows(
  tx: Tx,
  args: {
    shopId: string;
    importId: string;
    settled: readonly SettledRow[];
    posted: readonly { line: number }[];
  },
): Promise<void> {
  const rows = [
    ...args.settled,
    ...args.posted.map(({ line }) => ({ line, state: "posted", problem: null })),
  ];
  await tx.query(
    `update points_import_row as r
        set state = a.state, problem = a.problem, contact = case when a.state = 'bad' then r.contact end,
            note = case when a.state = 'bad' then r.note end
       from json_to_recordset($3::json) as a(line int, state text, problem text)
      where r.shop_id = $1 and r.import_id = $2 and r.line = a.line`,
    [args.shopId, args.importId, JSON.stringify(rows)],
  );
}

type SettledRow = { line: number; state: "bad" | "skipped"; problem: RowProblem };

/** Which lines are posted now, and why the others are not. */
async function judge(
  tx: Tx,
  shopId: string,
  found: PointsImport,
  rows: readonly ReadyRow[],
  members: ReadonlyMap<string, ImportMember>,
): Promise<{ due: JudgedRow[]; settled: SettledRow[] }> {
  const due: JudgedRow[] = [];
  const settled: SettledRow[] = [];
  const seen = new Set<string>();
  const keyed = rows.map((row) => {
    const member = members.get(row.customerId);
    return { row, member, key: member ? keyOf(found, member.memberId) : "" };
  });
  const posted = await postedBefore(
    tx,
    shopId,
    found,
    [...members.values()].map(({ memberId }) => memberId),
  );
  for (const { row, member, key } of keyed) {
    const { line, points } = row;
    if (!member) settled.push({ line, state: "bad", problem: "erased" });
    else if (posted.has(member.memberId))
      settled.push({ line, state: "skipped", problem: "already_imported" });
    else if (seen.has(member.memberId)) settled.push({ line, state: "bad", problem: "twice_in_file" });
    else if (points < 0 && member.available < -points && !found.allowDebt)
      settled.push({ line, state: "bad", problem: "insufficient_points" });
    else if (Math.abs(member.available + points) > POINTS_MAX)
      settled.push({ line, state: "bad", problem: "points_out_of_range" });
    else {
      seen.add(member.memberId);
      due.push({ ...row, member, key });
    }
  }
  return { due, settled };
}

/**
 * Who has had what this file is about. A balance that an earlier file gave to somebody who has been merged into a member
 * since was given to that member; what this file gave them is one of its lines, and the member's own is another.
 */
async function postedBefore(
  tx: Tx,
  shopId: string,
  found: PointsImport,
  memberIds: readonly string[],
): Promise<Set<string>> {
  const rows = await tx.query<{ memberId: string }>(
    `select id as "memberId"
       from unnest($2::uuid[]) as id
       join points_transfer t on t.shop_id = $1 and t.idempotency_key = $3::text || id
      union
     select m.merged_into
       from member m
       join points_transfer t on t.shop_id = $1 and t.idempotency_key = $3::text || m.member_id
      where m.shop_id = $1 and m.merged_into = any($2::uuid[]) and $5 and t.source_id <> $4`,
    [shopId, memberIds, keyOf(found, ""), found.importId, found.kind === "balance"],
  );
  return new Set(rows.map(({ memberId }) => memberId));
}

function keyOf(found: PointsImport, memberId: string): string {
  return found.kind === "balance"
    ? `import:${found.profile}:${memberId}`
    : `import:${found.fileHash}:${memberId}`;
}

async function factsOf(tx: Tx, found: PointsImport, shopId: string, now: Date): Promise<GrantFacts> {
  const { settings } = await liveProgram(tx, shopId);
  const [shop] = await tx.query<{ timeZone: string }>(
    `select time_zone as "timeZone" from shop where shop_id = $1`,
    [shopId],
  );
  return {
    shopId,
    now,
    expiresAt: grantExpiresAt(settings.expiry, now, shop?.timeZone ?? "UTC"),
    reason: found.kind === "balance" ? "import" : "adjust",
    source: "import",
    sourceId: found.importId,
    actor: found.createdBy,
    note: found.reason,
  };
}

async function post(tx: Tx, facts: GrantFacts, due: readonly JudgedRow[], allowDebt: boolean): Promise<void> {
  await grantInOneStatement(
    tx,
    facts,
    due
      .filter(({ points }) => points > 0)
      .map(({ member, points, key, note }) => ({ memberId: member.memberId, points, key, note })),
  );
  const { shopId, now, reason, source, sourceId, actor } = facts;
  const result = await postTransfers(tx, {
    shopId,
    now,
    allowDebt,
    postings: due
      .filter(({ points }) => points < 0)
      .map(({ member, points, key, note }) => ({
        reason,
        source,
        sourceId,
        actor,
        note: note ?? facts.note,
        memberId: member.memberId,
        from: "available" as const,
        to: "adjusted" as const,
        points: -points,
        idempotencyKey: key,
        occurredAt: now,
      })),
  });
  // Judged under the members' locks: what was enough then is enough now.
  if (result.outcome !== "posted") throw new InvariantViolation("import_not_posted");
}

async function finish(
  tx: Tx,
  found: PointsImport,
  { shopId, now, eventId }: { shopId: string; now: Date; eventId: string },
): Promise<void> {
  const { importId } = found;
  const progress = await readProgressOf(tx, shopId, importId);
  await tx.query(
    `update points_import set status = 'done', finished_at = $3 where shop_id = $1 and import_id = $2`,
    [shopId, importId, now],
  );
  await recordAudit(tx, {
    shopId,
    eventId,
    at: now,
    actor: found.createdBy,
    action: "import.done",
    subject: `import:${importId}`,
    after: { ...progress },
    reason: found.reason,
  });
}
