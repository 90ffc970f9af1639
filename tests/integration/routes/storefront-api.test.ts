import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { useServices } from "#app/services.server.ts";
import { action as actionsAction } from "#app/routes/proxy.me.actions.$id.tsx";
import { loader as historyLoader } from "#app/routes/proxy.me.history.tsx";
import { loader as meLoader } from "#app/routes/proxy.me._index.tsx";
import { action as redeemAction, loader as redeemLoader } from "#app/routes/proxy.me.redemptions.tsx";
import { action as cancelAction } from "#app/routes/proxy.me.redemptions_.$id.cancel.tsx";
import { loader as programLoader } from "#app/routes/proxy.program.tsx";
import { action as claimAction } from "#app/routes/proxy.referrals.claims.tsx";
import { loader as unknownLoader } from "#app/routes/proxy.$.tsx";
import { createCampaign } from "#tests/support/campaign-fixtures.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { unavailable } from "#tests/support/fake-discounts.ts";
import { createMember, NOW } from "#tests/support/ledger-fixtures.ts";
import {
  changeProgram,
  createScene,
  redeem,
  redemptionsOf,
  standing,
  type RewardScene,
} from "#tests/support/rewards-fixtures.ts";
import { storefrontRequest, type StorefrontAsk } from "#tests/support/storefront-request.ts";

const database = useTestDatabase();
afterEach(() => useServices(undefined));

type Route = (args: { request: Request; params: Record<string, string | undefined> }) => Promise<Response>;

async function ask(
  scene: RewardScene,
  route: Route,
  over: Partial<StorefrontAsk> & { as?: string | null; params?: Record<string, string> } = {},
) {
  useServices(scene.services);
  const customerId = over.as === undefined ? scene.customerId : over.as;
  const who = customerId === null ? {} : { customerId };
  const request = storefrontRequest({ shopId: scene.shopId, path: "/x", ...who, ...over });
  const response = await route({ request, params: over.params ?? {} });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}

const wish = (over: Record<string, unknown> = {}) => ({
  rewardId: "amount-5",
  idempotencyKey: randomUUID(),
  ...over,
});

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
      referral: { friend: "$5.00 off your first order of $20.00 or more", advocatePoints: 500 },
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

