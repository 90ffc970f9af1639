import { afterEach, describe, expect, test } from "vitest";
import { useServices } from "#app/services.server.ts";
import { loader as historyLoader } from "#app/routes/proxy.me.history.tsx";
import { loader as meLoader } from "#app/routes/proxy.me._index.tsx";
import { action as redeemAction } from "#app/routes/proxy.me.redemptions.tsx";
import { loader as programLoader } from "#app/routes/proxy.program.tsx";
import { createCampaign } from "#tests/support/campaign-fixtures.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import { createScene, redeem, redemptionsOf } from "#tests/support/rewards-fixtures.ts";
import { askStorefront as ask, wish } from "#tests/support/ask-storefront.ts";

const database = useTestDatabase();
afterEach(() => useServices(undefined));

describe("GET /proxy/program", () => {
  test("tells everybody what the program offers, in the shop's language or the one asked for", async () => {
    const scene = await createScene(database.db);
    const { status, body, headers } = await ask(scene, programLoader, { as: null });
    expect(status).toBe(200);
    expect(headers.get("Cache-Control")).toBe("private, no-store");
    expect(body).toMatchObject({
      pointsName: "points",
      pointsShort: "P",
      earning: [
        { id: "order", detail: "5P for every $1.00 you spend", points: 5, per: "1.00" },
        { id: "referral", points: 500 },
      ],
      rewards: [
        { id: "amount-5", title: "$5 off", kind: "amount_off", cost: 500, value: "5.00" },
        { id: "percent-10", kind: "percentage_off", cost: 800, value: "10" },
        { id: "free-shipping", kind: "free_shipping", cost: 300, value: null },
      ],
      tiers: [
        { id: "bronze", name: "Bronze" },
        { id: "silver", threshold: "300.00" },
        { id: "gold", multiplier: "1.5" },
      ],
      referral: { friend: "$5 off your first order of $20 or more", advocatePoints: 500 },
    });
    const korean = await ask(scene, programLoader, { as: null, query: { locale: "ko-KR" } });
    expect(korean.body).toMatchObject({
      pointsName: "포인트",
      rewards: [{ title: "US$5 할인 쿠폰" }, {}, {}],
    });
  });

  test("names the live campaigns that everybody takes part in, and no others", async () => {
    const scene = await createScene(database.db);
    const { db, shopId } = scene;
    expect((await ask(scene, programLoader, { as: null })).body.campaigns).toEqual([]);
    await createCampaign(db, shopId, { products: { tags: ["sale"] } });
    await createCampaign(db, shopId, {
      name: { en: "Bonus", ko: "보너스" },
      ends: null,
      award: { kind: "bonus", points: 300, minimumMinor: 5_000 },
    });
    await createCampaign(db, shopId, { starts: "2999-01-01T00:00", ends: null });
    await createCampaign(db, shopId, { tierIds: ["gold"] });
    await createCampaign(db, shopId, { segment: { kind: "first_order" } });
    const { body } = await ask(scene, programLoader, { as: null, query: { locale: "ko" } });
    expect(body.campaigns).toEqual([
      {
        name: "더블 적립 주말",
        award: { kind: "multiplier", multiplier: "2" },
        goods: "some",
        endsAt: "2026-12-01T05:00:00.000Z",
      },
      {
        name: "보너스",
        award: { kind: "bonus", points: 300, minimum: "50.00" },
        goods: "all",
        endsAt: null,
      },
    ]);
  });

  test("a won shop offers points as cash with its steps", async () => {
    const scene = await createScene(database.db, { currency: "KRW" });
    const { body } = await ask(scene, programLoader, { as: null });
    expect(body.rewards[0]).toMatchObject({
      id: "cash",
      kind: "cash",
      cost: 1000,
      min: 1000,
      step: 100,
      value: "1",
      title: "적립금 사용",
    });
    expect(body.earning[0].detail).toBe("100원마다 1원 적립");
  });

  test("rewards that are switched off are not offered", async () => {
    const scene = await createScene(database.db, {
      settings: ({ rewards }) => void Object.assign(rewards[0]!, { enabled: false }),
    });
    const { body } = await ask(scene, programLoader, { as: null });
    expect(body.rewards.map(({ id }: { id: string }) => id)).toEqual(["percent-10", "free-shipping"]);
  });
});

