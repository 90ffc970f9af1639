import { z } from "zod";
import { collectionsOfCampaigns } from "#app/loyalty/earning/campaigns/read-campaigns.server.ts";
import { rezoneCampaigns } from "#app/loyalty/earning/campaigns/save-campaign.server.ts";
import { ensureMember } from "#app/loyalty/members/ensure-member.server.ts";
import { hashEmail } from "#app/loyalty/members/hash-email.ts";
import {
  collectionChanged,
  productChanged,
  productDeleted,
} from "#app/loyalty/earning/product-facts.server.ts";
import { mergeMembers } from "#app/loyalty/members/merge-members.server.ts";
import { recordOrder, recordRefund } from "#app/loyalty/orders/record-order.server.ts";
import { settleOrder } from "#app/loyalty/orders/settle-order.server.ts";
import { renewMembers } from "#app/loyalty/members/renew-members.server.ts";
import { uninstallShop } from "#app/loyalty/program/install-shop.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import type { Tx } from "#app/platform/db/database.server.ts";
import { Malformed } from "#app/platform/errors.ts";
import type { InboxEvent, Settlement } from "#app/platform/inbox/inbox-event.server.ts";
import type { Payload } from "#app/platform/inbox/parse-payload.ts";
import type { InboxTopic } from "#app/platform/inbox/topics.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";

/** What a topic's handler works with, all in one transaction. */
export interface HandlerContext {
  tx: Tx;
  shopId: string;
  event: InboxEvent;
  payload: Payload;
  now: Date;
  hashSecret: string;
  currencyExponent: number;
  newId: () => string;
  randomBytes: (length: number) => Uint8Array;
}

type Handler = (context: HandlerContext) => Promise<Settlement>;

const digits = z
  .union([z.string(), z.number().int()])
  .transform(String)
  .pipe(z.string().regex(/^\d{1,20}$/u));
const text = z.string().min(1);
const customerGid = z
  .string()
  .regex(/^gid:\/\/shopify\/Customer\/\d{1,20}$/u)
  .transform((gid) => gid.slice(gid.lastIndexOf("/") + 1));

// A customer and nothing else: an order has line items too, and its gid says Order.
const customerSchema = z.object({
  id: digits,
  admin_graphql_api_id: z
    .string()
    .regex(/^gid:\/\/shopify\/Customer\/\d+$/u)
    .optional(),
  line_items: z.never().optional(),
  order_id: z.never().optional(),
  email: z.string().nullish(),
  verified_email: z.boolean().nullish(),
  created_at: z.iso.datetime({ offset: true }).optional(),
});
const mergeSchema = z.object({
  admin_graphql_api_customer_kept_id: customerGid,
  admin_graphql_api_customer_deleted_id: customerGid,
  status: text,
});
const dataRequestSchema = z.object({
  shop_domain: text,
  customer: z.object({ id: digits }),
  data_request: z.object({ id: digits }),
});
const redactSchema = z.object({
  shop_domain: text,
  customer: z.object({ id: digits }),
});
const shopRedactSchema = z.object({ shop_domain: text });
const shopSchema = z.object({
  name: text,
  iana_timezone: text,
  primary_locale: text,
  domain: text,
  line_items: z.never().optional(),
});
// A product and nothing else: tags come as one text, and an order has line items.
const productSchema = z.object({
  id: digits,
  vendor: z.string().nullish(),
  tags: z.union([z.string(), z.array(z.string())]).default(""),
  line_items: z.never().optional(),
});
const goneSchema = z.object({ id: digits, line_items: z.never().optional() });
const scopesSchema = z.object({ current: z.array(z.string()) });

/** Which function of the product each topic calls. */
export const inboxHandlers: Record<InboxTopic, Handler> = {
  "orders/create": orderChanged,
  "orders/paid": orderChanged,
  "orders/updated": orderChanged,
  "orders/cancelled": orderChanged,
  "orders/fulfilled": orderChanged,
  "refunds/create": refundCreated,
  "customers/create": customerChanged,
  "customers/update": customerChanged,
  "customers/delete": customerDeleted,
  "customers/merge": customersMerged,
  "products/update": productUpdated,
  "products/delete": productGone,
  "collections/update": collectionUpdated,
  "customers/data_request": dataRequested,
  "customers/redact": redactRequested,
  "shop/redact": shopRedactRequested,
  "shop/update": shopUpdated,
  "app/uninstalled": appUninstalled,
  "app/scopes_update": scopesUpdated,
};

