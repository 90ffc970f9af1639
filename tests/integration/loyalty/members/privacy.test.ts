import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { eraseCustomer } from "#app/loyalty/members/erase-customer.server.ts";
import { eraseShop, SHOP_TABLES } from "#app/loyalty/members/erase-shop.server.ts";
import { exportCustomer } from "#app/loyalty/members/export-customer.server.ts";
import { hashEmail } from "#app/loyalty/members/hash-email.ts";
import { adjustPoints } from "#app/loyalty/members/adjust-points.server.ts";
import { enqueue } from "#app/platform/jobs/enqueue.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import {
  discrepanciesIn,
  grantLot,
  joinMember,
  jobsOf,
  peopleServices,
  placeOrder,
} from "#tests/support/people-fixtures.ts";
import { rowsOf } from "#tests/support/shop-rows.ts";

const database = useTestDatabase();
const MINA = "191167115310627";
const OTHER = "1911671153106270"; // Mina's number is the beginning of it
const SECRET = "a secret for tests";

/** A shop with Mina and somebody else, both with everything the app ever keeps. */
async function setUp() {
  const { db } = database;
  const shopId = await createShop(db);
  const services = peopleServices(db);
  const [mina, other] = [await joinMember(db, shopId, MINA), await joinMember(db, shopId, OTHER)];
  for (const [memberId, customerId, email, orderId] of [
    [mina, MINA, "mina@example.com", "9001"],
    [other, OTHER, "other@example.com", "9002"],
  ] as const) {
    await grantLot(db, { shopId, memberId, points: 500 });
    await adjustPoints(services, {
      shopId,
      memberId,
      points: 20,
      reason: "Goodwill",
      actor: "1",
      idempotencyKey: "k",
      now: NOW,
    });
    await placeOrder(db, { shopId, orderId, memberId, customerId });
    await placeOrder(db, { shopId, orderId: `${orderId}0`, memberId: null });
    await db.query(`update order_state set email_hash = $3 where shop_id = $1 and order_id = $2`, [
      shopId,
      `${orderId}0`,
      hashEmail(SECRET, shopId, email),
    ]);
    await db.query(
      `update member set locale = 'ko', birthday_month = 2, birthday_day = 29 where shop_id = $1 and member_id = $2`,
      [shopId, memberId],
    );
  }
  const referral = async (advocateId: string, friend: string, email: string) =>
    db.query(
      `insert into referral (shop_id, referral_id, advocate_id, friend_email_hash, friend_customer_id, code, status, created_at, order_id)
       values ($1, $2, $3, $4, $5, $6, 'rewarded', $7, '9')`,
      [shopId, randomUUID(), advocateId, hashEmail(SECRET, shopId, email), friend, randomUUID(), NOW],
    );
  await referral(other, MINA, "mina@example.com");
  await referral(mina, OTHER, "other@example.com");
  const inbox = (
    webhookId: string,
    topic: string,
    payload: object,
    status = "settled",
    subject: string | null = null,
  ) =>
    db.query(
      `insert into inbox_event (shop_id, webhook_id, topic, received_at, payload, status, settled_at, subject)
       values ($1, $2, $3, $4, $5, $6, case when $6 = 'settled' then $4::timestamptz end, $7)`,
      [shopId, webhookId, topic, NOW, JSON.stringify(payload), status, subject],
    );
  await inbox(
    "w1",
    "orders/paid",
    { id: 9001, email: "mina@example.com", customer: { id: Number(MINA) } },
    "settled",
    "order:9001",
  );
  await inbox("w2", "orders/paid", { id: 9002, customer: { id: Number(OTHER) } }, "settled", "order:9002");
  await inbox("w3", "orders/updated", { id: 9001, customer: { id: Number(MINA) } }, "received");
  await inbox("w4", "customers/redact", {
    customer: { id: Number(MINA), email: "Mina@Example.com" },
    orders_to_redact: [9001],
  });
  await inbox("w5", "customers/data_request", { customer: { id: Number(MINA) } }, "received");
  await inbox("w6", "customers/update", { id: Number(MINA), first_name: "Mina" }, "parked");
  await inbox(
    "w7",
    "customers/create",
    { id: Number(MINA), first_name: "Mina" },
    "settled",
    `customer:${MINA}`,
  );
  await inbox("w8", "customers/create", { id: Number(OTHER) }, "settled", `customer:${OTHER}`);
  const payloads = async () =>
    Object.fromEntries(
      (
        await db.query<{ id: string; kept: boolean; status: string }>(
          `select webhook_id as id, payload is not null as kept, status from inbox_event where shop_id = $1 order by 1`,
          [shopId],
        )
      ).map(({ id, kept, status }) => [id, `${kept ? "kept" : "gone"} ${status}`]),
    );
  return { db, shopId, services, mina, other, payloads };
}

