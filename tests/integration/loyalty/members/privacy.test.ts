import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Database } from "#app/platform/db/database.server.ts";
import { eraseCustomer } from "#app/loyalty/members/erase-customer.server.ts";
import { eraseShop, SHOP_TABLES } from "#app/loyalty/members/erase-shop.server.ts";
import { type HeldOnCustomer, HELD } from "#app/loyalty/members/held-on-customer.server.ts";
import { exportCustomer } from "#app/loyalty/members/export-customer.server.ts";
import { hashEmail } from "#app/loyalty/members/hash-email.ts";
import { mergeMembers } from "#app/loyalty/members/merge-members.server.ts";
import { dropPayloads } from "#app/platform/inbox/drop-payloads.server.ts";
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

/** Every row of every table of a shop as text. */
async function everything(db: Database, shopId: string): Promise<string> {
  const tables = await db.query<{ name: string }>(
    `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'shop_id' order by 1`,
  );
  const parts = [];
  for (const { name } of tables) {
    parts.push(
      name,
      JSON.stringify(
        await db.query(`select to_jsonb(t) as row from ${name} t where shop_id = $1 order by 1::text`, [
          shopId,
        ]),
      ),
    );
  }
  return parts.join("\n");
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
    const after = await everything(db, shopId);
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
    const once = await everything(db, shopId);
    expect(await erase(MINA)).toEqual({ outcome: "nothing_held" });
    expect(await erase("4242")).toEqual({ outcome: "nothing_held" });
    expect(await everything(db, shopId)).toBe(once);
  });

  it("touches nobody else, in this shop or another", async () => {
    const [a, b] = [await setUp(), await setUp()];
    const before = await everything(b.db, b.shopId);
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
    expect(await everything(b.db, b.shopId)).toBe(before);
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

/** Mina, into whom an account she had before was merged, with a row in every table that can be about her; and the same of somebody else. */
async function setUpEverywhere() {
  const { db } = database;
  const shopId = await createShop(db);
  const services = peopleServices(db);
  const runId = randomUUID();
  await db.query(
    `insert into backfill_run (shop_id, run_id, state, actor, started_at) values ($1, $2, 'staging', '1', $3)`,
    [shopId, runId, NOW],
  );
  const importId = randomUUID();
  await db.query(
    `insert into points_import (shop_id, import_id, status, file_name, reason, created_at, created_by)
     values ($1, $2, 'checked', 'f.csv', 'Moving', $3, '1')`,
    [shopId, importId, NOW],
  );
  const person = async (number: number, customerId: string, name: string) => {
    const email = `${name}@example.com`;
    const before = `${number}555000111`;
    const [gone, memberId] = [await joinMember(db, shopId, before), await joinMember(db, shopId, customerId)];
    await grantLot(db, { shopId, memberId: gone, points: 70 });
    const orderId = await placeOrder(db, {
      shopId,
      orderId: `${number}1`,
      memberId: gone,
      customerId: before,
    });
    await db.transaction((tx) =>
      mergeMembers(tx, {
        shopId,
        keptCustomerId: customerId,
        deletedCustomerId: before,
        now: NOW,
        newId: randomUUID,
        randomBytes,
      }),
    );
    await placeOrder(db, { shopId, orderId: `${number}2`, memberId: null });
    await db.query(`update order_state set email_hash = $3 where shop_id = $1 and order_id = $2`, [
      shopId,
      `${number}2`,
      hashEmail(SECRET, shopId, email),
    ]);
    await db.query(
      `insert into order_dispute (shop_id, order_id, dispute_id, kind, status, first_seen_at, changed_at)
       values ($1, $2, $2, 'chargeback', 'won', $3, $3)`,
      [shopId, orderId, NOW],
    );
    await db.query(
      `insert into resettlement_entry (shop_id, run_id, order_id, member_id, processed_at, state, why, points_before, points_after)
       values ($1, $2, $3, $4, $5, 'planned', 'repriced', 1, 2)`,
      [shopId, runId, orderId, memberId, NOW],
    );
    await db.query(
      `insert into reconciliation_entry (shop_id, run_id, order_id, why, points_before, points_after, outcome, at)
       values ($1, $2, $3, 'newer_state', 1, 2, 'mended', $4)`,
      [shopId, runId, orderId, NOW],
    );
    await db.query(
      `insert into expiry_reminder (shop_id, member_id, on_date, days_before, points, noted_at)
       values ($1, $2, '2026-12-01', 7, 70, $4), ($1, $3, '2026-11-30', 7, 70, $4)`,
      [shopId, memberId, gone, NOW],
    );
    await db.query(
      `insert into tier_notice (shop_id, member_id, ends_at, tier_id, next_tier_id, noted_at)
       values ($1, $2, $3, 'gold', 'silver', $3)`,
      [shopId, memberId, NOW],
    );
    for (const [line, kind, contact, customer] of [
      [number * 10, "email", email, null],
      [number * 10 + 1, "customer", before, null],
      [number * 10 + 2, "phone", `+82${number}`, customerId],
    ] as const) {
      await db.query(
        `insert into points_import_row (shop_id, import_id, line, state, contact_kind, contact, points, customer_id)
         values ($1, $2, $3, $4, $5, $6, 5, $7)`,
        [shopId, importId, line, customer === null ? "read" : "ready", kind, contact, customer],
      );
    }
    for (const [at, node, hash] of [
      [3, { customer: { id: `gid://shopify/Customer/${before}` } }, null],
      [4, { customer: null }, hashEmail(SECRET, shopId, email)],
    ] as const) {
      await db.query(
        `insert into backfill_order (shop_id, run_id, order_id, processed_at, node, email_hash)
         values ($1, $2, $3, $4, $5, $6)`,
        [shopId, runId, `${number}${at}`, NOW, JSON.stringify(node), hash],
      );
      await db.query(
        `insert into backfill_line (shop_id, run_id, order_id, position, node) values ($1, $2, $3, $4, '{"quantity": 1}')`,
        [shopId, runId, `${number}${at}`, number * 10 + at],
      );
    }
    await db.query(
      `insert into referral (shop_id, referral_id, advocate_id, friend_email_hash, code, status, created_at)
       values ($1, $2, $3, $4, $5, 'invited', $6)`,
      [
        shopId,
        randomUUID(),
        await joinMember(db, shopId, "31337"),
        hashEmail(SECRET, shopId, email),
        name,
        NOW,
      ],
    );
    await db.query(
      `insert into inbox_event (shop_id, webhook_id, topic, received_at, payload, status, settled_at, subject)
       values ($1, $2, 'customers/update', $4, $5, 'settled', $4, $6), ($1, $3, 'customers/data_request', $4, $5, 'received', null, null)`,
      [
        shopId,
        `update-${name}`,
        `request-${name}`,
        NOW,
        JSON.stringify({
          customer: { id: Number(before), email: email.toUpperCase(), phone: `+82${number}` },
        }),
        `customer:${before}`,
      ],
    );
    return { memberId, gone, before };
  };
  const mina = await person(41, "4100000001", "mina");
  const other = await person(42, "4200000001", "other");
  const exported = async (customerId: string, requestId: string) => {
    const request = { shopId, customerId, requestId, webhookId: "request-mina" };
    const { outcome } = await exportCustomer(services, request, { now: NOW });
    const [row] = await db.query<{ document: HeldOnCustomer & { requestedAt: string } }>(
      `select document from privacy_export where shop_id = $1 and request_id = $2`,
      [shopId, requestId],
    );
    const { requestedAt: _at, ...document } = row!.document;
    return { outcome, document };
  };
  return { db, shopId, services, mina, other, exported };
}

describe("T20 everything held, wherever it is", () => {
  it("is in the answer: merged accounts, guest orders, disputes, reminders, notices, files, waiting orders", async () => {
    const { mina, other, exported } = await setUpEverywhere();
    const { outcome, document } = await exported("4100000001", "r1");
    expect(outcome).toBe("exported");
    const counts = Object.fromEntries(
      Object.entries(document).map(([kind, rows]) => [kind, Array.isArray(rows) ? rows.length : rows]),
    );
    expect(counts).toEqual({
      customerId: "4100000001",
      member: expect.objectContaining({ member_id: mina.memberId, state: "active" }),
      mergedMembers: 1,
      // Granted to the one, handed to the other.
      transfers: 3,
      lots: 2,
      lotMoves: 1,
      orders: 2,
      waitingOrders: 2,
      disputes: 1,
      resettlements: 1,
      reconciliations: 1,
      campaignAwards: 0,
      redemptions: 0,
      referralsMade: 0,
      referralsReceived: 1,
      expiryReminders: 2,
      tierNotices: 1,
      importLines: 3,
      webhooks: 2,
      history: 1,
    });
    expect(document.waitingOrders).toMatchObject([
      { lines: [{ quantity: 1 }] },
      { lines: [{ quantity: 1 }] },
    ]);
    const text = JSON.stringify(document);
    for (const theirs of [other.memberId, other.gone, other.before, "4200000001", "other@", "OTHER@"])
      expect(text).not.toContain(theirs);
  });

  it("is answered alike under the number of the account that was merged; twice is one document", async () => {
    const { mina, exported } = await setUpEverywhere();
    const kept = await exported("4100000001", "r1");
    const merged = await exported(mina.before, "r2");
    expect(merged.document).toEqual({ ...kept.document, customerId: mina.before });
    expect(await exported("4100000001", "r1")).toEqual({ ...kept, outcome: "unchanged" });
  });

  it("is erased, and nothing of anybody else; repeating changes nothing", async () => {
    const { db, shopId, services, mina, other, exported } = await setUpEverywhere();
    const others = (text: string) =>
      text.split("\n").filter((line) => line.includes(other.memberId) || line.includes("4200000001"));
    await exported(mina.before, "r0");
    const before = await everything(db, shopId);
    const erase = () =>
      eraseCustomer(services, { shopId, customerId: "4100000001", requestId: "request-mina" }, { now: NOW });
    expect(await erase()).toEqual({ outcome: "erased" });
    // What is still to be answered keeps its question until it is.
    await db.query(`delete from inbox_event where shop_id = $1 and webhook_id = 'request-mina'`, [shopId]);
    const after = await everything(db, shopId);
    expect(after.match(/[0-9]+/gu)).not.toContain("4100000001");
    expect(after.match(/[0-9]+/gu)).not.toContain(mina.before);
    expect(after).not.toMatch(/mina@/iu);
    expect(after).not.toContain("+8241");
    expect(after).not.toContain(hashEmail(SECRET, shopId, "mina@example.com"));
    const { document } = await exported(mina.memberId, "none");
    expect(document).toMatchObject({ member: null, transfers: [], expiryReminders: [], tierNotices: [] });
    const left = await db.query(
      `select 'reminder' as kind, member_id from expiry_reminder where shop_id = $1
        union select 'notice', member_id from tier_notice where shop_id = $1 order by 1, 2`,
      [shopId],
    );
    expect(left.map(({ member_id: id }) => id).toSorted()).toEqual(
      [other.memberId, other.memberId, other.gone].toSorted(),
    );
    const lines = await db.query(
      `select line, state, problem from points_import_row where shop_id = $1 and contact is null order by line`,
      [shopId],
    );
    expect(lines).toEqual([410, 411, 412].map((line) => ({ line, state: "bad", problem: "erased" })));
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
    expect(others(after).length).toBe(others(before).length);
    const once = await everything(db, shopId);
    expect(await erase()).toEqual({ outcome: "nothing_held" });
    expect(await everything(db, shopId)).toBe(once);
  });

  it("counts every table: one that came later is either asked about the person or named here", async () => {
    // Nothing in these is about a person; privacy_export is the answer itself.
    const impersonal = [
      "shop",
      "campaign",
      "program_version",
      "product_fact",
      "points_import",
      "privacy_export",
      "backfill_run",
      "reconciliation_run",
      "resettlement_run",
    ];
    const tables = await database.db.query<{ name: string }>(
      `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'shop_id'`,
    );
    const asked = Object.values(HELD).join("\n");
    const forgotten = tables.filter(
      ({ name }) => !impersonal.includes(name) && !new RegExp(`\\bfrom ${name}\\b`, "u").test(asked),
    );
    expect(forgotten).toEqual([]);
  });

  it("is not kept for ever in the answer: the file goes after 90 days", async () => {
    const { db, shopId, exported } = await setUpEverywhere();
    await exported("4100000001", "r1");
    const left = () => db.query(`select 1 from privacy_export where shop_id = $1`, [shopId]);
    const days = (count: number) => new Date(NOW.getTime() + count * 86_400_000);
    await dropPayloads(db, days(89));
    expect(await left()).toHaveLength(1);
    await dropPayloads(db, days(91));
    expect(await left()).toHaveLength(0);
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
    const before = await everything(db, b.shopId);
    const erase = () => eraseShop(a.services, { shopId: a.shopId }, { now: NOW });
    expect(await erase()).toEqual({ outcome: "erased" });
    expect((await everything(db, a.shopId)).replaceAll(/[a-z_]+\n\[\]\n?/gu, "")).toBe("");
    expect(await everything(db, b.shopId)).toBe(before);
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
