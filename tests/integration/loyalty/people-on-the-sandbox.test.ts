import { Session } from "@shopify/shopify-api";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { claimReferral } from "#app/loyalty/referrals/claim-referral.server.ts";
import { checkPartiesAtShopify } from "#app/loyalty/referrals/check-parties-at-shopify.server.ts";
import { installShop } from "#app/loyalty/program/install-shop.server.ts";
import { projectMembers } from "#app/loyalty/members/project-members.server.ts";
import { projectProgram } from "#app/loyalty/members/project-program.server.ts";
import { sessionStorageOf } from "#app/platform/shopify/session-storage.server.ts";
import type { Services } from "#app/services.server.ts";
import { createSandbox, type Sandbox } from "#sandbox/server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import { grantLot, joinMember } from "#tests/support/people-fixtures.ts";
import { testServices } from "#tests/support/services.ts";

const SHOP = "dangol-demo.myshopify.com";
const database = useTestDatabase();
let sandbox: Sandbox;
let services: Services;

beforeAll(async () => {
  sandbox = await createSandbox({
    app: {
      url: "http://127.0.0.1:9",
      apiKey: "dangol-sandbox-key",
      apiSecret: "dangol-sandbox-secret",
      configFile: "shopify.app.toml",
      extensionDir: "extensions/storefront-loyalty",
    },
  });
  services = testServices(database.db, { environment: { SHOPIFY_SANDBOX_URL: sandbox.url } });
});
afterAll(() => sandbox.close());

beforeEach(async () => {
  await sandbox.reset();
  sandbox.control.actions.installApp(SHOP);
  const session = {
    id: `offline_${SHOP}`,
    shop: SHOP,
    state: "",
    isOnline: false,
    accessToken: await offlineToken(),
  };
  await sessionStorageOf(services.prisma).storeSession(new Session(session));
});

/** What the admin's first visit does: an ID token for an offline one. */
async function offlineToken(): Promise<string> {
  const reply = await fetch(`${sandbox.url}/admin/oauth/access_token`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Sandbox-Shop": SHOP },
    body: JSON.stringify({
      client_id: "dangol-sandbox-key",
      client_secret: "dangol-sandbox-secret",
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: sandbox.control.context.mintIdToken(SHOP),
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      requested_token_type: "urn:shopify:params:oauth:token-type:offline-access-token",
    }),
  });
  const { access_token: token } = (await reply.json()) as { access_token: string };
  return token;
}

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
