import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { expireLots } from "#app/loyalty/nightly/expire-lots.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { claimReferral } from "#app/loyalty/referrals/claim-referral.server.ts";
import { rewardReferral } from "#app/loyalty/referrals/reward-referral.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { discrepanciesIn, jobsOf, placeOrder, takeBack } from "#tests/support/people-fixtures.ts";
import { referralScene } from "#tests/support/referral-fixtures.ts";

const database = useTestDatabase();
const HOUR = 3_600_000;
const setUp = (change?: (settings: ProgramSettings) => void) => referralScene(database.db, change);

describe("T44 an advocate's reward", () => {
  it("comes for the friend's first paid order, once", async () => {
    const { db, shopId, claim, row, order, reward, points } = await setUp();
    await claim("friend@example.com");
    await order();
    await order();
    expect(await row()).toMatchObject({ status: "ordered" });
    expect((await jobsOf(db, shopId)).filter(({ task }) => task === "reward-referral")).toHaveLength(1);
    const results = await Promise.all([reward(), reward(), reward()]);
    expect(results.filter(({ outcome }) => outcome === "rewarded")).toHaveLength(1);
    expect(await reward()).toEqual({ outcome: "unchanged" });
    expect(await points()).toEqual([500, 0, 0]);
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("waits for the end of the friend's hold", async () => {
    const { db, shopId, claim, order, reward, points } = await setUp(
      (settings) => (settings.earn.holdDays = 14),
    );
    await claim("friend@example.com");
    await order();
    expect(await reward(new Date(NOW.getTime() + 13 * 24 * HOUR))).toEqual({ outcome: "not_due" });
    const [job] = (await jobsOf(db, shopId)).filter(({ task }) => task === "reward-referral");
    expect(job!.runAt).toEqual(new Date(NOW.getTime() + 14 * 24 * HOUR));
    expect(await points()).toEqual([0, 0, 0]);
    expect(await reward(new Date(NOW.getTime() + 14 * 24 * HOUR))).toEqual({ outcome: "rewarded" });
  });

  it("does not come for an order that is not paid, or that was undone first", async () => {
    const { claim, row, order, reward } = await setUp();
    await claim("friend@example.com");
    await order({ paid: false });
    expect(await row()).toMatchObject({ status: "invited" });
    await order({ undone: true });
    expect(await row()).toMatchObject({ status: "invited" });
    await order();
    await order({ undone: true });
    expect(await row()).toMatchObject({ status: "reversed" });
    expect(await reward()).toEqual({ outcome: "unchanged" });
  });

  it("is taken back, down to owing, when the order is undone later; twice is once", async () => {
    const { db, shopId, advocateId, claim, row, order, reward, points } = await setUp();
    await claim("friend@example.com");
    await order();
    await reward();
    await takeBack(db, shopId, advocateId, 400);
    await order({ undone: true });
    await order({ undone: true });
    expect(await row()).toMatchObject({ status: "rewarded", reason: "order_undone" });
    expect(await Promise.all([reward(), reward()])).toContainEqual({ outcome: "reversed" });
    expect(await reward()).toEqual({ outcome: "unchanged" });
    expect(await row()).toMatchObject({ status: "reversed" });
    expect(await points()).toEqual([-400, 0, 0]);
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("that was spent is borne by the shop where the program says so", async () => {
    const { db, shopId, advocateId, claim, order, reward, points } = await setUp(
      (settings) => (settings.shortfall = "absorb"),
    );
    await claim("friend@example.com");
    await order();
    await reward();
    await takeBack(db, shopId, advocateId, 400);
    await order({ undone: true });
    expect(await reward()).toEqual({ outcome: "reversed" });
    expect(await points()).toEqual([0, 0, 0]);
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it.each(["owed", "absorb"] as const)(
    "that had lapsed leaves the balance as it is when the order is undone, once: %s",
    async (shortfall) => {
      const { db, shopId, claim, order, reward, points } = await setUp((settings) => {
        settings.shortfall = shortfall;
        settings.expiry = { kind: "after_earning", months: 1 };
      });
      await claim("friend@example.com");
      await order();
      await reward();
      expect(await expireLots(db, { shopId, now: new Date(NOW.getTime() + 40 * 24 * HOUR) })).toEqual({
        lots: 1,
        points: 500,
      });
      await order({ undone: true });
      expect(await reward()).toEqual({ outcome: "reversed" });
      expect(await reward()).toEqual({ outcome: "unchanged" });
      expect(await points()).toEqual([0, 0, 0]);
      const back = await db.query(
        `select from_account as "from", to_account as "to", points, reason from points_transfer
          where shop_id = $1 and to_account = 'reversed'`,
        [shopId],
      );
      expect(back).toEqual([{ from: "expired", to: "reversed", points: 500, reason: "referral_clawback" }]);
      expect(await discrepanciesIn(db, shopId)).toEqual([]);
    },
  );

  it("is refused to oneself: the same customer, mail or telephone", async () => {
    const self = await setUp();
    await self.claim("friend@example.com");
    await self.order({ customerId: "1" });
    expect(await self.row()).toMatchObject({ status: "refused", reason: "self" });

    const mail = await setUp();
    await mail.claim("friend@example.com");
    mail.customers.push({ id: "2", email: "advocate+2@example.com", numberOfOrders: "1" });
    await mail.order();
    expect(await mail.reward()).toEqual({ outcome: "refused" });
    expect(await mail.row()).toMatchObject({ status: "refused", reason: "self" });
    expect(await mail.points()).toEqual([0, 0, 0]);

    const phone = await setUp();
    await phone.claim("friend@example.com");
    phone.customers[0]!.phone = "+12125550100";
    phone.customers.push({ id: "2", email: null, numberOfOrders: "1", phone: "(212) 555-0100" });
    await phone.order();
    expect(await phone.reward()).toEqual({ outcome: "refused" });
  });

  it("is held for the merchant when both live at one address", async () => {
    const { customers, claim, order, reward, row, points } = await setUp();
    await claim("friend@example.com");
    customers[0]!.address = { address1: "12 Main St", zip: "10001" };
    customers.push({
      id: "2",
      email: "friend@example.com",
      numberOfOrders: "1",
      address: { address1: "12 Main St.", zip: "10001" },
    });
    await order();
    expect(await reward()).toEqual({ outcome: "review" });
    expect(await row()).toMatchObject({ status: "review", reason: "same_address" });
    expect(await points()).toEqual([0, 0, 0]);
  });

  it("is refused for a friend who had ordered before, also when that order is heard of later", async () => {
    const known = await setUp();
    await known.claim("friend@example.com");
    await placeOrder(known.db, {
      shopId: known.shopId,
      memberId: null,
      customerId: "2",
      at: new Date(NOW.getTime() - HOUR),
    });
    await known.order();
    expect(await known.row()).toMatchObject({ status: "refused", reason: "ordered_before" });

    const late = await setUp();
    await late.claim("friend@example.com");
    await late.order();
    await placeOrder(late.db, {
      shopId: late.shopId,
      memberId: null,
      customerId: "2",
      at: new Date(NOW.getTime() - HOUR),
    });
    expect(await late.reward()).toEqual({ outcome: "refused" });
  });

  it("is not lost to a test, unpaid or cancelled order from before, nor to one that came after", async () => {
    const { db, shopId, claim, order, row } = await setUp();
    await claim("friend@example.com");
    const before = new Date(NOW.getTime() - HOUR);
    for (const outcome of ["test", "not_paid", "cancelled"]) {
      await placeOrder(db, { shopId, memberId: null, customerId: "2", at: before, outcome });
    }
    await placeOrder(db, { shopId, memberId: null, customerId: "2", at: new Date(NOW.getTime() + HOUR) });
    await order();
    expect(await row()).toMatchObject({ status: "ordered" });
  });

  it("is refused in a loop: who was invited cannot have invited", async () => {
    const { db, shopId, services, claim, order, row } = await setUp();
    await claim("friend@example.com");
    await order({ orderId: "1" });
    const [friend] = await db.query<{ code: string }>(
      `select referral_code as code from member where shop_id = $1 and customer_id = '2'`,
      [shopId],
    );
    const back = await claimReferral(services, {
      shopId,
      code: friend!.code,
      email: "third@example.com",
      ip: null,
      now: NOW,
    });
    await order({ customerId: "1", orderId: "2", code: "code" in back ? back.code : "" });
    const [looped] = await db.query(
      `select status, reason from referral where shop_id = $1 and order_id = '2'`,
      [shopId],
    );
    expect(looped).toEqual({ status: "refused", reason: "loop" });
    expect(await row()).toBeDefined();
  });

  it("waits while Shopify does not answer, and is held when the advocate is blocked", async () => {
    const { db, shopId, shopify, claim, order, reward, row } = await setUp();
    await claim("friend@example.com");
    await order();
    shopify.fail("ReferralParties", { kind: "unavailable", reason: "timeout" });
    await expect(reward()).rejects.toMatchObject({ code: "upstream_unavailable" });
    await db.query(`update member set state = 'blocked' where shop_id = $1 and customer_id = '1'`, [shopId]);
    expect(await reward()).toEqual({ outcome: "review" });
    expect(await row()).toMatchObject({ status: "review", reason: "advocate_blocked" });
  });

  it("T46 is nobody's in another shop", async () => {
    const { services, claim, row } = await setUp();
    await claim("friend@example.com");
    const other = await createShop(database.db);
    const { referralId } = await row();
    expect(await rewardReferral(services, { shopId: other, referralId }, { now: NOW })).toEqual({
      outcome: "unchanged",
    });
    expect(await rewardReferral(services, { shopId: other, referralId: randomUUID() }, { now: NOW })).toEqual(
      { outcome: "unchanged" },
    );
  });
});
