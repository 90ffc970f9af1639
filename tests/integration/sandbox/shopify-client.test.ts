import "@shopify/shopify-api/adapters/node";
import {
  ApiVersion,
  GraphqlQueryError,
  HttpResponseError,
  RequestedTokenType,
  type Session,
  shopifyApi,
} from "@shopify/shopify-api";
import { abstractFetch, setAbstractFetchFunc } from "@shopify/shopify-api/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { API_KEY, API_SECRET, DEMO_SHOP, anyBuyer, startSandbox, type TestApp } from "./support.ts";

let app: TestApp;
const realFetch = abstractFetch;

const shopify = shopifyApi({
  apiKey: API_KEY,
  apiSecretKey: API_SECRET,
  scopes: ["read_orders", "write_customers"],
  hostName: "app.example.com",
  apiVersion: ApiVersion.October26,
  isEmbeddedApp: true,
  logger: { log: () => undefined },
});

beforeAll(async () => {
  app = await startSandbox();
  setAbstractFetchFunc((input, init) => {
    const asked = new URL(input instanceof Request ? input.url : String(input));
    const headers = new Headers(init?.headers);
    headers.set("x-sandbox-shop", asked.host);
    return fetch(new URL(asked.pathname + asked.search, app.sandbox.url), {
      ...init,
      headers,
    } as RequestInit);
  });
});
afterAll(async () => {
  setAbstractFetchFunc(realFetch);
  await app.stop();
});

async function exchange(): Promise<Session> {
  const sessionToken = app.sandbox.control.context.mintIdToken(DEMO_SHOP);
  const { session } = await shopify.auth.tokenExchange({
    shop: DEMO_SHOP,
    sessionToken,
    requestedTokenType: RequestedTokenType.OfflineAccessToken,
    expiring: true,
  });
  return session;
}

describe("Shopify's own client library", () => {
  it("reads the sandbox's ID tokens", async () => {
    const payload = await shopify.session.decodeSessionToken(
      app.sandbox.control.context.mintIdToken(DEMO_SHOP),
    );
    expect(payload).toMatchObject({
      dest: `https://${DEMO_SHOP}`,
      iss: `https://${DEMO_SHOP}/admin`,
      aud: API_KEY,
    });
  });

  it("exchanges one for an expiring offline token, and refreshes that", async () => {
    const session = await exchange();
    expect(session.expires!.getTime() - Date.now()).toBeGreaterThan(59 * 60_000 - 5000);
    const refreshed = await shopify.auth.refreshToken({
      shop: DEMO_SHOP,
      refreshToken: session.refreshToken!,
    });
    expect(refreshed.session.accessToken).not.toBe(session.accessToken);
    const again = await shopify.auth.refreshToken({ shop: DEMO_SHOP, refreshToken: session.refreshToken! });
    const client = new shopify.clients.Graphql({ session: again.session });
    await client.request("{ shop { name } }");
    await expect(
      shopify.auth.refreshToken({ shop: DEMO_SHOP, refreshToken: session.refreshToken! }),
    ).rejects.toBeInstanceOf(HttpResponseError);
    await expect(
      new shopify.clients.Graphql({ session }).request("{ shop { name } }"),
    ).rejects.toBeInstanceOf(HttpResponseError);
  });

  it("is refused an ID token of another shop, another app or another time", async () => {
    const ask = (sessionToken: string) =>
      shopify.auth.tokenExchange({
        shop: DEMO_SHOP,
        sessionToken,
        requestedTokenType: RequestedTokenType.OfflineAccessToken,
      });
    const { mintIdToken } = app.sandbox.control.context;
    await expect(ask(mintIdToken("dangol-seoul.myshopify.com"))).rejects.toThrow();
    await expect(ask(mintIdToken(DEMO_SHOP, { lifetimeSeconds: -60 }))).rejects.toThrow();
  });

  it("queries, and throws on errors as against Shopify", async () => {
    const client = new shopify.clients.Graphql({ session: await exchange() });
    const { data, extensions } = await client.request(
      "query($n: Int!) { customers(first: $n) { nodes { id email } } }",
      { variables: { n: 2 } },
    );
    expect(data).toMatchObject({ customers: { nodes: [{ email: expect.stringContaining("@") }, {}] } });
    expect(extensions).toMatchObject({ cost: { throttleStatus: { restoreRate: 100 } } });
    await expect(client.request("{ giftCards(first: 1) { nodes { id } } }")).rejects.toBeInstanceOf(
      GraphqlQueryError,
    );
  });

  it("validates the sandbox's webhooks", async () => {
    const { actions, customer, variants } = anyBuyer(app);
    actions.placeOrder(DEMO_SHOP, {
      customerId: customer.id,
      lines: [{ variantId: variants[0]!.id, quantity: 1 }],
    });
    await app.sandbox.control.webhooks.drain();
    const hook = app.received.find(({ headers }) => headers["x-shopify-topic"] === "orders/create");
    const rawRequest = { method: "POST", url: "/webhooks", headers: hook!.headers };
    const validation = await shopify.webhooks.validate({ rawBody: hook!.body.toString("utf8"), rawRequest });
    expect(validation).toMatchObject({
      valid: true,
      domain: DEMO_SHOP,
      topic: "ORDERS_CREATE",
      apiVersion: "2026-10",
    });
  });
});