describe("GET /proxy/me", () => {
  test("shows a member balance, tier, link, rewards and codes", async () => {
    const scene = await createScene(database.db, {
      points: 700,
      expiresAt: new Date("2027-01-01T05:00:00Z"),
    });
    await redeem(scene);
    const { status, body } = await ask(scene, meLoader);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      state: "member",
      points: {
        available: 200,
        pending: 0,
        held: 500,
        lifetime: 700,
        expiring: [{ points: 200, on: "2026-12-31" }],
      },
      tier: {
        id: "bronze",
        name: "Bronze",
        multiplier: "1",
        next: { name: "Silver", remaining: "300.00", unit: "USD" },
      },
      referral: { invited: 0, rewarded: 0 },
      codes: [
        {
          rewardId: "amount-5",
          title: "$5 off",
          status: "ready",
          expiresOn: "2026-12-20",
          code: scene.shopify.discounts[0]!.code,
        },
      ],
    });
    expect(body.referral.url).toBe(`https://${scene.shopId}/?ref=${body.referral.code}`);
    expect(body.rewards).toMatchObject([
      { id: "free-shipping", affordable: false, reason: "100P to go" },
      { id: "amount-5", affordable: false, missing: 300 },
      { id: "percent-10", affordable: false },
    ]);
  });

  test("T39 a guest sees no balance, and a forged id in query or header is no login", async () => {
    const scene = await createScene(database.db);
    const guest = await ask(scene, meLoader, { as: null });
    expect(guest).toMatchObject({
      status: 200,
      body: { state: "guest", points: null, tier: null, referral: null, codes: [] },
    });
    expect((await ask(scene, meLoader, { as: null, query: { customer_id: scene.customerId } })).status).toBe(
      400,
    );
    expect(
      (await ask(scene, meLoader, { as: null, headers: { "X-Customer-Id": scene.customerId } })).body.state,
    ).toBe("guest");
  });

  test("T40 reading makes nobody a member: a new customer is shown an empty balance", async () => {
    const scene = await createScene(database.db);
    const { body } = await ask(scene, meLoader, { as: "999" });
    expect(body).toMatchObject({
      state: "member",
      points: { available: 0, held: 0 },
      referral: null,
      codes: [],
    });
    await ask(scene, historyLoader, { as: "999" });
    const members = await database.db.query(
      `select 1 from member where shop_id = $1 and customer_id = '999'`,
      [scene.shopId],
    );
    expect(members).toEqual([]);
  });

  test("a blocked member is told so, and can have nothing", async () => {
    const scene = await createScene(database.db);
    await database.db.query(`update member set state = 'blocked' where shop_id = $1`, [scene.shopId]);
    const { body } = await ask(scene, meLoader);
    expect(body).toMatchObject({ state: "blocked", points: { available: 1000 }, referral: null });
    expect(body.rewards.every(({ affordable }: { affordable: boolean }) => !affordable)).toBe(true);
    expect(await ask(scene, redeemAction, { body: wish() })).toMatchObject({
      status: 403,
      body: { error: { code: "member_blocked" } },
    });
  });

  test("an uninstalled shop and an unknown one have no program", async () => {
    const scene = await createScene(database.db);
    await database.db.query(`update shop set uninstalled_at = $2 where shop_id = $1`, [scene.shopId, NOW]);
    expect(await ask(scene, meLoader)).toMatchObject({
      status: 404,
      body: { error: { code: "shop_not_found" } },
    });
    expect((await ask(scene, redeemAction, { shopId: "nobody.myshopify.com", body: wish() })).status).toBe(
      404,
    );
    expect(await redemptionsOf(scene)).toEqual([]);
  });
});

describe("GET /proxy/me/history", () => {
  test("tells each line with its reason, newest first, by pages", async () => {
    const scene = await createScene(database.db, { points: 10_000 });
    for (let time = 0; time < 24; time += 1) {
      await redeem(scene, { rewardId: "free-shipping", key: `wish-${time}` });
    }
    const first = await ask(scene, historyLoader);
    expect(first.body.items[0]).toMatchObject({
      points: -300,
      balance: 2800,
      kind: "redeem_hold",
      title: "Redeemed: Free shipping",
      detail: "Held until the code is used; they return if it is not",
    });
    expect(first.body.items).toHaveLength(20);
    const tail = await ask(scene, historyLoader, { query: { cursor: first.body.next } });
    expect(tail.body.items.map(({ id }: { id: string }) => id)).toEqual(["5", "4", "3", "2", "1"]);
    expect(tail.body.next).toBeNull();
    expect(
      (await ask(scene, historyLoader, { query: { locale: "ko", cursor: "2" } })).body.items[0].title,
    ).toBe("보너스 적립");
  });

  test("refuses guests and cursors that are none of ours", async () => {
    const scene = await createScene(database.db);
    expect((await ask(scene, historyLoader, { as: null })).status).toBe(401);
    for (const cursor of ["0", "-1", "1e3", "9999999999", "abc", "1 or 1"]) {
      expect((await ask(scene, historyLoader, { query: { cursor } })).status).toBe(400);
    }
  });
});
