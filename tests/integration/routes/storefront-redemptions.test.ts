import { afterEach, describe, expect, test } from "vitest";
import { useServices } from "#app/services.server.ts";
import { action as redeemAction, loader as redeemLoader } from "#app/routes/proxy.me.redemptions.tsx";
import { action as cancelAction } from "#app/routes/proxy.me.redemptions_.$id.cancel.tsx";
import { useTestDatabase } from "#tests/support/database.ts";
import { unavailable } from "#tests/support/fake-discounts.ts";
import { createMember } from "#tests/support/ledger-fixtures.ts";
import { changeProgram, createScene, redemptionsOf, standing } from "#tests/support/rewards-fixtures.ts";
import { askStorefront as ask, wish } from "#tests/support/ask-storefront.ts";

const database = useTestDatabase();
afterEach(() => useServices(undefined));

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
