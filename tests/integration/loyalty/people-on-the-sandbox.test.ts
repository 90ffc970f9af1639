import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { claimReferral } from "#app/loyalty/referrals/claim-referral.server.ts";
import { checkPartiesAtShopify } from "#app/loyalty/referrals/check-parties-at-shopify.server.ts";
import { installShop } from "#app/loyalty/program/install-shop.server.ts";
import { projectMembers } from "#app/loyalty/members/project-members.server.ts";
import { projectProgram } from "#app/loyalty/members/project-program.server.ts";
import type { Services } from "#app/services.server.ts";
import type { Sandbox } from "#sandbox/server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import { grantLot, joinMember } from "#tests/support/people-fixtures.ts";
import { testServices } from "#tests/support/services.ts";
import { createDeafSandbox, SHOP, signInOnSandbox } from "#tests/support/shop-on-sandbox.ts";

const database = useTestDatabase();
let sandbox: Sandbox;
let services: Services;

beforeAll(async () => {
  sandbox = await createDeafSandbox();
  services = testServices(database.db, { environment: { SHOPIFY_SANDBOX_URL: sandbox.url } });
});
afterAll(() => sandbox.close());

beforeEach(async () => {
  await sandbox.reset();
  await signInOnSandbox(services, sandbox, SHOP);
});

const state = () => sandbox.control.store.shop(SHOP);

/** A customer of the seeded shop. */
function customers(): { id: string; email: string | null }[] {
  return [...state().customers.values()];
}

describe("what we ask of Shopify", () => {
  it("the sandbox answers: facts, metafields of members and program, a friend's code", async () => {
    expect(await installShop(services, { shopId: SHOP }, { now: NOW })).toEqual({ outcome: "installed" });
    const [row] = await database.db.query(`select currency, time_zone, locale from shop where shop_id = $1`, [
      SHOP,
    ]);
    expect(row).toEqual({ currency: "USD", time_zone: "America/New_York", locale: "en" });
    expect(await projectProgram(services, { shopId: SHOP }, { now: NOW })).toEqual({ outcome: "written" });
    expect(await projectProgram(services, { shopId: SHOP }, { now: NOW })).toEqual({ outcome: "unchanged" });

    const [one, two] = customers();
    const memberId = await joinMember(database.db, SHOP, one!.id);
    await grantLot(database.db, { shopId: SHOP, memberId, points: 120 });
    expect(await projectMembers(services, { shopId: SHOP }, { now: NOW })).toEqual({
      outcome: "done",
      projected: 1,
    });

    const [advocate] = await database.db.query<{ code: string }>(
      `select referral_code as code from member where shop_id = $1 and member_id = $2`,
      [SHOP, memberId],
    );
    const claim = (email: string) =>
      claimReferral(services, { shopId: SHOP, code: advocate!.code, email, ip: null, now: NOW });
    expect(await claim("nobody-yet@example.org")).toMatchObject({ outcome: "claimed", status: "ready" });
    expect(await claim(one!.email!)).toEqual({ outcome: "refused", reason: "own_code" });
    const parties = { shopId: SHOP, advocateCustomerId: one!.id, friendCustomerId: two!.id };
    expect(await checkPartiesAtShopify(services, parties)).toBe("different");
    expect(await checkPartiesAtShopify(services, { ...parties, friendCustomerId: one!.id })).toBe(
      "same_person",
    );
  });
});
