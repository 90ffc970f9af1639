import type { Tx } from "#app/platform/db/database.server.ts";
import { NotFound } from "#app/platform/errors.ts";
import { PROGRAM_STAMP, programOfHead } from "../program/program.server.ts";
import {
  type RelevantCampaign,
  RELEVANT_CAMPAIGNS_SQL,
  readRelevant,
} from "../earning/campaigns/relevant-campaigns.server.ts";
import type { PublishedCampaign } from "../earning/campaigns/take-part.ts";
import type { ProgramSettings } from "../program/settings.ts";
import type { OrderRow, ShopRow } from "./settlement.ts";

export interface LoadedOrders {
  timeZone: string;
  program: { version: number; settings: ProgramSettings };
  /** Those that exist, locked. */
  rows: OrderRow[];
  /** Those that the orders may take part in, or do. */
  campaigns: PublishedCampaign[];
}

interface Head extends ShopRow {
  version: number | null;
  stamp: string;
  orderId: string | null;
  /** On the first row alone. */
  campaigns: RelevantCampaign[] | null;
}

type Loaded = Head & Omit<OrderRow, "orderId">;

const LOAD_SQL = `
with locked as materialized (
  select order_id, member_id, customer_id, document, refunds, snapshot, points_held, changes, spent_minor, outcome,
         processed_at
    from order_state
   where shop_id = $1 and order_id = any($2::text[])
   order by order_id
     for update
)
select s.time_zone as "timeZone", s.uninstalled_at as "uninstalledAt", p.version, ${PROGRAM_STAMP} as stamp,
       o.order_id as "orderId", o.member_id as "memberId", o.customer_id as "customerId", o.document, o.refunds,
       o.snapshot, o.points_held as "pointsHeld", o.changes, o.spent_minor as "spentMinor", o.outcome,
       case when o.order_id = (select min(order_id) from locked) then ${RELEVANT_CAMPAIGNS_SQL} end as campaigns
  from shop s
  left join program_version p on p.shop_id = $1 and p.status = 'live'
  left join locked o on true
 where s.shop_id = $1`;

/**
 * Locks orders until the transaction ends, in the order of their ids, and reads them with the shop and its live program,
 * in one statement.
 *
 * @returns null when the shop is not installed
 * @throws NotFound when it has no program
 */
export async function loadOrders(
  tx: Tx,
  { shopId, orderIds }: { shopId: string; orderIds: readonly string[] },
): Promise<LoadedOrders | null> {
  const loaded = await tx.query<Loaded>(LOAD_SQL, [shopId, [...new Set(orderIds)]]);
  const [head] = loaded;
  if (!head || head.uninstalledAt) return null;
  const { timeZone, version, stamp } = head;
  if (version === null) throw new NotFound("no_live_program", { data: { shopId } });
  const program = await programOfHead(tx, shopId, { version, stamp });
  const rows = loaded.flatMap(({ orderId, ...row }) => (orderId === null ? [] : [{ ...row, orderId }]));
  const campaigns = readRelevant(loaded.find((row) => row.campaigns !== null)?.campaigns ?? null);
  return { timeZone, program, rows, campaigns };
}
