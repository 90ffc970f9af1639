import { Session } from "@shopify/shopify-api";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createPrisma } from "#app/db.server.ts";
import { ShopFacts } from "#app/platform/shopify/operations/shop-facts.ts";
import { sessionStorageOf } from "#app/platform/shopify/session-storage.server.ts";
import type { Services } from "#app/services.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { testServices } from "#tests/support/services.ts";
import {
  startStubShopify,
  type StubAnswer,
  type StubCall,
  type StubShopify,
} from "#tests/support/stub-shopify.ts";

const database = useTestDatabase();
const data = { shop: { name: "A shop" }, currentAppInstallation: { id: "gid://shopify/AppInstallation/1" } };
const cost = (available: number) => ({
  cost: {
    requestedQueryCost: 10,
    throttleStatus: { maximumAvailable: 2_000, currentlyAvailable: available, restoreRate: 500 },
  },
});
const throttled = {
  body: { errors: [{ message: "Throttled", extensions: { code: "THROTTLED" } }], extensions: cost(0) },
};

let stub: StubShopify;
let prisma: Services["prisma"];
let services: Services;

beforeAll(async () => {
  stub = await startStubShopify();
  prisma = createPrisma(database.db);
});
afterAll(() => stub.close());
beforeEach(() => {
  stub.calls.length = 0;
  services = processOf();
});

/** Services of their own, as another process on the same database would have them. */
function processOf(): Services {
  return testServices(database.db, { environment: { SHOPIFY_SANDBOX_URL: stub.url }, overrides: { prisma } });
}

async function installed(
  over: { expiresInMs?: number; refreshToken?: string | undefined } = {},
): Promise<string> {
  const shopId = `shop-${randomUUID().slice(0, 8)}.myshopify.com`;
  const { expiresInMs = 3_600_000, refreshToken = "refresh-1" } = over;
  const session = new Session({
    id: `offline_${shopId}`,
    shop: shopId,
    state: "",
    isOnline: false,
    accessToken: "token-1",
  });
  session.expires = new Date(Date.now() + expiresInMs);
  if (!("refreshToken" in over) || over.refreshToken !== undefined) session.refreshToken = refreshToken;
  await sessionStorageOf(services.prisma).storeSession(session);
  return shopId;
}

const graphqlCalls = () => stub.calls.filter((call) => call.path.includes("graphql"));
const refreshCalls = () => stub.calls.filter((call) => call.path.includes("access_token"));
const tokenOf = (call: StubCall) => call.headers["x-shopify-access-token"];
const refreshes = (call: StubCall): StubAnswer | undefined =>
  call.path.includes("access_token")
    ? {
        body: {
          access_token: "token-2",
          expires_in: 3_600,
          refresh_token: "refresh-2",
          refresh_token_expires_in: 7_776_000,
        },
        delayMs: 50,
      }
    : undefined;

test("an operation goes to the shop's own address, with its token and its text", async () => {
  const shopId = await installed();
  stub.answer = () => ({ body: { data } });
  expect(await services.shopify.request(shopId, ShopFacts, {})).toEqual({ ok: true, data });
  const [call] = graphqlCalls();
  expect(call).toMatchObject({ path: "/admin/api/2026-10/graphql.json", shopId });
  expect(tokenOf(call!)).toBe("token-1");
  expect(call!.body["query"]).toContain("query ShopFacts");
});

