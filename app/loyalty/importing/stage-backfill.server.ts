import { Malformed } from "#app/platform/errors.ts";
import type { Services } from "#app/services.server.ts";
import { hashEmail } from "../members/hash-email.ts";
import { lockActiveRun } from "./backfill-run.server.ts";

const BATCH_LINES = 1_000;

interface StagedOrder {
  order_id: string;
  processed_at: string;
  node: Record<string, unknown>;
  email_hash: string | null;
}

interface StagedLine {
  order_id: string;
  position: number;
  node: Record<string, unknown>;
}

/**
 * Reads an export's lines into the staging tables: orders, and their lines wherever they come after them. A batch and how
 * far it got are one transaction, so that reading goes on after a crash where it stopped, and holds one batch in memory.
 *
 * @param lines the whole file, from its first line; what was read before is skipped
 * @throws Malformed when a line is not an order or a line of one
 */
export async function stageBackfill(
  services: Pick<Services, "db" | "config">,
  args: { shopId: string; runId: string; skip: number },
  lines: AsyncIterable<string>,
): Promise<{ outcome: "staged" | "held" }> {
  let position = 0;
  let batch: { position: number; text: string }[] = [];
  for await (const text of lines) {
    if (text === "") continue;
    position += 1;
    if (position <= args.skip) continue;
    batch.push({ position, text });
    if (batch.length < BATCH_LINES) continue;
    if (!(await stageBatch(services, args, batch))) return { outcome: "held" };
    batch = [];
  }
  if (batch.length > 0 && !(await stageBatch(services, args, batch))) return { outcome: "held" };
  return { outcome: "staged" };
}

/** @returns false when the run was paused, stopped, or somebody else has read these lines */
async function stageBatch(
  { db, config }: Pick<Services, "db" | "config">,
  { shopId, runId }: { shopId: string; runId: string },
  batch: readonly { position: number; text: string }[],
): Promise<boolean> {
  const orders: StagedOrder[] = [];
  const lines: StagedLine[] = [];
  for (const { position, text } of batch) {
    const { __parentId: parent, ...node } = parse(text);
    if (parent === undefined) {
      orders.push(stagedOrder(node, (email) => hashEmail(config.hashSecret, shopId, email)));
    } else {
      lines.push({ order_id: digitsOf(parent), position, node });
    }
  }
  return db.transaction(async (tx) => {
    const run = await lockActiveRun(tx, shopId, runId);
    if (run?.linesStaged !== (batch[0]?.position ?? 0) - 1) return false;
    await tx.query(
      `insert into backfill_order (shop_id, run_id, order_id, processed_at, node, email_hash)
       select $1, $2, o.order_id, o.processed_at, o.node, o.email_hash
         from json_to_recordset($3::json) as o(order_id text, processed_at timestamptz, node jsonb, email_hash text)
       on conflict do nothing`,
      [shopId, runId, JSON.stringify(orders)],
    );
    await tx.query(
      `insert into backfill_line (shop_id, run_id, order_id, position, node)
       select $1, $2, l.order_id, l.position, l.node
         from json_to_recordset($3::json) as l(order_id text, position bigint, node jsonb)
       on conflict do nothing`,
      [shopId, runId, JSON.stringify(lines)],
    );
    await tx.query(
      `update backfill_run set lines_staged = lines_staged + $3, orders_found = orders_found + $4
        where shop_id = $1 and run_id = $2`,
      [shopId, runId, batch.length, orders.length],
    );
    return true;
  });
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below, without the text: it may hold an address.
  }
  throw new Malformed("backfill_line");
}

function stagedOrder(node: Record<string, unknown>, hash: (email: string) => string): StagedOrder {
  const { email, processedAt, customer } = node;
  if (typeof processedAt !== "string" || Number.isNaN(Date.parse(processedAt))) {
    throw new Malformed("backfill_line");
  }
  const guest = (customer ?? null) === null && typeof email === "string" && email !== "";
  return {
    order_id: digitsOf(node["id"]),
    processed_at: processedAt,
    node: { ...node, email: null },
    email_hash: guest ? hash(email) : null,
  };
}

/** `gid://shopify/Order/123` is 123. */
function digitsOf(gid: unknown): string {
  const digits = /^gid:\/\/shopify\/Order\/(\d{1,20})$/.exec(String(gid))?.[1];
  if (digits === undefined) throw new Malformed("backfill_line");
  return digits;
}