async function orderChanged(context: HandlerContext): Promise<Settlement> {
  const { tx, shopId, payload, hashSecret } = context;
  const hash = (email: string) => hashEmail(hashSecret, shopId, email);
  const { orderId } = await recordOrder(tx, { shopId, payload, hashEmail: hash });
  return settle(context, orderId);
}

async function refundCreated(context: HandlerContext): Promise<Settlement> {
  const { tx, shopId, payload, currencyExponent } = context;
  const { orderId } = await recordRefund(tx, { shopId, payload, exponent: currencyExponent });
  return settle(context, orderId);
}

/** A stale payload is settled like any other: the stored, newer state decides, so repeating changes nothing. */
async function settle(
  { tx, shopId, now, newId, randomBytes }: HandlerContext,
  orderId: string,
): Promise<Settlement> {
  const { outcome } = await settleOrder(tx, { shopId, orderId, now, newId, randomBytes });
  return done(outcome, `order:${orderId}`);
}

async function customerChanged(context: HandlerContext): Promise<Settlement> {
  const { tx, shopId, now, newId, randomBytes } = context;
  const customer = read(customerSchema, context.payload);
  const joinedAt = customer.created_at === undefined ? {} : { joinedAt: new Date(customer.created_at) };
  const member = await ensureMember(tx, {
    shopId,
    customerId: customer.id,
    now,
    newId,
    randomBytes,
    ...joinedAt,
  });
  const subject = `customer:${customer.id}`;
  if (member === null) return { status: "ignored", reason: "erased", subject };
  const { email, verified_email: verified } = customer;
  if (verified === true && typeof email === "string" && email !== "") {
    const emailHash = hashEmail(context.hashSecret, shopId, email);
    await enqueue(
      tx,
      "claim-guest-orders",
      { shopId, customerId: customer.id, emailHash },
      { jobKey: `claim:${shopId}:${customer.id}` },
    );
  }
  return done(member.created ? "enrolled" : "known", subject);
}

async function customerDeleted({ tx, shopId, payload, event }: HandlerContext): Promise<Settlement> {
  const { id: customerId } = read(customerSchema, payload);
  // The person is still a customer, under the number that was kept.
  const [merged] = await tx.query(
    "select 1 from member where shop_id = $1 and customer_id = $2 and merged_into is not null",
    [shopId, customerId],
  );
  if (merged) return { status: "ignored", reason: "merged", subject: `customer:${customerId}` };
  await enqueue(tx, "erase-customer", { shopId, customerId, requestId: event.webhookId });
  return done("erasing", `customer:${customerId}`);
}

async function customersMerged(context: HandlerContext): Promise<Settlement> {
  const { tx, shopId, now, newId, randomBytes } = context;
  const merge = read(mergeSchema, context.payload);
  const { admin_graphql_api_customer_kept_id: keptCustomerId } = merge;
  const subject = `customer:${keptCustomerId}`;
  if (merge.status !== "completed") return { status: "ignored", reason: "merge_not_completed", subject };
  const { admin_graphql_api_customer_deleted_id: deletedCustomerId } = merge;
  const { outcome } = await mergeMembers(tx, {
    shopId,
    keptCustomerId,
    deletedCustomerId,
    now,
    newId,
    randomBytes,
  });
  return done(outcome, subject);
}

/** Products matter where earning rules are about their tags, vendor or collections. */
async function productUpdated({ tx, shopId, payload }: HandlerContext): Promise<Settlement> {
  const { id: productId, vendor, tags } = read(productSchema, payload);
  const list = (typeof tags === "string" ? tags.split(",") : tags).map((tag) => tag.trim()).filter(Boolean);
  const { outcome } = await productChanged(tx, { shopId, productId, vendor: vendor ?? "", tags: list });
  return done(outcome, `product:${productId}`);
}

