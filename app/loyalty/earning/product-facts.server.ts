import type { ResultOf } from "gql.tada";
import type { Queryable } from "#app/platform/db/database.server.ts";
import { idFromGid, toGid } from "#app/platform/shopify/ids.ts";
import { ProductCollections } from "#app/platform/shopify/operations/product-collections.ts";
import { ProductFactsByIds } from "#app/platform/shopify/operations/product-facts-by-ids.ts";
import type { Services } from "#app/services.server.ts";
import { errorOfFailure } from "../members/gateway-error.ts";
import { sameText, type ProductFacts } from "./rate-for-line.ts";

/** Webhooks tell of changes; this is for those that got lost, and for collections that fill themselves. */
const FRESH_FOR_MS = 24 * 3_600_000;
const BATCH = 25;

/** The facts we hold of these products and may still go by. What is absent is to be fetched. */
export async function readProductFacts(
  q: Queryable,
  args: { shopId: string; productIds: readonly string[]; now: Date },
): Promise<Map<string, ProductFacts>> {
  if (args.productIds.length === 0) return new Map();
  const rows = await q.query<ProductFacts & { productId: string }>(
    `select f.product_id as "productId", f.vendor, f.tags, f.collection_ids as "collectionIds"
       from product_fact f
       join shop s on s.shop_id = f.shop_id
      where f.shop_id = $1 and f.product_id = any($2::text[])
        and (f.deleted_at is not null
             or f.fetched_at >= greatest($3::timestamptz, coalesce(s.facts_valid_from, '-infinity')))`,
    [args.shopId, args.productIds, new Date(args.now.getTime() - FRESH_FOR_MS)],
  );
  return new Map(rows.map((row) => [row.productId, row]));
}

/**
 * Asks Shopify for products and keeps what it says. Outside any transaction; doing it twice changes nothing. A product
 * that is gone keeps what was known of it.
 *
 * @throws UpstreamUnavailable when Shopify does not answer, UpstreamRefused when it will not
 */
export async function fetchProductFacts(
  services: Pick<Services, "db" | "shopify">,
  args: { shopId: string; productIds: readonly string[]; now: Date },
): Promise<{ fetched: number }> {
  const { shopId, now } = args;
  for (let from = 0; from < args.productIds.length; from += BATCH) {
    const productIds = args.productIds.slice(from, from + BATCH);
    const reply = await services.shopify.request(shopId, ProductFactsByIds, {
      ids: productIds.map((id) => toGid("Product", id)),
    });
    if (!reply.ok) throw errorOfFailure(reply.failure);
    const found = new Map<string, ProductFacts>();
    for (const node of reply.data.nodes) {
      if (!node || !("vendor" in node)) continue;
      const facts = await readNode(services, shopId, node);
      if (facts) found.set(facts.productId, facts);
    }
    const rows = productIds.map((id) => ({ id, gone: !found.has(id), ...(found.get(id) ?? NOTHING) }));
    await services.db.query(
      `insert into product_fact as f (shop_id, product_id, vendor, tags, collection_ids, fetched_at, deleted_at)
       select $1, p.id, p.vendor, array(select jsonb_array_elements_text(p.tags)),
              array(select jsonb_array_elements_text(p."collectionIds")), $3, case when p.gone then $3::timestamptz end
         from jsonb_to_recordset($2::jsonb) as p(id text, gone boolean, vendor text, tags jsonb, "collectionIds" jsonb)
        order by p.id
       on conflict (shop_id, product_id) do update
         set vendor = case when excluded.deleted_at is null then excluded.vendor else f.vendor end,
             tags = case when excluded.deleted_at is null then excluded.tags else f.tags end,
             collection_ids = case when excluded.deleted_at is null then excluded.collection_ids else f.collection_ids end,
             fetched_at = excluded.fetched_at, deleted_at = excluded.deleted_at`,
      [shopId, JSON.stringify(rows), now],
    );
  }
  return { fetched: args.productIds.length };
}

const NOTHING: ProductFacts = { vendor: null, tags: [], collectionIds: [] };

type ProductNode = Extract<
  NonNullable<ResultOf<typeof ProductFactsByIds>["nodes"][number]>,
  { vendor: string }
>;

async function readNode(
  services: Pick<Services, "shopify">,
  shopId: string,
  node: ProductNode,
): Promise<(ProductFacts & { productId: string }) | null> {
  const productId = idFromGid(node.id, "Product");
  if (productId === null) return null;
  const gids = node.collections.nodes.map((entry) => entry.id);
  let { pageInfo } = node.collections;
  while (pageInfo.hasNextPage) {
    const reply = await services.shopify.request(shopId, ProductCollections, {
      id: node.id,
      after: pageInfo.endCursor,
    });
    if (!reply.ok) throw errorOfFailure(reply.failure);
    const page: { nodes: { id: string }[]; pageInfo: typeof pageInfo } | undefined =
      reply.data.product?.collections;
    if (!page) break;
    gids.push(...page.nodes.map((entry) => entry.id));
    pageInfo = page.pageInfo;
  }
  const collectionIds = gids.flatMap((gid) => idFromGid(gid, "Collection") ?? []);
  return { productId, vendor: node.vendor, tags: node.tags, collectionIds };
}

/**
 * A product was changed. Only where its vendor or tags differ from what we hold is it forgotten, to be fetched when an
 * order needs it next: most changes are of stock, and tags decide collections too.
 */
export async function productChanged(
  q: Queryable,
  args: { shopId: string; productId: string; vendor: string; tags: readonly string[] },
): Promise<{ outcome: "forgotten" | "unchanged" }> {
  const [known] = await q.query<ProductFacts>(
    `select vendor, tags, collection_ids as "collectionIds" from product_fact where shop_id = $1 and product_id = $2`,
    [args.shopId, args.productId],
  );
  if (!known || (known.vendor === args.vendor && sameSet(known.tags, args.tags))) {
    return { outcome: "unchanged" };
  }
  await q.query(`delete from product_fact where shop_id = $1 and product_id = $2`, [
    args.shopId,
    args.productId,
  ]);
  return { outcome: "forgotten" };
}

/** A product was deleted: what it was stays true of the orders it was in. */
export async function productDeleted(
  q: Queryable,
  args: { shopId: string; productId: string; now: Date },
): Promise<void> {
  await q.query(
    `update product_fact set deleted_at = coalesce(deleted_at, $3) where shop_id = $1 and product_id = $2`,
    [args.shopId, args.productId, args.now],
  );
}

/** A collection changed: if the program names it, all that was fetched before is stale. */
export async function collectionChanged(
  q: Queryable,
  args: { shopId: string; collectionId: string; named: readonly string[]; now: Date },
): Promise<{ outcome: "stale" | "not_named" }> {
  if (!args.named.includes(args.collectionId)) return { outcome: "not_named" };
  await q.query(
    `update shop set facts_valid_from = $2
      where shop_id = $1 and (facts_valid_from is null or facts_valid_from < $2)`,
    [args.shopId, args.now],
  );
  return { outcome: "stale" };
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  const [x, y] = [new Set(a.map(sameText)), new Set(b.map(sameText))];
  return x.size === y.size && [...x].every((entry) => y.has(entry));
}
