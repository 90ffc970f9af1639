import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { attributeOrder } from "#app/loyalty/referrals/attribute-order.server.ts";
import { claimReferral } from "#app/loyalty/referrals/claim-referral.server.ts";
import { fulfilReferral } from "#app/loyalty/referrals/fulfil-referral.server.ts";
import { rewardReferral } from "#app/loyalty/referrals/reward-referral.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createFakeShopify } from "#tests/support/fake-shopify.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import {
  balancesOf,
  discrepanciesIn,
  joinMember,
  jobsOf,
  peopleServices,
  placeOrder,
  takeBack,
} from "#tests/support/people-fixtures.ts";
import { changeProgram } from "#tests/support/rewards-fixtures.ts";

const database = useTestDatabase();
const HOUR = 3_600_000;

interface Customer {
  id: string;
  email: string | null;
  numberOfOrders: string;
  phone?: string;
  address?: { address1: string; zip: string };
}

async function setUp(change?: (settings: ProgramSettings) => void) {
  const { db } = database;
  const shopId = await createShop(db);
  if (change) await changeProgram(db, shopId, change);
  const customers: Customer[] = [{ id: "1", email: "advocate@example.com", numberOfOrders: "3" }];
  const discounts = new Map<string, string>();
  const node = (customer: Customer | undefined) =>
    customer
      ? {
          id: `gid://shopify/Customer/${customer.id}`,
          numberOfOrders: customer.numberOfOrders,
          defaultEmailAddress: customer.email === null ? null : { emailAddress: customer.email },
          defaultPhoneNumber: customer.phone ? { phoneNumber: customer.phone } : null,
          defaultAddress: customer.address ?? null,
        }
      : null;
  const byGid = (gid: unknown) => node(customers.find(({ id }) => gid === `gid://shopify/Customer/${id}`));
  const shopify = createFakeShopify({
    ReferralClaimCheck: ({ advocateId, friendEmail }) => ({
      advocate: byGid(advocateId),
      friend: node(customers.find(({ email }) => email === friendEmail)),
    }),
    ReferralParties: ({ advocateId, friendId }) => ({ advocate: byGid(advocateId), friend: byGid(friendId) }),
    DiscountCodeBasicCreate: ({ discount }) => {
      const { code } = discount as { code: string };
      if (discounts.has(code)) {
        return {
          discountCodeBasicCreate: {
            codeDiscountNode: null,
            userErrors: [{ code: "TAKEN", field: [], message: "" }],
          },
        };
      }
      discounts.set(code, `gid://shopify/DiscountCodeNode/${discounts.size + 1}`);
      return { discountCodeBasicCreate: { codeDiscountNode: { id: discounts.get(code) }, userErrors: [] } };
    },
    DiscountNodeByCode: ({ code }) => ({
      codeDiscountNodeByCode: discounts.has(code as string)
        ? { id: discounts.get(code as string), codeDiscount: {} }
        : null,
    }),
  });
  const services = peopleServices(db, shopify);
  const advocateId = await joinMember(db, shopId, "1");
  const [advocate] = await db.query<{ code: string }>(
    `select referral_code as code from member where shop_id = $1`,
    [shopId],
  );
  const claim = (email: string, over: { code?: string; ip?: string | null; now?: Date } = {}) =>
    claimReferral(services, { shopId, code: advocate!.code, email, ip: null, now: NOW, ...over });
  const row = async () => {
    const [referral] = await db.query<{
      referralId: string;
      status: string;
      reason: string | null;
      code: string;
    }>(`select referral_id as "referralId", status, reason, code from referral where shop_id = $1`, [shopId]);
    return referral!;
  };
  const settings = async () => (await liveProgram(db, shopId)).settings;
  /** A friend claims, and orders with the code. */
  const order = async (
    over: {
      customerId?: string;
      paid?: boolean;
      undone?: boolean;
      orderId?: string;
      at?: Date;
      code?: string;
    } = {},
  ) => {
    const customerId = over.customerId ?? "2";
    const memberId = await joinMember(db, shopId, customerId);
    const orderId = over.orderId ?? "9001";
    const [known] = await db.query(`select 1 from order_state where shop_id = $1 and order_id = $2`, [
      shopId,
      orderId,
    ]);
    if (!known) await placeOrder(db, { shopId, orderId, memberId, customerId, at: over.at ?? NOW });
    const args = {
      shopId,
      orderId,
      codes: ["SUMMER", over.code ?? (await row()).code.toLowerCase()],
      customerId,
      memberId,
      paid: over.paid ?? true,
      undone: over.undone ?? false,
      now: NOW,
      settings: await settings(),
      occurredAt: over.at ?? NOW,
    };
    await db.transaction((tx) => attributeOrder(tx, args));
    return orderId;
  };
  const reward = async (now = NOW) =>
    rewardReferral(services, { shopId, referralId: (await row()).referralId }, { now });
  const points = () => balancesOf(db, shopId, advocateId);
  return {
    db,
    shopId,
    services,
    shopify,
    customers,
    discounts,
    advocateId,
    advocate: advocate!,
    claim,
    row,
    order,
    reward,
    points,
  };
}