describe("POST /proxy/me/redemptions", () => {
  test("T40 the signed request sent twice is 201 and then 200, one code, one hold", async () => {
    const scene = await createScene(database.db);
    const body = wish();
    const first = await ask(scene, redeemAction, { body });
    expect(first).toMatchObject({
      status: 201,
      body: { status: "ready", title: "$5 off", points: 500, balance: 500 },
    });
    expect(first.body.code).toBe(scene.shopify.discounts[0]!.code);
    const again = await ask(scene, redeemAction, { body });
    expect(again).toMatchObject({ status: 200, body: { id: first.body.id, code: first.body.code } });
    const byHeader = await ask(scene, redeemAction, {
      body: { rewardId: body.rewardId },
      headers: { "Idempotency-Key": body.idempotencyKey },
    });
    expect(byHeader).toMatchObject({ status: 200, body: { id: first.body.id } });
    expect(await standing(scene)).toEqual([500, 500, 0]);
  });

  test("Shopify down: pending, without the code, and the points held", async () => {
    const scene = await createScene(database.db);
    scene.shopify.fail("DiscountCodeBasicCreate", { when: "before", failure: unavailable });
    const { status, body } = await ask(scene, redeemAction, { body: wish() });
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: "pending", points: 500, balance: 500 });
    expect(body).not.toHaveProperty("code");
  });

  test("refusals have their status, their code and the shopper's words", async () => {
    const scene = await createScene(database.db, { points: 400 });
    const refusals: [Record<string, unknown>, number, string][] = [
      [wish(), 409, "insufficient_points"],
      [wish({ rewardId: "nothing" }), 404, "unknown_reward"],
      [wish({ points: 1 }), 422, "not_the_cost"],
      [{ rewardId: "amount-5" }, 400, "idempotency_key_required"],
      [wish({ idempotencyKey: "" }), 400, "idempotency_key_required"],
      [wish({ rewardId: 7 }), 400, "invalid_request"],
      [wish({ points: "500" }), 400, "invalid_request"],
      [wish({ points: -500 }), 400, "invalid_request"],
      [wish({ points: 1e21 }), 400, "invalid_request"],
      [wish({ points: 0.5 }), 400, "invalid_request"],
    ];
    for (const [body, status, code] of refusals) {
      expect(await ask(scene, redeemAction, { body })).toMatchObject({ status, body: { error: { code } } });
    }
    const korean = await ask(scene, redeemAction, { body: wish(), query: { locale: "ko" } });
    expect(korean.body.error.message).toBe("100P 더 필요해요. 차감된 내역은 없어요.");
    await changeProgram(
      database.db,
      scene.shopId,
      ({ rewards }) => void Object.assign(rewards[0]!, { enabled: false }),
    );
    expect(await ask(scene, redeemAction, { body: wish() })).toMatchObject({
      status: 409,
      body: { error: { code: "reward_unavailable" } },
    });
    expect(await standing(scene)).toEqual([400, 0, 0]);
  });

  test("the same key for something else is a conflict; a definite refusal by Shopify says that the points are back", async () => {
    const scene = await createScene(database.db);
    const body = wish();
    scene.shopify.fail("DiscountCodeBasicCreate", { when: "instead", userError: "INVALID" });
    for (let time = 0; time < 2; time += 1) {
      expect(await ask(scene, redeemAction, { body })).toMatchObject({
        status: 409,
        body: { error: { code: "redemption_failed" } },
      });
    }
    const other = { ...body, rewardId: "free-shipping" };
    expect(await ask(scene, redeemAction, { body: other })).toMatchObject({
      status: 409,
      body: { error: { code: "idempotency_key_reused" } },
    });
    expect(await standing(scene)).toEqual([1000, 0, 0]);
  });

  test("T39 whoever the body names, the one who is logged in redeems; a guest cannot", async () => {
    const scene = await createScene(database.db);
    await createMember(database.db, scene.shopId, "777");
    const named = {
      customerId: scene.customerId,
      memberId: scene.memberId,
      logged_in_customer_id: scene.customerId,
    };
    const refused = await ask(scene, redeemAction, { as: "777", body: wish(named) });
    expect(refused).toMatchObject({ status: 409, body: { error: { code: "insufficient_points" } } });
    expect((await ask(scene, redeemAction, { as: null, body: wish(named) })).status).toBe(401);
    expect(await standing(scene)).toEqual([1000, 0, 0]);
  });

  test("a customer who is not a member yet becomes one by redeeming", async () => {
    const scene = await createScene(database.db);
    expect((await ask(scene, redeemAction, { as: "999", body: wish() })).status).toBe(409);
    const members = await database.db.query(
      `select 1 from member where shop_id = $1 and customer_id = '999'`,
      [scene.shopId],
    );
    expect(members).toHaveLength(1);
  });

  test("bodies that are no small JSON object are refused, and nothing of them is repeated", async () => {
    const scene = await createScene(database.db);
    const evil = "<img src=x onerror=alert(1)>{{ shop }}";
    const cases: [unknown, Record<string, string>, number][] = [
      [`{"rewardId": "${evil}`, {}, 400],
      [`[1]`, {}, 400],
      [`"${evil}"`, {}, 400],
      [JSON.stringify({ rewardId: "x".repeat(5000) }), {}, 413],
      [JSON.stringify(wish()), { "Content-Type": "text/plain" }, 415],
      [JSON.stringify(wish()), { "Content-Type": "application/x-www-form-urlencoded" }, 415],
    ];
    for (const [body, headers, status] of cases) {
      const answer = await ask(scene, redeemAction, { body, headers });
      expect(answer.status).toBe(status);
      expect(answer.headers.get("Connection")).toBe(status === 413 ? "close" : null);
      expect(answer.text).not.toContain("onerror");
      expect(Object.keys(answer.body)).toEqual(["error"]);
    }
    expect((await ask(scene, redeemLoader)).status).toBe(405);
    expect(await redemptionsOf(scene)).toEqual([]);
  });

  test("T35 an unsigned, forged or foreign request gets 401 and leaves no row", async () => {
    const scene = await createScene(database.db);
    const answer = await ask(scene, redeemAction, { body: wish(), secret: "another" });
    expect(answer).toMatchObject({ status: 401, body: { error: { code: "unauthorized" } } });
    expect(answer.text).not.toContain("signature=");
    expect(await redemptionsOf(scene)).toEqual([]);
  });
});

