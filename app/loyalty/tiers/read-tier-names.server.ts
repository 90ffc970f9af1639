import type { Queryable } from "#app/platform/db/database.server.ts";

/** What tiers are called, by id. */
export type TierNames = Record<string, { en: string; ko: string }>;

/**
 * The names of every tier that a published program of the shop has ever had; where it was renamed, the last. Only reads.
 */
export async function readTierNames(q: Queryable, shopId: string): Promise<TierNames> {
  const rows = await q.query<{ id: string; name: TierNames[string] }>(
    `select distinct on (tier ->> 'id') tier ->> 'id' as id, tier -> 'name' as name
       from program_version p cross join lateral jsonb_array_elements(p.settings -> 'tiers') as tier
      where p.shop_id = $1 and p.status <> 'draft'
      order by tier ->> 'id', p.version desc`,
    [shopId],
  );
  return Object.fromEntries(rows.map(({ id, name }) => [id, name]));
}
