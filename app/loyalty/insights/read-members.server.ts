import type { Queryable } from "#app/platform/db/database.server.ts";
import type { MemberListQuery, MemberSort } from "./member-list-query.ts";

export interface MemberListRow {
  memberId: string;
  customerId: string | null;
  state: "active" | "blocked";
  joinedAt: string;
  tierId: string | null;
  available: number;
  pending: number;
  held: number;
  lastActiveAt: string | null;
}

export interface MemberPage {
  rows: MemberListRow[];
  /** Cursors for the page after and before; null where there is none. */
  after: string | null;
  before: string | null;
}

export const MEMBERS_PER_PAGE = 50;

interface SortKey {
  /** The indexed column, and the same as the text that a cursor carries. */
  column: string;
  asText: string;
  cast: string;
  read(text: string): unknown;
}

const JOINED: SortKey = {
  column: "joined_at",
  asText: "(extract(epoch from joined_at) * 1000)::bigint::text",
  cast: "timestamptz",
  read: (text) => new Date(Math.max(0, Math.min(8e15, Number(text)))),
};
const BALANCE: SortKey = {
  column: "available",
  asText: "available::text",
  cast: "bigint",
  read: boundedWhole,
};

const SORTS: Record<MemberSort, SortKey & { descending: boolean }> = {
  joined_desc: { ...JOINED, descending: true },
  joined_asc: { ...JOINED, descending: false },
  balance_desc: { ...BALANCE, descending: true },
  balance_asc: { ...BALANCE, descending: false },
};

/**
 * A page of members, read by key: page 1,000 costs what page 1 costs. Only reads.
 *
 * @param args.customerIds customers that Shopify found for the words searched for; null when it was not asked
 */
export async function readMembers(
  q: Queryable,
  args: { shopId: string; query: MemberListQuery; customerIds: string[] | null },
): Promise<MemberPage> {
  const { query } = args;
  const sort = SORTS[query.sort];
  const back = query.cursor?.direction === "previous";
  const descending = back ? !sort.descending : sort.descending;
  const values: unknown[] = [args.shopId];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const where = ["shop_id = $1", "state in ('active', 'blocked')", ...filters(query, args.customerIds, bind)];
  if (query.cursor) {
    const key = `(${bind(sort.read(query.cursor.value))}::${sort.cast}, ${bind(query.cursor.memberId)}::uuid)`;
    where.push(`(${sort.column}, member_id) ${descending ? "<" : ">"} ${key}`);
  }
  const direction = descending ? "desc" : "asc";
  const rows = await q.query<MemberListRow & { key: string }>(
    `select member_id as "memberId", customer_id as "customerId", state, joined_at as "joinedAt",
            tier_id as "tierId", available, pending, held, last_active_at as "lastActiveAt", ${sort.asText} as key
       from member where ${where.join(" and ")}
      order by ${sort.column} ${direction}, member_id ${direction}
      limit ${bind(MEMBERS_PER_PAGE + 1)}`,
    values,
  );
  return toPage(rows, back, query.cursor !== null);
}

function boundedWhole(text: string): string {
  const value = BigInt(text);
  const bound = 9_000_000_000_000_000n;
  return String(value > bound ? bound : value < -bound ? -bound : value);
}

function filters(
  query: MemberListQuery,
  customerIds: string[] | null,
  bind: (value: unknown) => string,
): string[] {
  const where: string[] = [];
  if (query.tiers.length > 0) where.push(`tier_id = any(${bind(query.tiers)}::text[])`);
  if (query.states.length > 0) where.push(`state = any(${bind(query.states)}::text[])`);
  if (query.balance === "some") where.push("available > 0");
  if (query.balance === "none") where.push("available = 0");
  if (query.balance === "owed") where.push("available < 0");
  if (query.search !== "") {
    const text = bind(query.search);
    const ids = bind(customerIds ?? []);
    // One branch an index: as one condition of five alternatives it would read every member of the shop. Whoever was merged
    // is found as the member who was kept; orders and codes have moved there already.
    where.push(
      `member_id in (
         select coalesce(merged_into, member_id) from member where shop_id = $1 and customer_id = ${text}
          union all select coalesce(merged_into, member_id) from member where shop_id = $1 and referral_code = upper(${text})
          union all select coalesce(merged_into, member_id) from member where shop_id = $1 and customer_id = any(${ids}::text[])
          union all select member_id from order_state where shop_id = $1 and name in (${text}, '#' || ${text})
          union all select member_id from redemption where shop_id = $1 and code = upper(${text}))`,
    );
  }
  return where;
}

function toPage(found: (MemberListRow & { key: string })[], back: boolean, fromCursor: boolean): MemberPage {
  const more = found.length > MEMBERS_PER_PAGE;
  const page = found.slice(0, MEMBERS_PER_PAGE);
  if (back) page.reverse();
  const cursor = (row: (typeof page)[number] | undefined) => (row ? `${row.key}_${row.memberId}` : null);
  const rows = page.map(({ key: _key, ...row }) => ({
    ...row,
    joinedAt: new Date(row.joinedAt).toISOString(),
    lastActiveAt: row.lastActiveAt === null ? null : new Date(row.lastActiveAt).toISOString(),
  }));
  return {
    rows,
    after: back || more ? cursor(page.at(-1)) : null,
    before: (back ? more : fromCursor) ? cursor(page[0]) : null,
  };
}
