import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { markProjected, readUnprojected } from "#app/loyalty/members/read-projections.server.ts";
import { programSettings } from "#app/loyalty/program/settings.ts";
import { decideReferral } from "#app/loyalty/referrals/decide-referral.server.ts";
import { readReviews } from "#app/loyalty/referrals/read-reviews.server.ts";
import { undoReferral } from "#app/loyalty/referrals/reverse-referral.server.ts";
import { rewardReferral } from "#app/loyalty/referrals/reward-referral.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createFakeShopify } from "#tests/support/fake-shopify.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import {
  balancesOf,
  discrepanciesIn,
  jobsOf,
  joinMember,
  peopleServices,
  placeOrder,
} from "#tests/support/people-fixtures.ts";
import { changeProgram } from "#tests/support/rewards-fixtures.ts";

const database = useTestDatabase();
const STAFF = "548380009";

/** An advocate with friends who have all ordered; the program rewards `monthlyLimit` of them a month. */
async function setUp(monthlyLimit: number | null, friends: number) {
  const { db } = database;
  const shopId = await createShop(db);
  await changeProgram(db, shopId, (settings) => (settings.referral.monthlyLimit = monthlyLimit));
  const advocateId = await joinMember(db, shopId, "1");
  const referrals: string[] = [];
  for (let friend = 1; friend <= friends; friend += 1) {
    const orderId = String(9000 + friend);
    const referralId = randomUUID();
    await placeOrder(db, { shopId, orderId, memberId: null, customerId: `77${friend}` });
    await db.query(
      `insert into referral (shop_id, referral_id, advocate_id, friend_email_hash, friend_customer_id, code, status,
          order_id, created_at, ordered_at)
       values ($1, $2, $3, 'hash ' || $4::text, '77' || $4::text, 'CODE' || $4::text, 'ordered', $5, $6, $6)`,
      [shopId, referralId, advocateId, String(friend), orderId, NOW],
    );
    referrals.push(referralId);
  }
  const shopify = createFakeShopify({ ReferralParties: () => ({ advocate: null, friend: null }) });
  const services = peopleServices(db, shopify);
  const reward = async (referralId: string, now = NOW) =>
    (await rewardReferral(services, { shopId, referralId }, { now })).outcome;
  const decide = (referralId: string, decision: "reward" | "refuse", inShop = shopId) =>
    db.transaction((tx) =>
      decideReferral(tx, {
        shopId: inShop,
        referralId,
        decision,
        actor: STAFF,
        now: NOW,
        eventId: randomUUID(),
      }),
    );
  const row = async (referralId: string) =>
    (
      await db.query(`select status, reason from referral where shop_id = $1 and referral_id = $2`, [
        shopId,
        referralId,
      ])
    )[0];
  const points = async () => (await balancesOf(db, shopId, advocateId))[0];
  const queued = async () =>
    (await jobsOf(db, shopId)).filter(({ task }) => task === "reward-referral").length;
  const audit = () =>
    db.query(
      `select actor, action, subject, before, after from audit_event where shop_id = $1 and action like 'referral.%'`,
      [shopId],
    );
  return {
    db,
    shopId,
    advocateId,
    referrals,
    shopify,
    services,
    reward,
    decide,
    row,
    points,
    queued,
    audit,
  };
}

