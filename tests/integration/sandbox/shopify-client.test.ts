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

const DELETE_PRODUCT = `mutation($id: ID!) {
  productDelete(input: { id: $id }) { deletedProductId userErrors { field message } }
}`;

/** A person at a terminal, who may do everything. */
async function asMerchant() {
  const session = await exchange();
  session.accessToken = "sandbox-admin-token";
  return new shopify.clients.Graphql({ session });
}

async function subscribe(admin: Awaited<ReturnType<typeof asMerchant>>, topic: string): Promise<void> {
  const uri = `${app.sandbox.control.context.app.url}/webhooks`;
  const { data } = await admin.request(
    `mutation($topic: WebhookSubscriptionTopic!, $uri: String!) {
      webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $uri }) { userErrors { message } }
    }`,
    { variables: { topic, uri } },
  );
  expect(data).toEqual({ webhookSubscriptionCreate: { userErrors: [] } });
}

const bodiesOf = (topic: string) =>
  app.received.filter((hook) => hook.topic === topic).map(({ json }) => json);

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

  it("deletes a product: its collections and order lines lose it, and products/delete says its id", async () => {
    const { actions, customer, state } = anyBuyer(app);
    const product = actions.createProduct(DEMO_SHOP, { title: "Moon jar", variants: [{ priceMinor: 100 }] });
    const collection = actions.createCollection(DEMO_SHOP, { title: "Jars", productIds: [product.id] });
    const order = actions.placeOrder(DEMO_SHOP, {
      customerId: customer.id,
      lines: [{ variantId: product.variants[0]!.id, quantity: 1 }],
    });
    const admin = await asMerchant();
    await subscribe(admin, "PRODUCTS_DELETE");
    const gone = await admin.request(DELETE_PRODUCT, {
      variables: { id: `gid://shopify/Product/${product.id}` },
    });
    expect(gone.data).toMatchObject({
      productDelete: { deletedProductId: `gid://shopify/Product/${product.id}`, userErrors: [] },
    });
    const left = await admin.request(
      `query($id: ID!, $order: ID!) {
        collection(id: $id) { productsCount { count } }
        order(id: $order) { lineItems(first: 1) { nodes { title quantity product { id } variant { id } } } }
      }`,
      {
        variables: {
          id: `gid://shopify/Collection/${collection.id}`,
          order: `gid://shopify/Order/${order.id}`,
        },
      },
    );
    expect(left.data).toEqual({
      collection: { productsCount: { count: 0 } },
      order: { lineItems: { nodes: [{ title: "Moon jar", quantity: 1, product: null, variant: null }] } },
    });
    expect(state.products.has(product.id)).toBe(false);
    await app.sandbox.control.webhooks.drain();
    expect(bodiesOf("products/delete")).toEqual([{ id: Number(product.id) }]);
    const again = await admin.request(DELETE_PRODUCT, {
      variables: { id: `gid://shopify/Product/${product.id}` },
    });
    expect(again.data).toMatchObject({
      productDelete: {
        deletedProductId: null,
        userErrors: [{ field: ["id"], message: "Product does not exist" }],
      },
    });
    await app.sandbox.control.webhooks.drain();
    expect(bodiesOf("products/delete")).toHaveLength(1);
  });

  it("changes a collection and what it holds, each with its collections/update", async () => {
    const { actions, state } = anyBuyer(app);
    const [one, two] = [...state.products.keys()];
    const { id } = actions.createCollection(DEMO_SHOP, { title: "Tea", productIds: [one!] });
    const admin = await asMerchant();
    await subscribe(admin, "COLLECTIONS_UPDATE");
    const gid = `gid://shopify/Collection/${id}`;
    await admin.request(
      `mutation($id: ID!) { collectionUpdate(input: { id: $id, title: "Green tea" }) { collection { title } userErrors { message } } }`,
      { variables: { id: gid } },
    );
    await admin.request(
      `mutation($id: ID!, $ids: [ID!]!) { collectionAddProducts(id: $id, productIds: $ids) { userErrors { message } } }`,
      { variables: { id: gid, ids: [`gid://shopify/Product/${two}`] } },
    );
    await admin.request(
      `mutation($id: ID!, $ids: [ID!]!) { collectionRemoveProducts(id: $id, productIds: $ids) { job { done } userErrors { message } } }`,
      { variables: { id: gid, ids: [`gid://shopify/Product/${one}`] } },
    );
    expect(state.collections.get(id)).toMatchObject({ title: "Green tea", productIds: [two] });
    await app.sandbox.control.webhooks.drain();
    const bodies = bodiesOf("collections/update").filter((body) => body["id"] === Number(id));
    expect(bodies.map((body) => body["title"])).toEqual(["Green tea", "Green tea", "Green tea"]);
  });

  it("keeps products from an app that may not write them", async () => {
    const client = new shopify.clients.Graphql({ session: await exchange() });
    await expect(
      client.request(DELETE_PRODUCT, { variables: { id: "gid://shopify/Product/1" } }),
    ).rejects.toBeInstanceOf(GraphqlQueryError);
  });
});