describe("T20 customers/redact", () => {
  it("removes whatever Mina could be recognised by, and leaves books that add up", async () => {
    const { db, shopId, services, mina, payloads } = await setUp();
    await enqueue(db, "claim-guest-orders", { shopId, customerId: MINA, emailHash: "h" });
    expect(
      await eraseCustomer(services, { shopId, customerId: MINA, requestId: "w4" }, { now: NOW }),
    ).toEqual({ outcome: "erased" });
    expect(await payloads()).toEqual({
      w1: "gone settled",
      w2: "kept settled",
      w3: "gone ignored",
      w4: "gone settled",
      w5: "kept received",
      w6: "gone ignored",
      w7: "gone settled",
      w8: "kept settled",
    });
    // What is still to be answered keeps its question until it is.
    await db.query(`delete from inbox_event where shop_id = $1 and webhook_id = 'w5'`, [shopId]);
    const after = await rowsOf(db, shopId);
    expect(after.match(/[0-9]+/gu)).not.toContain(MINA);
    expect(after.match(/[0-9]+/gu)).toContain(OTHER);
    expect(after).not.toMatch(/mina/iu);
    expect(after).not.toContain(hashEmail(SECRET, shopId, "mina@example.com"));
    const [row] = await db.query(
      `select customer_id, state, locale, birthday_month, available, referral_code from member where shop_id = $1 and member_id = $2`,
      [shopId, mina],
    );
    expect(row).toEqual({
      customer_id: null,
      state: "erased",
      locale: null,
      birthday_month: null,
      available: 520,
      referral_code: `erased:${mina}`,
    });
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
    expect((await jobsOf(db, shopId)).map(({ task }) => task)).not.toContain("claim-guest-orders");
  });

  it("repeated, changes nothing; for somebody unknown, holds nothing", async () => {
    const { db, shopId, services } = await setUp();
    const erase = (customerId: string) =>
      eraseCustomer(services, { shopId, customerId, requestId: "w4" }, { now: NOW });
    await erase(MINA);
    const once = await rowsOf(db, shopId);
    expect(await erase(MINA)).toEqual({ outcome: "nothing_held" });
    expect(await erase("4242")).toEqual({ outcome: "nothing_held" });
    expect(await rowsOf(db, shopId)).toBe(once);
  });

  it("touches nobody else, in this shop or another", async () => {
    const [a, b] = [await setUp(), await setUp()];
    const before = await rowsOf(b.db, b.shopId);
    const others = () =>
      a.db.query(`select * from member where shop_id = $1 and member_id = $2`, [a.shopId, a.other]);
    const [other] = await others();
    await eraseCustomer(a.services, { shopId: a.shopId, customerId: MINA, requestId: "w4" }, { now: NOW });
    expect((await others())[0]).toEqual(other);
    expect(
      await a.db.query(`select 1 from order_state where shop_id = $1 and customer_id = $2`, [
        a.shopId,
        OTHER,
      ]),
    ).toHaveLength(1);
    expect(await rowsOf(b.db, b.shopId)).toBe(before);
  });

  it("comes back as somebody new: nothing ties the next account to the old points", async () => {
    const { db, shopId, services, mina } = await setUp();
    await eraseCustomer(services, { shopId, customerId: MINA, requestId: "x" }, { now: NOW });
    const again = await joinMember(db, shopId, MINA);
    expect(again).not.toBe(mina);
  });
});

