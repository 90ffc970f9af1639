import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEMO_SHOP, anyBuyer, callGraphql, startSandbox, type TestApp } from "./support.ts";

let app: TestApp;
beforeEach(async () => {
  app = await startSandbox();
});
afterEach(() => app.stop());

/** A token of the app's, as token exchange gives it. */
async function appToken(): Promise<string> {
  const idToken = app.sandbox.control.context.mintIdToken(DEMO_SHOP);
  const response = await fetch(`${app.sandbox.url}/admin/oauth/access_token`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-sandbox-shop": DEMO_SHOP },
    body: JSON.stringify({
      client_id: "test-key",
      client_secret: "test-secret",
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: idToken,
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      requested_token_type: "urn:shopify:params:oauth:token-type:offline-access-token",
      expiring: "1",
    }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

const addFault = (fault: object) =>
  fetch(`${app.sandbox.url}/__sandbox/faults`, { method: "POST", body: JSON.stringify(fault) });

const CREATE_CODE = `mutation Make($code: String!, $customer: ID!) {
  discountCodeBasicCreate(basicCodeDiscount: {
    title: "5 off", code: $code, startsAt: "2026-01-01T00:00:00Z", usageLimit: 1
    context: { customers: { add: [$customer] } }
    customerGets: { value: { discountAmount: { amount: "5.00", appliesOnEachItem: false } }, items: { all: true } }
  }) { codeDiscountNode { id } userErrors { field code message } }
}`;

describe("the Admin API", () => {
  it("refuses what Shopify's schema refuses, and says what the sandbox lacks", async () => {
    expect((await callGraphql(app, "{ shop { nickname } }")).errors?.[0]?.message).toContain(
      'Cannot query field "nickname"',
    );
    const missing = await callGraphql(app, "{ abandonedCheckoutsCount { count } }");
    expect(missing.errors?.[0]).toMatchObject({
      message: "The sandbox does not implement QueryRoot.abandonedCheckoutsCount.",
      extensions: { code: "SANDBOX_NOT_IMPLEMENTED" },
    });
    const field = await callGraphql(app, "{ shop { name timezoneAbbreviation } }");
    expect(field.errors?.[0]?.message).toBe("The sandbox does not implement Shop.timezoneAbbreviation.");
  });

  it("knows only its own tokens, and what they may do", async () => {
    expect(await callGraphql(app, "{ shop { name } }", {}, { token: "shpat_wrong" })).toMatchObject({
      errors: expect.stringContaining("Invalid API key"),
    });
    const token = await appToken();
    expect(
      (await callGraphql(app, "{ currentAppInstallation { accessScopes { handle } } }", {}, { token }))
        .errors,
    ).toBeUndefined();
    app.sandbox.control.actions.updateScopes(DEMO_SHOP, ["read_orders"]);
    const denied = await callGraphql(app, "{ customers(first: 1) { nodes { id } } }", {}, { token });
    expect(denied.errors?.[0]).toMatchObject({
      extensions: { code: "ACCESS_DENIED", requiredAccess: "`read_customers` access scope." },
    });
    app.sandbox.control.actions.uninstallApp(DEMO_SHOP);
    expect(await callGraphql(app, "{ shop { name } }", {}, { token })).toMatchObject({
      errors: expect.stringContaining("Invalid API key"),
    });
  });

  it("meters calls and throttles with HTTP 200", async () => {
    const first = await callGraphql(
      app,
      "{ products(first: 50) { nodes { id variants(first: 10) { nodes { id } } } } }",
    );
    expect(first.extensions?.cost).toMatchObject({
      throttleStatus: { maximumAvailable: 2000, restoreRate: 100 },
    });
    expect(first.extensions?.cost["requestedQueryCost"]).toBeGreaterThan(20);
    await addFault({ kind: "throttled", operation: "Named" });
    const throttled = await callGraphql(app, "query Named { shop { name } }");
    expect(throttled).toMatchObject({
      errors: [{ message: "Throttled", extensions: { code: "THROTTLED" } }],
    });
    expect(throttled.extensions?.cost["requestedQueryCost"]).toBe(1);
  });

  it("makes a code once: a second time it is TAKEN, and it is found by its code", async () => {
    const { customer } = anyBuyer(app);
    const variables = { code: "ABC-123", customer: `gid://shopify/Customer/${customer.id}` };
    const made = (await callGraphql(app, CREATE_CODE, variables)).data?.[
      "discountCodeBasicCreate"
    ] as never as { codeDiscountNode: { id: string } };
    expect(made).toMatchObject({ userErrors: [] });
    expect(
      (await callGraphql(app, CREATE_CODE, { ...variables, code: "abc-123" })).data?.[
        "discountCodeBasicCreate"
      ],
    ).toMatchObject({
      codeDiscountNode: null,
      userErrors: [{ field: ["basicCodeDiscount", "code"], code: "TAKEN" }],
    });
    const found = await callGraphql(
      app,
      `{ codeDiscountNodeByCode(code: "abc-123") { id codeDiscount { ... on DiscountCodeBasic {
      status usageLimit context { ... on DiscountCustomers { customers { id } } } } } } }`,
    );
    expect(found.data?.["codeDiscountNodeByCode"]).toMatchObject({
      id: made.codeDiscountNode.id,
      codeDiscount: { status: "ACTIVE", usageLimit: 1, context: { customers: [{ id: variables.customer }] } },
    });
    const deactivated = await callGraphql(
      app,
      `mutation { discountCodeDeactivate(id: "${made.codeDiscountNode.id}") {
      codeDiscountNode { codeDiscount { ... on DiscountCodeBasic { status } } } userErrors { message } } }`,
    );
    expect(deactivated.data?.["discountCodeDeactivate"]).toMatchObject({
      codeDiscountNode: { codeDiscount: { status: "EXPIRED" } },
    });
  });

  it("loses the answer but not the effect with timeout_after, and neither with timeout_before", async () => {
    const { customer } = anyBuyer(app);
    const make = (code: string) =>
      callGraphql(app, CREATE_CODE, { code, customer: `gid://shopify/Customer/${customer.id}` });
    await addFault({ kind: "timeout_before", operation: "discountCodeBasicCreate", ms: 20 });
    await expect(make("BEFORE")).rejects.toThrow();
    await addFault({ kind: "timeout_after", operation: "Make", ms: 20 });
    await expect(make("AFTER")).rejects.toThrow();
    const { findDiscountByCode } = app.sandbox.control.actions;
    expect([findDiscountByCode(DEMO_SHOP, "BEFORE"), findDiscountByCode(DEMO_SHOP, "AFTER")?.title]).toEqual([
      undefined,
      "5 off",
    ]);
    await addFault({
      kind: "user_errors",
      operation: "Make",
      userErrors: [{ field: null, message: "No", code: "INTERNAL_ERROR" }],
    });
    expect((await make("REFUSED")).data?.["discountCodeBasicCreate"]).toMatchObject({
      codeDiscountNode: null,
      userErrors: [{ code: "INTERNAL_ERROR" }],
    });
  });

  it("sets metafields all or none, and only over the digest it was given", async () => {
    const { customer } = anyBuyer(app);
    const ownerId = `gid://shopify/Customer/${customer.id}`;
    const set = async (metafields: object[]) =>
      (
        await callGraphql(
          app,
          `mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { metafields { key compareDigest } userErrors { elementIndex code field } } }`,
          { m: metafields },
        )
      ).data?.["metafieldsSet"] as never as {
        metafields: { compareDigest: string }[] | null;
        userErrors: object[];
      };
    const first = await set([{ ownerId, namespace: "$app", key: "points", value: "10" }]);
    expect(first.userErrors).toEqual([]);
    expect(
      await set([{ ownerId, namespace: "$app", key: "points", value: "11", compareDigest: null }]),
    ).toMatchObject({ userErrors: [{ code: "STALE_OBJECT" }] });
    const half = [
      { ownerId, namespace: "$app", key: "points", value: "12" },
      { ownerId, namespace: "$app", key: "points", type: "number_integer", value: "many" },
    ];
    expect(await set(half)).toMatchObject({
      metafields: null,
      userErrors: [{ elementIndex: 1, code: "INVALID_VALUE" }],
    });
    const digest = first.metafields![0]!.compareDigest;
    expect(
      (await set([{ ownerId, namespace: "$app", key: "points", value: "13", compareDigest: digest }]))
        .userErrors,
    ).toEqual([]);
    const read = await callGraphql(
      app,
      `{ customer(id: "${ownerId}") { metafield(namespace: "$app", key: "points") { value namespace } } }`,
    );
    expect(read.data?.["customer"]).toMatchObject({ metafield: { value: "13", namespace: "app--5200001" } });
    const many = Array.from({ length: 26 }, (_one, index) => ({
      ownerId,
      namespace: "x",
      key: `key${index}`,
      type: "json",
      value: "1",
    }));
    expect((await set(many)).userErrors).toHaveLength(1);
  });

  it("pages orders by when they changed, and finds those of a window", async () => {
    const { actions, customer, variants } = anyBuyer(app);
    const place = () =>
      actions.placeOrder(DEMO_SHOP, {
        customerId: customer.id,
        lines: [{ variantId: variants[0]!.id, quantity: 1 }],
      });
    const orders = [place(), place(), place()];
    actions.refundOrder(DEMO_SHOP, { orderId: orders[0]!.id, amountMinor: 100 });
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = (await callGraphql(
        app,
        `query($after: String, $query: String) { orders(first: 2, after: $after, query: $query, sortKey: UPDATED_AT) {
          nodes { legacyResourceId } pageInfo { hasNextPage endCursor } } }`,
        { after, query: "updated_at:>='2026-01-01T00:00:00Z' status:any" },
      )) as never as {
        data: {
          orders: {
            nodes: { legacyResourceId: string }[];
            pageInfo: { hasNextPage: boolean; endCursor: string };
          };
        };
      };
      seen.push(...page.data.orders.nodes.map((one) => one.legacyResourceId));
      after = page.data.orders.pageInfo.hasNextPage ? page.data.orders.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual([orders[1]!.id, orders[2]!.id, orders[0]!.id]);
    const none = await callGraphql(
      app,
      `{ orders(first: 5, query: "updated_at:<2026-01-01") { nodes { id } } }`,
    );
    expect(none.data?.["orders"]).toEqual({ nodes: [] });
    expect((await callGraphql(app, "{ orders { nodes { id } } }")).errors?.[0]?.message).toBe(
      "you must provide one of first or last",
    );
  });

  it("creates, edits, refunds and cancels an order by mutations", async () => {
    const { customer, variants, state } = anyBuyer(app);
    const created = await callGraphql(
      app,
      `mutation($o: OrderCreateOrderInput!) { orderCreate(order: $o) {
      order { id processedAt displayFinancialStatus lineItems(first: 5) { nodes { id } } } userErrors { field message } } }`,
      {
        o: {
          customer: { toAssociate: { id: `gid://shopify/Customer/${customer.id}` } },
          lineItems: [{ variantId: `gid://shopify/ProductVariant/${variants[0]!.id}`, quantity: 2 }],
          processedAt: "2026-09-01T10:00:00Z",
        },
      },
    );
    const { order } = created.data!["orderCreate"] as never as {
      order: { id: string; lineItems: { nodes: { id: string }[] } };
    };
    expect(order).toMatchObject({ processedAt: "2026-09-01T10:00:00Z", displayFinancialStatus: "PAID" });
    const begun = await callGraphql(
      app,
      `mutation { orderEditBegin(id: "${order.id}") { calculatedOrder { id lineItems(first: 5) { nodes { id quantity } } } userErrors { message } } }`,
    );
    const { calculatedOrder } = begun.data!["orderEditBegin"] as never as {
      calculatedOrder: { id: string; lineItems: { nodes: { id: string }[] } };
    };
    await callGraphql(
      app,
      `mutation { orderEditSetQuantity(id: "${calculatedOrder.id}", lineItemId: "${calculatedOrder.lineItems.nodes[0]!.id}", quantity: 1) { calculatedLineItem { quantity } userErrors { message } } }`,
    );
    const committed = await callGraphql(
      app,
      `mutation { orderEditCommit(id: "${calculatedOrder.id}") { order { currentSubtotalPriceSet { shopMoney { amount } } } userErrors { message } } }`,
    );
    expect(committed.data?.["orderEditCommit"]).toMatchObject({
      order: { currentSubtotalPriceSet: { shopMoney: { amount: "28.0" } } },
      userErrors: [],
    });
    const refund = `mutation { refundCreate(input: { orderId: "${order.id}", refundLineItems: [{ lineItemId: "${order.lineItems.nodes[0]!.id}", quantity: 1 }],
      transactions: [{ orderId: "${order.id}", gateway: "shopify_payments", kind: REFUND, amount: "28.00" }] }) @idempotent(key: "one") { refund { id } userErrors { message } } }`;
    const [once, twice] = [await callGraphql(app, refund), await callGraphql(app, refund)];
    expect(twice.data).toEqual(once.data);
    const stored = state.orders.get(order.id.split("/").at(-1)!)!;
    expect(stored.refunds.map((one) => one.byEdit)).toEqual([true, false]);
    await callGraphql(
      app,
      `mutation { orderCancel(orderId: "${order.id}", reason: CUSTOMER, refund: true, restock: true) { job { done } orderCancelUserErrors { message } } }`,
    );
    expect(stored.cancelledAt).not.toBeNull();
  });

  it("writes a bulk operation's orders as JSONL with their lines under them", async () => {
    const { actions, customer, variants } = anyBuyer(app);
    const order = actions.placeOrder(DEMO_SHOP, {
      customerId: customer.id,
      lines: variants.slice(0, 2).map((one) => ({ variantId: one.id, quantity: 1 })),
    });
    const run = await callGraphql(
      app,
      `mutation($q: String!) { bulkOperationRunQuery(query: $q, groupObjects: false) { bulkOperation { id status } userErrors { message } } }`,
      {
        q: "{ orders { edges { node { id name lineItems { edges { node { id quantity } } } } } } }",
      },
    );
    const { id } = (run.data!["bulkOperationRunQuery"] as never as { bulkOperation: { id: string } })
      .bulkOperation;
    const read = () =>
      callGraphql(
        app,
        `{ node(id: "${id}") { ... on BulkOperation { status objectCount rootObjectCount url } } }`,
      );
    await expect
      .poll(async () => (await read()).data?.["node"])
      .toMatchObject({ status: "COMPLETED", objectCount: "3", rootObjectCount: "1" });
    const { url } = (await read()).data!["node"] as never as { url: string };
    const lines = (await (await fetch(url)).text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toEqual({ id: `gid://shopify/Order/${order.id}`, name: order.name });
    expect(lines.slice(1).map((line) => line["__parentId"])).toEqual([lines[0]?.["id"], lines[0]?.["id"]]);
  });
});