async function productGone({ tx, shopId, payload, now }: HandlerContext): Promise<Settlement> {
  const { id: productId } = read(goneSchema, payload);
  await productDeleted(tx, { shopId, productId, now });
  return done("updated", `product:${productId}`);
}

async function collectionUpdated({ tx, shopId, payload, now }: HandlerContext): Promise<Settlement> {
  const { id: collectionId } = read(goneSchema, payload);
  const { earn } = (await liveProgram(tx, shopId)).settings;
  const ruled = earn.rules.filter((rule) => rule.match === "collection").flatMap((rule) => rule.values);
  const named = [...earn.exclude.collectionIds, ...ruled, ...(await collectionsOfCampaigns(tx, shopId, now))];
  const { outcome } = await collectionChanged(tx, { shopId, collectionId, named, now });
  return done(outcome, `collection:${collectionId}`);
}

async function dataRequested({ tx, shopId, payload, event }: HandlerContext): Promise<Settlement> {
  const request = read(dataRequestSchema, payload);
  const requestId = request.data_request.id;
  const customerId = request.customer.id;
  await enqueue(
    tx,
    "export-customer",
    { shopId, customerId, requestId, webhookId: event.webhookId },
    { jobKey: `export:${shopId}:${requestId}` },
  );
  return done("exporting", `customer:${customerId}`);
}

async function redactRequested({ tx, shopId, payload, event }: HandlerContext): Promise<Settlement> {
  const request = read(redactSchema, payload);
  const customerId = request.customer.id;
  await enqueue(tx, "erase-customer", { shopId, customerId, requestId: event.webhookId });
  return done("erasing", `customer:${customerId}`);
}

async function shopRedactRequested({ tx, shopId, payload }: HandlerContext): Promise<Settlement> {
  read(shopRedactSchema, payload);
  await enqueue(tx, "erase-shop", { shopId }, { jobKey: `erase-shop:${shopId}` });
  return done("erasing", `shop:${shopId}`);
}

async function shopUpdated({ tx, shopId, payload, now }: HandlerContext): Promise<Settlement> {
  const shop = read(shopSchema, payload);
  if (!isTimeZone(shop.iana_timezone)) throw new Malformed("not_a_time_zone");
  const [row] = await tx.query<{ toldOtherwise: boolean }>(
    `with before as (select shop_id, time_zone, storefront_url from shop where shop_id = $1 for no key update)
     update shop set name = $2, time_zone = $3, locale = $4,
            storefront_url = case when shop.storefront_url ~ '^http://[^/]*localhost' then shop.storefront_url else 'https://' || $5 end
       from before
      where shop.shop_id = before.shop_id
      returning (shop.time_zone, shop.storefront_url) is distinct from (before.time_zone, before.storefront_url) as "toldOtherwise"`,
    [shopId, shop.name, shop.iana_timezone, shop.primary_locale, shop.domain],
  );
  await rezoneCampaigns(tx, { shopId, timeZone: shop.iana_timezone, now });
  // Members are told days by its clocks, and links.
  if (row?.toldOtherwise) await renewMembers(tx, shopId, `facts:${now.toISOString()}`);
  return done("updated", `shop:${shopId}`);
}

async function appUninstalled({ tx, shopId, now }: HandlerContext): Promise<Settlement> {
  await uninstallShop(tx, { shopId, now });
  return done("uninstalled", `shop:${shopId}`);
}

/** What we may do is read from the session, so that a page can say which access is missing instead of failing on it. */
async function scopesUpdated({ tx, shopId, payload }: HandlerContext): Promise<Settlement> {
  const { current } = read(scopesSchema, payload);
  await tx.query("update session set scope = $2 where shop = $1", [shopId, current.join(",")]);
  return done("updated", `shop:${shopId}`);
}

function done(reason: string, subject: string): Settlement {
  return { status: "settled", reason, subject };
}

function read<Schema extends z.ZodType>(schema: Schema, payload: Payload): z.infer<Schema> {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  // Paths only: the values may be personal.
  throw new Malformed("unexpected_shape", {
    data: { paths: parsed.error.issues.map((issue) => issue.path.join(".")) },
  });
}

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
