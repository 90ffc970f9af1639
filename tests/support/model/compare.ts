/** Both sides in the same words, one line a fact, so that a difference can be read. */
import type { Queryable } from "#app/platform/db/database.server.ts";
import type { ReferenceModel } from "./reference-model.ts";

const iso = (at: Date | null): string => at?.toISOString() ?? "never";

/** What the model holds true. */
export function linesOfModel(model: ReferenceModel): string[] {
  const lines: string[] = [];
  for (const person of model.people.values()) {
    if (person.mergedInto) continue;
    const { customer, blocked, lifetime, tier, until } = person;
    const balances = [model.available(person), model.pending(person), model.held(person), lifetime].join("/");
    lines.push(
      `member ${customer} ${blocked ? "blocked" : "active"} ${balances} ${tier} until ${iso(until)}`,
    );
    const lots = new Map<string, number>();
    for (const { left, pending, expires } of person.grants) {
      if (left === 0) continue;
      const kind = `${customer} ${pending ? "pending" : "available"} until ${iso(expires)}`;
      lots.set(kind, (lots.get(kind) ?? 0) + left);
    }
    for (const [kind, points] of lots) lines.push(`points ${kind}: ${points}`);
  }
  for (const [id, { holds, spent }] of model.orders) lines.push(`order ${id} holds ${holds} of ${spent}`);
  for (const [key, { status, closing, points, person }] of model.redemptions) {
    if (status !== "failed")
      lines.push(`code ${key} of ${person.customer} ${status} ${closing ?? "-"} ${points}`);
  }
  return lines.toSorted();
}

/** What the database holds. */
export async function linesOfEngine(q: Queryable, shopId: string): Promise<string[]> {
  const at = (column: string) =>
    `coalesce(to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'never')`;
  const rows = await q.query<{ line: string }>(
    `select format('member %s %s %s/%s/%s/%s %s until %s', customer_id, state, available, pending, held, lifetime,
                   coalesce(tier_id, 'null'), ${at("tier_until")}) as line
       from member where shop_id = $1 and state <> 'merged'
     union all
     select format('points %s %s until %s: %s', m.customer_id, l.state, ${at("l.expires_at")}, sum(l.remaining))
       from points_lot l join member m on m.shop_id = l.shop_id and m.member_id = l.member_id
      where l.shop_id = $1 and l.remaining > 0 group by m.customer_id, l.state, l.expires_at
     union all
     select format('order %s holds %s of %s', order_id, points_held, spent_minor) from order_state where shop_id = $1
     union all
     select format('code %s of %s %s %s %s', r.idempotency_key, m.customer_id, r.status,
                   case r.closing when 'cancel' then 'cancelled' when 'lapse' then 'expired' else '-' end, r.points)
       from redemption r join member m on m.shop_id = r.shop_id and m.member_id = r.member_id
      where r.shop_id = $1 and r.status <> 'failed'`,
    [shopId],
  );
  return rows.map(({ line }) => line).toSorted();
}

/** The lines that only one side has: `-` the model's, `+` the engine's. */
export function differences(model: readonly string[], engine: readonly string[]): string[] {
  const [ours, theirs] = [new Set(engine), new Set(model)];
  return [
    ...model.filter((line) => !ours.has(line)).map((line) => `- ${line}`),
    ...engine.filter((line) => !theirs.has(line)).map((line) => `+ ${line}`),
  ];
}