describe("T20 customers/data_request", () => {
  it("gathers everything held on exactly this customer of this shop, once", async () => {
    const { db, shopId, services, mina, other } = await setUp();
    const request = () =>
      exportCustomer(services, { shopId, customerId: MINA, requestId: "r1" }, { now: NOW });
    expect(await request()).toEqual({ outcome: "exported" });
    expect(await request()).toEqual({ outcome: "unchanged" });
    const [row] = await db.query<{
      document: Record<string, unknown[]> & { member: Record<string, unknown> };
    }>(`select document from privacy_export where shop_id = $1`, [shopId]);
    const { document } = row!;
    expect(document.member).toMatchObject({
      member_id: mina,
      customer_id: MINA,
      available: 520,
      birthday_month: 2,
    });
    expect(document["transfers"]).toHaveLength(2);
    expect(document["lots"]).toHaveLength(2);
    expect(document["orders"]).toMatchObject([{ order_id: "9001" }]);
    expect(document["referralsMade"]).toMatchObject([{ status: "rewarded" }]);
    expect(document["referralsReceived"]).toHaveLength(1);
    expect(document["history"]).toMatchObject([{ action: "points.adjust", reason: "Goodwill" }]);
    const text = JSON.stringify(document);
    expect(text).not.toContain(other);
    expect(text).not.toContain(OTHER);
  });

  it("is answered for a stranger too, and goes with the customer", async () => {
    const { db, shopId, services } = await setUp();
    await exportCustomer(services, { shopId, customerId: "4242", requestId: "r2" }, { now: NOW });
    await exportCustomer(services, { shopId, customerId: MINA, requestId: "r1" }, { now: NOW });
    await eraseCustomer(services, { shopId, customerId: MINA, requestId: "w4" }, { now: NOW });
    const left = await db.query(
      `select customer_id, document -> 'member' as member from privacy_export where shop_id = $1`,
      [shopId],
    );
    expect(left).toEqual([{ customer_id: "4242", member: null }]);
  });
});

describe("T20 shop/redact", () => {
  it("removes every row of that shop and none of others", async () => {
    const [a, b] = [await setUp(), await setUp()];
    const { db } = a;
    await db.query(
      `insert into redemption (shop_id, redemption_id, member_id, reward_id, kind, points, terms, status, code, idempotency_key, request_hash, requested_at)
       values ($1, $2, $3, 'r', 'amount_off', 5, '{}', 'failed', 'C', 'k', 'h', $4)`,
      [a.shopId, randomUUID(), a.mina, NOW],
    );
    for (const { shopId } of [a, b]) {
      await db.query(`insert into session (id, shop, state, "accessToken") values ($1, $1, '', 't')`, [
        shopId,
      ]);
      await enqueue(db, "reconcile-orders", { shopId });
    }
    const before = await rowsOf(db, b.shopId);
    const erase = () => eraseShop(a.services, { shopId: a.shopId }, { now: NOW });
    expect(await erase()).toEqual({ outcome: "erased" });
    expect((await rowsOf(db, a.shopId)).replaceAll(/[a-z_]+\n\[\]\n?/gu, "")).toBe("");
    expect(await rowsOf(db, b.shopId)).toBe(before);
    expect(await db.query(`select shop from session where shop = any($1)`, [[a.shopId, b.shopId]])).toEqual([
      { shop: b.shopId },
    ]);
    expect(await jobsOf(db, a.shopId)).toEqual([]);
    expect((await jobsOf(db, b.shopId)).length).toBeGreaterThan(0);
    expect(await erase()).toEqual({ outcome: "erased" });
  });

  it("is the only way out of the ledger", async () => {
    const { db, shopId } = await setUp();
    await expect(db.query(`delete from points_transfer where shop_id = $1`, [shopId])).rejects.toThrow(
      /append-only/u,
    );
  });

  it("knows every table that has rows of a shop", async () => {
    const tables = await database.db.query<{ name: string }>(
      `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'shop_id'`,
    );
    expect([...SHOP_TABLES, "shop"].toSorted()).toEqual(tables.map(({ name }) => name).toSorted());
  });
});
