import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { eraseCustomer } from "#app/loyalty/members/erase-customer.server.ts";
import { type HeldOnCustomer, HELD } from "#app/loyalty/members/held-on-customer.server.ts";
import { exportCustomer } from "#app/loyalty/members/export-customer.server.ts";
import { hashEmail } from "#app/loyalty/members/hash-email.ts";
import { mergeMembers } from "#app/loyalty/members/merge-members.server.ts";
import { stageBackfill } from "#app/loyalty/importing/stage-backfill.server.ts";
import { dropPayloads } from "#app/platform/inbox/drop-payloads.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { asLines, exportedLine, exportedOrder } from "#tests/support/export-lines.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import {
  discrepanciesIn,
  grantLot,
  joinMember,
  peopleServices,
  placeOrder,
} from "#tests/support/people-fixtures.ts";
import { rowsOf } from "#tests/support/shop-rows.ts";

const database = useTestDatabase();
const SECRET = "a secret for tests";

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
  const staged: unknown[] = [];
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
    staged.push(
      exportedOrder(`${number}3`, { customer: { legacyResourceId: before } }),
      exportedLine(`${number}3`, `${number}33`, "1.00"),
      exportedOrder(`${number}4`, { customer: null, email }),
      exportedLine(`${number}4`, `${number}44`, "1.00"),
    );
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
  await stageBackfill(services, { shopId, runId, skip: 0 }, asLines(staged));
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
    const before = await rowsOf(db, shopId);
    const erase = () =>
      eraseCustomer(services, { shopId, customerId: "4100000001", requestId: "request-mina" }, { now: NOW });
    expect(await erase()).toEqual({ outcome: "erased" });
    // What is still to be answered keeps its question until it is.
    await db.query(`delete from inbox_event where shop_id = $1 and webhook_id = 'request-mina'`, [shopId]);
    const after = await rowsOf(db, shopId);
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
    const once = await rowsOf(db, shopId);
    expect(await erase()).toEqual({ outcome: "nothing_held" });
    expect(await rowsOf(db, shopId)).toBe(once);
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