describe("what went wrong is named", () => {
  test.each<[string, StubAnswer, unknown]>([
    ["a 502", { status: 502 }, { kind: "unavailable", reason: "HTTP 502" }],
    ["no answer in time", { delayMs: 1_500, body: { data } }, { kind: "unavailable", reason: "time-out" }],
    ["a line that broke", { hangUp: true }, { kind: "unavailable", reason: "network" }],
    ["no JSON", { body: undefined, headers: { "content-type": "text/html" } }, { kind: "unavailable" }],
    [
      "a field that is not there",
      { body: { errors: [{ message: "Field 'x' doesn't exist" }] } },
      { kind: "refused", messages: ["Field 'x' doesn't exist"] },
    ],
    [
      "a refusal as a text",
      { status: 400, body: { errors: "Bad Request" } },
      { kind: "refused", messages: ["Bad Request"] },
    ],
    [
      "a mutation that ran and then failed",
      { body: { data, errors: [{ message: "late" }] } },
      { kind: "unavailable", reason: "late" },
    ],
    [
      "Shopify's own failure",
      { body: { errors: [{ message: "Internal", extensions: { code: "INTERNAL_SERVER_ERROR" } }] } },
      { kind: "unavailable" },
    ],
  ])("%s", async (_name, answer, failure) => {
    const shopId = await installed();
    stub.answer = () => answer;
    const result = await services.shopify.request(shopId, ShopFacts, {}, { timeoutMs: 1_000 });
    expect(result).toMatchObject({ ok: false, failure });
    expect(graphqlCalls()).toHaveLength(1);
  });

  test("a shop without a session is unauthorized, and Shopify is not asked", async () => {
    const result = await services.shopify.request("nobody.myshopify.com", ShopFacts, {});
    expect(result).toMatchObject({ ok: false, failure: { kind: "unauthorized" } });
    expect(stub.calls).toEqual([]);
  });
});

describe("throttling", () => {
  test("a throttled operation waits for the bucket and is sent again", async () => {
    const shopId = await installed();
    stub.answer = () => (graphqlCalls().length < 3 ? throttled : { body: { data, extensions: cost(1_000) } });
    expect(await services.shopify.request(shopId, ShopFacts, {})).toMatchObject({ ok: true });
    expect(graphqlCalls()).toHaveLength(3);
  });

  test("a 429 is a throttle, and Retry-After is heeded", async () => {
    const shopId = await installed();
    const started = performance.now();
    stub.answer = () =>
      graphqlCalls().length === 1 ? { status: 429, headers: { "retry-after": "1" } } : { body: { data } };
    expect(await services.shopify.request(shopId, ShopFacts, {})).toMatchObject({ ok: true });
    expect(performance.now() - started).toBeGreaterThan(900);
  });
});

describe("token refresh", () => {
  test("twenty operations on an expiring token, in two processes, refresh it once", async () => {
    const shopId = await installed({ expiresInMs: 60_000 });
    stub.answer = (call) => refreshes(call) ?? { body: { data } };
    const other = processOf();
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? services : other).shopify.request(shopId, ShopFacts, {}),
      ),
    );
    expect(results.every((result) => result.ok)).toBe(true);
    expect(refreshCalls()).toHaveLength(1);
    expect(refreshCalls()[0]!.body).toMatchObject({
      grant_type: "refresh_token",
      refresh_token: "refresh-1",
    });
    expect(new Set(graphqlCalls().map(tokenOf))).toEqual(new Set(["token-2"]));
    const stored = await sessionStorageOf(services.prisma).loadSession(`offline_${shopId}`);
    expect(stored).toMatchObject({ accessToken: "token-2", refreshToken: "refresh-2" });
  });

  test("a token that Shopify refuses before its time is refreshed once and tried again", async () => {
    const shopId = await installed();
    stub.answer = (call) =>
      refreshes(call) ??
      (tokenOf(call) === "token-1" ? { status: 401, body: { errors: "Invalid token" } } : { body: { data } });
    expect(await services.shopify.request(shopId, ShopFacts, {})).toMatchObject({ ok: true });
    expect(refreshCalls()).toHaveLength(1);
  });

  test("a token that stays refused is unauthorized: the shop has to open the app again", async () => {
    const shopId = await installed();
    stub.answer = (call) => refreshes(call) ?? { status: 401, body: { errors: "Invalid API key" } };
    const result = await services.shopify.request(shopId, ShopFacts, {});
    expect(result).toEqual({ ok: false, failure: { kind: "unauthorized", reason: "Invalid API key" } });
    expect(graphqlCalls()).toHaveLength(2);
  });

  test("T13 a refresh that gets no answer is unavailable, one that is refused is unauthorized; neither sends the operation", async () => {
    const shopId = await installed({ expiresInMs: 1_000 });
    stub.answer = () => ({ status: 500 });
    expect(await services.shopify.request(shopId, ShopFacts, {})).toMatchObject({
      failure: { kind: "unavailable" },
    });
    stub.answer = () => ({ status: 400, body: { error: "invalid_grant" } });
    expect(await services.shopify.request(shopId, ShopFacts, {})).toMatchObject({
      failure: { kind: "unauthorized" },
    });
    expect(graphqlCalls()).toEqual([]);
  });
});