describe("POST /proxy/me/redemptions/:id/cancel", () => {
  test("gives the points of an unused code back, and says the same when asked again", async () => {
    const scene = await createScene(database.db);
    const made = await ask(scene, redeemAction, { body: wish() });
    for (let time = 0; time < 2; time += 1) {
      const answer = await ask(scene, cancelAction, { params: { id: made.body.id }, body: "" });
      expect(answer).toMatchObject({
        status: 200,
        body: { status: "cancelled", points: 500, balance: 1000 },
      });
    }
    expect(scene.shopify.live()).toEqual([]);
  });

  test("T39 somebody else's code, and what is no id at all, are unknown", async () => {
    const scene = await createScene(database.db);
    const made = await ask(scene, redeemAction, { body: wish() });
    await createMember(database.db, scene.shopId, "777");
    expect(
      (await ask(scene, cancelAction, { as: "777", params: { id: made.body.id }, body: {} })).status,
    ).toBe(404);
    expect((await ask(scene, cancelAction, { params: { id: "../../etc" }, body: {} })).status).toBe(404);
    expect(
      (await ask(scene, cancelAction, { as: null, params: { id: made.body.id }, body: {} })).status,
    ).toBe(401);
    expect(scene.shopify.live()).toHaveLength(1);
  });
});

describe("the rest of the storefront API", () => {
  test("T41 Liquid and HTML in a merchant's texts come through JSON as text, never as a page", async () => {
    const evil = `{{ shop.secret }}<img src=x onerror="alert(1)">`;
    const scene = await createScene(database.db, {
      settings: ({ rewards }) => void (rewards[0]!.title.en = evil),
    });
    const { headers, body, text } = await ask(scene, programLoader, { as: null });
    expect(headers.get("Content-Type")).toBe("application/json; charset=utf-8");
    expect(body.rewards[0].title).toBe(evil);
    expect(text).not.toContain(`onerror="`); // quotes are escaped by JSON
  });

  test("unknown actions and unknown paths are 404 in the shopper's language", async () => {
    const scene = await createScene(database.db);
    expect(await ask(scene, actionsAction, { params: { id: "follow" }, body: {} })).toMatchObject({
      status: 404,
      body: { error: { code: "unknown_action" } },
    });
    const unknown = await ask(scene, unknownLoader, { query: { locale: "ko" } });
    expect(unknown).toMatchObject({
      status: 404,
      body: { error: { code: "not_found", message: "찾으시는 내용이 없어요." } },
    });
  });

  test("a claim without an e-mail is refused; one of an unknown code says so", async () => {
    const scene = await createScene(database.db);
    expect((await ask(scene, claimAction, { as: null, body: { code: "ABC" } })).status).toBe(400);
    const body = { code: "NOBODY22", email: "friend@example.com" };
    expect(await ask(scene, claimAction, { as: null, body })).toMatchObject({
      status: 404,
      body: { error: { code: "unknown_code" } },
    });
  });

  test("a database that does not answer is 503 in plain words, without a trace of why", async () => {
    const scene = await createScene(database.db);
    const db = { ...scene.db, query: () => Promise.reject(new Error("connect ECONNREFUSED 10.0.0.7:5432")) };
    const answer = await ask({ ...scene, services: { ...scene.services, db } }, meLoader);
    expect(answer).toMatchObject({ status: 503, body: { error: { code: "unavailable" } } });
    expect(answer.text).not.toContain("ECONNREFUSED");
  });
});