describe("T44 more friends in a month than the program rewards by itself", () => {
  it("wait for the merchant; the next month counts anew, in the shop's time zone", async () => {
    const { db, shopId, referrals, reward, row, points } = await setUp(2, 4);
    const [first, second, third, fourth] = referrals as [string, string, string, string];
    expect([await reward(first), await reward(second), await reward(third)]).toEqual([
      "rewarded",
      "rewarded",
      "review",
    ]);
    expect(await row(third)).toEqual({ status: "review", reason: "too_many" });
    expect(await reward(third)).toBe("unchanged");
    expect(await points()).toBe(1000);
    // New York's December begins five hours after UTC's.
    await db.query(`update shop set time_zone = 'America/New_York' where shop_id = $1`, [shopId]);
    await db.query(`update referral set status = 'ordered', reason = null where referral_id = $1`, [third]);
    expect(await reward(third, new Date("2026-12-01T04:59:59Z"))).toBe("review");
    expect(await reward(fourth, new Date("2026-12-01T05:00:00Z"))).toBe("rewarded");
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("are never rewarded past the limit, however many jobs run at once", async () => {
    const { db, shopId, referrals, reward, points } = await setUp(3, 8);
    const jobs = [...referrals, ...referrals].map((id) => reward(id));
    const outcomes = await Promise.all(jobs);
    const count = (outcome: string) => outcomes.filter((one) => one === outcome).length;
    expect([count("rewarded"), count("review"), count("unchanged")]).toEqual([3, 5, 8]);
    expect(await points()).toBe(1500);
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("are all rewarded without a limit, and another member's do not count", async () => {
    const none = await setUp(null, 3);
    for (const id of none.referrals) expect(await none.reward(id)).toBe("rewarded");
    const { db, shopId, referrals, reward } = await setUp(1, 2);
    const other = await joinMember(db, shopId, "2");
    await db.query(`update referral set advocate_id = $2 where referral_id = $1`, [referrals[1], other]);
    expect([await reward(referrals[0]!), await reward(referrals[1]!)]).toEqual(["rewarded", "rewarded"]);
  });

  it("programs that were stored before there was a limit have one of ten", async () => {
    const { db, shopId } = await setUp(5, 0);
    const [row] = await db.query<{ settings: { referral: Record<string, unknown> } }>(
      `select settings from program_version where shop_id = $1 order by version desc limit 1`,
      [shopId],
    );
    const { monthlyLimit, ...stored } = row!.settings.referral;
    expect(monthlyLimit).toBe(5);
    const settings = programSettings.parse({ ...row!.settings, referral: stored });
    expect(settings.referral.monthlyLimit).toBe(10);
  });
});

describe("T44 what the merchant decides about a referral under review", () => {
  async function underReview() {
    const scene = await setUp(1, 2);
    const [first, second] = scene.referrals as [string, string];
    await scene.reward(first);
    await scene.reward(second);
    return { ...scene, referralId: second };
  }

  it("is asked with the advocate, the friend's order and the reason", async () => {
    const { db, shopId, advocateId, referralId } = await underReview();
    expect(await readReviews(db, shopId)).toEqual({
      reviews: [
        {
          referralId,
          reason: "too_many",
          advocateId,
          customerId: "1",
          orderId: "9002",
          orderName: "#1001",
          orderedAt: NOW.toISOString(),
        },
      ],
      more: 0,
    });
    expect(await readReviews(db, await createShop(db))).toEqual({ reviews: [], more: 0 });
  });

  it("to reward rewards it once, without judging it again, and says who decided", async () => {
    const { db, shopId, advocateId, referralId, shopify, decide, reward, row, points, queued, audit } =
      await underReview();
    await db.query(`update member set state = 'blocked' where shop_id = $1 and member_id = $2`, [
      shopId,
      advocateId,
    ]);
    const clicks = await Promise.all([decide(referralId, "reward"), decide(referralId, "reward")]);
    expect(clicks.map(({ outcome }) => outcome).toSorted()).toEqual(["approved", "unchanged"]);
    expect(await queued()).toBe(1);
    const asked = shopify.calls.length;
    expect(await reward(referralId)).toBe("rewarded");
    expect(shopify.calls.length).toBe(asked);
    expect(await reward(referralId)).toBe("unchanged");
    expect(await decide(referralId, "reward")).toEqual({ outcome: "unchanged" });
    expect(await decide(referralId, "refuse")).toEqual({ outcome: "not_under_review" });
    expect(await row(referralId)).toEqual({ status: "rewarded", reason: "approved" });
    expect(await points()).toBe(1000);
    expect(await audit()).toEqual([
      {
        actor: STAFF,
        action: "referral.approve",
        subject: `referral:${referralId}`,
        before: { status: "review", reason: "too_many" },
        after: { status: "ordered", reason: "approved" },
      },
    ]);
    expect((await readReviews(db, shopId)).reviews).toEqual([]);
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("to refuse refuses it once and for good", async () => {
    const { referralId, decide, reward, row, points, queued, audit } = await underReview();
    const clicks = await Promise.all([decide(referralId, "refuse"), decide(referralId, "refuse")]);
    expect(clicks.map(({ outcome }) => outcome).toSorted()).toEqual(["declined", "unchanged"]);
    expect(await decide(referralId, "reward")).toEqual({ outcome: "not_under_review" });
    expect(await queued()).toBe(0);
    expect(await reward(referralId)).toBe("unchanged");
    expect(await row(referralId)).toEqual({ status: "refused", reason: "declined" });
    expect(await points()).toBe(500);
    expect(await audit()).toMatchObject([{ actor: STAFF, action: "referral.decline" }]);
  });

  it("comes too late for an order that was undone, and a reward that was approved goes back with it", async () => {
    const undone = await underReview();
    await undone.db.transaction((tx) => undoReferral(tx, { shopId: undone.shopId, orderId: "9002" }));
    expect(await undone.decide(undone.referralId, "reward")).toEqual({ outcome: "not_under_review" });
    expect((await readReviews(undone.db, undone.shopId)).reviews).toEqual([]);

    const { db, shopId, referralId, decide, reward, points } = await underReview();
    await decide(referralId, "reward");
    await reward(referralId);
    await db.transaction((tx) => undoReferral(tx, { shopId, orderId: "9002" }));
    expect(await reward(referralId)).toBe("reversed");
    expect(await points()).toBe(500);
    expect(await discrepanciesIn(db, shopId)).toEqual([]);
  });

  it("is all the advocate sees of it: that a friend is being looked at, for as long as one is", async () => {
    const reviewing = async (scene: Awaited<ReturnType<typeof underReview>>) => {
      const period = { currentFrom: new Date(0), to: NOW };
      const args = { shopId: scene.shopId, after: null, limit: 9, basis: "spent", period } as const;
      const members = await readUnprojected(scene.db, args);
      await markProjected(scene.db, { shopId: scene.shopId, now: NOW, members });
      return members.find(({ memberId }) => memberId === scene.advocateId)?.reviewing ?? "as before";
    };
    const refused = await underReview();
    expect([await reviewing(refused), await reviewing(refused)]).toEqual([1, "as before"]);
    await refused.decide(refused.referralId, "refuse");
    expect(await reviewing(refused)).toBe(0);

    const undone = await underReview();
    expect(await reviewing(undone)).toBe(1);
    await undone.db.transaction((tx) => undoReferral(tx, { shopId: undone.shopId, orderId: "9002" }));
    expect(await undone.reward(undone.referralId)).toBe("unchanged");
    expect(await reviewing(undone)).toBe(0);
  });

  it("holds against a job that was asking Shopify meanwhile", async () => {
    const { db, shopId, referrals, shopify, services, decide, row } = await setUp(null, 1);
    const [referralId] = referrals as [string];
    const address = { defaultAddress: { address1: "12 Main St", zip: "10001" } };
    const person = { ...address, defaultEmailAddress: null, defaultPhoneNumber: null };
    shopify.answer("ReferralParties", () => ({ advocate: person, friend: person }));
    await rewardReferral(services, { shopId, referralId }, { now: NOW });
    expect(await row(referralId)).toEqual({ status: "review", reason: "same_address" });
    // A second job had read the referral before it was held.
    await db.query(`update referral set status = 'ordered', reason = null where referral_id = $1`, [
      referralId,
    ]);
    const request: typeof shopify.request = async (...asked) => {
      await db.query(
        `update referral set status = 'review', reason = 'same_address' where referral_id = $1`,
        [referralId],
      );
      await decide(referralId, "reward");
      return shopify.request(...asked);
    };
    const late = peopleServices(db, { ...shopify, request });
    expect(await rewardReferral(late, { shopId, referralId }, { now: NOW })).toEqual({
      outcome: "unchanged",
    });
    expect(await row(referralId)).toEqual({ status: "ordered", reason: "approved" });
  });

  it("T46 is nobody's in another shop, and nothing for an advocate who has been forgotten", async () => {
    const { db, shopId, advocateId, referralId, decide, reward, row } = await underReview();
    const other = await createShop(db);
    expect(await decide(referralId, "reward", other)).toEqual({ outcome: "no_such_referral" });
    expect(await row(referralId)).toEqual({ status: "review", reason: "too_many" });
    await decide(referralId, "reward");
    await db.query(
      `update member set state = 'erased', customer_id = null where shop_id = $1 and member_id = $2`,
      [shopId, advocateId],
    );
    expect(await reward(referralId)).toBe("refused");
    expect(await row(referralId)).toEqual({ status: "refused", reason: "advocate_gone" });
  });
});