describe("a friend's claim", () => {
  it("gives one address one code, whoever asks again and however it is spelt", async () => {
    const { claim, row, discounts, shopify } = await setUp();
    const first = await claim("Friend@Example.com");
    expect(first).toMatchObject({ outcome: "claimed", status: "ready" });
    expect(await claim(" friend+again@example.com ")).toEqual({ ...first, outcome: "replayed" });
    expect(discounts.size).toBe(1);
    expect(await row()).toMatchObject({ status: "invited", reason: null });
    expect(JSON.stringify(shopify.named("DiscountCodeBasicCreate"))).not.toContain("example.com");
  });

  it("sixteen times at once makes one referral and one code", async () => {
    const { claim, db, shopId, discounts } = await setUp();
    const results = await Promise.all(Array.from({ length: 16 }, () => claim("friend@example.com")));
    expect(new Set(results.map((result) => ("code" in result ? result.code : result.outcome))).size).toBe(1);
    expect(discounts.size).toBe(1);
    expect(await db.query(`select 1 from referral where shop_id = $1`, [shopId])).toHaveLength(1);
  });

  it("keeps neither the address nor the network, only keyed hashes", async () => {
    const { claim, db, shopId } = await setUp();
    await claim("friend@example.com", { ip: "203.0.113.9" });
    const [stored] = await db.query(`select * from referral where shop_id = $1`, [shopId]);
    expect(JSON.stringify(stored)).not.toMatch(/friend@|example\.com|203\.0\.113/u);
    expect(stored!["ip_prefix_hash"]).toHaveLength(43);
  });

  it("T44 is refused for what cannot be a new friend, with the reason and without a row", async () => {
    const { claim, customers, db, shopId } = await setUp();
    customers.push({ id: "5", email: "regular@example.com", numberOfOrders: "2" });
    const reason = async (email: string, over = {}) => {
      const result = await claim(email, over);
      return result.outcome === "refused" ? result.reason : result.outcome;
    };
    expect(await reason("nonsense")).toBe("invalid_email");
    expect(await reason("advocate@example.com")).toBe("own_code");
    expect(await reason("Advocate+me@example.com")).toBe("own_code");
    expect(await reason("regular@example.com")).toBe("existing_customer");
    expect(await reason("x@mailinator.com")).toBe("disposable_email");
    expect(await reason("friend@example.com", { code: "ZZZZZZZZ" })).toBe("unknown_code");
    expect(await reason("friend@example.com", { code: "" })).toBe("unknown_code");
    expect(await db.query(`select 1 from referral where shop_id = $1`, [shopId])).toEqual([]);
  });

  it("is refused while referrals are off, and for a blocked or foreign advocate", async () => {
    const off = await setUp((settings) => (settings.referral.enabled = false));
    expect(await off.claim("friend@example.com")).toEqual({ outcome: "refused", reason: "referrals_off" });
    const a = await setUp();
    const b = await setUp();
    expect(await a.claim("friend@example.com", { code: b.advocate.code })).toEqual({
      outcome: "refused",
      reason: "unknown_code",
    });
    await a.db.query(`update member set state = 'blocked' where shop_id = $1`, [a.shopId]);
    expect(await a.claim("friend@example.com")).toEqual({ outcome: "refused", reason: "unknown_code" });
  });

  it("counts a network's claims over a day, also when they come at once", async () => {
    const { claim } = await setUp();
    const results = await Promise.all(
      Array.from({ length: 9 }, (_, index) => claim(`f${index}@example.com`, { ip: `203.0.113.${index}` })),
    );
    expect(results.filter(({ outcome }) => outcome === "claimed")).toHaveLength(5);
    expect(
      results.filter((result) => result.outcome === "refused" && result.reason === "too_many"),
    ).toHaveLength(4);
    expect(await claim("f99@example.com", { ip: "198.51.100.1" })).toMatchObject({ outcome: "claimed" });
    expect(
      await claim("f98@example.com", { ip: "203.0.113.1", now: new Date(NOW.getTime() + 25 * HOUR) }),
    ).toMatchObject({ outcome: "claimed" });
  });

  it("keeps nothing when Shopify cannot say who the friend is", async () => {
    const { claim, shopify, db, shopId } = await setUp();
    shopify.fail("ReferralClaimCheck", { kind: "unavailable", reason: "timeout" });
    expect(await claim("friend@example.com")).toEqual({ outcome: "unavailable" });
    expect(await db.query(`select 1 from referral where shop_id = $1`, [shopId])).toEqual([]);
    expect(await claim("friend@example.com")).toMatchObject({ outcome: "claimed" });
  });

  it("T26 with a time-out after Shopify made the code finds it, and never makes a second", async () => {
    const { claim, shopify, row, discounts } = await setUp();
    shopify.fail("DiscountCodeBasicCreate", { kind: "unavailable", reason: "timeout" }, "after");
    expect(await claim("friend@example.com")).toMatchObject({ outcome: "claimed", status: "ready" });
    expect(discounts.size).toBe(1);
    expect(await row()).toMatchObject({ status: "invited" });
  });

  it("with Shopify down is pending, and its job makes the promised code", async () => {
    const { claim, shopify, row, services, shopId, db, discounts } = await setUp();
    shopify.fail("DiscountCodeBasicCreate", { kind: "unavailable", reason: "timeout" });
    const claimed = await claim("friend@example.com");
    expect(claimed).toMatchObject({ outcome: "claimed", status: "pending" });
    expect((await jobsOf(db, shopId)).map(({ task }) => task)).toContain("fulfil-referral");
    const { referralId } = await row();
    expect(await fulfilReferral(services, { shopId, referralId }, { now: NOW })).toEqual({
      outcome: "invited",
    });
    expect(await fulfilReferral(services, { shopId, referralId }, { now: NOW })).toEqual({
      outcome: "unchanged",
    });
    expect([...discounts.keys()]).toEqual(["code" in claimed ? claimed.code : ""]);
  });
});

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
