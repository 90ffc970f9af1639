import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox, type Sandbox, type SandboxOptions } from "#sandbox/server.ts";
import { DEMO_SHOP, SEOUL_SHOP } from "#sandbox/seed/seed-shops.ts";

export const API_KEY = "test-key";
export const API_SECRET = "test-secret";
export { DEMO_SHOP, SEOUL_SHOP };

const CONFIG = `
name = "Dangol"
client_id = "${API_KEY}"
[access_scopes]
scopes = "read_orders,write_customers,read_products,write_discounts"
[webhooks]
api_version = "2026-10"
  [[webhooks.subscriptions]]
  name = "all"
  topics = ["orders/create","orders/paid","orders/updated","orders/cancelled","orders/edited","refunds/create","customers/create","customers/merge","app/uninstalled","app/scopes_update"]
  uri = "/webhooks"
  [[webhooks.subscriptions]]
  compliance_topics = ["customers/data_request","customers/redact","shop/redact"]
  uri = "/compliance"
[customer.metafields.app.points]
type = "number_integer"
name = "Points"
`;

export interface ReceivedWebhook {
  path: string;
  topic: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Parsed without care for big ids. */
  json: Record<string, unknown>;
}

export interface TestApp {
  sandbox: Sandbox;
  received: ReceivedWebhook[];
  /** What the app answers to the next webhooks; 200 unless set. */
  answer: { status: number };
  stop(): Promise<void>;
}

/** A sandbox whose app is a server that remembers every webhook; installed in both shops unless told otherwise. */
export async function startSandbox(
  options: Partial<SandboxOptions> & { install?: boolean } = {},
): Promise<TestApp> {
  const folder = mkdtempSync(join(tmpdir(), "dangol-sandbox-"));
  const configFile = join(folder, "shopify.app.toml");
  writeFileSync(configFile, CONFIG);
  const received: ReceivedWebhook[] = [];
  const answer = { status: 200 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      // What a merchant does in the admin comes as a form.
      const isJson = request.headers["content-type"]?.includes("json") ?? false;
      const json = isJson ? (JSON.parse(body.toString("utf8") || "{}") as Record<string, unknown>) : {};
      received.push({
        path: request.url ?? "",
        topic: String(request.headers["x-shopify-topic"]),
        headers: request.headers,
        body,
        json,
      });
      response.writeHead(answer.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const { install = true, ...rest } = options;
  const sandbox = await createSandbox({
    app: { url, apiKey: API_KEY, apiSecret: API_SECRET, configFile, extensionDir: folder },
    retryDelaysMs: [5, 5, 5, 5, 5, 5, 5, 5],
    ...rest,
  });
  if (install) for (const shop of [DEMO_SHOP, SEOUL_SHOP]) sandbox.control.actions.installApp(shop);
  return {
    sandbox,
    received,
    answer,
    async stop() {
      await sandbox.close();
      server.close();
      server.closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Calls the Admin API as a person at a terminal, or with a token of the app's. */
export async function callGraphql(
  app: TestApp,
  query: string,
  variables: Record<string, unknown> = {},
  options: { token?: string; shop?: string } = {},
): Promise<{
  data?: Record<string, never>;
  errors?: { message: string; extensions?: { code?: string } }[];
  extensions?: { cost: Record<string, unknown> };
}> {
  const response = await fetch(`${app.sandbox.url}/admin/api/2026-10/graphql.json`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-sandbox-shop": options.shop ?? DEMO_SHOP,
      "x-shopify-access-token": options.token ?? "sandbox-admin-token",
    },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as never;
}

/** The first customer and a variant of a price of the demo shop, to shop with. */
export function anyBuyer(app: TestApp, shop = DEMO_SHOP) {
  const state = app.sandbox.control.store.shop(shop);
  const customer = [...state.customers.values()][0]!;
  const variants = [...state.products.values()]
    .filter((one) => !one.isGiftCard)
    .flatMap((one) => one.variants);
  return { state, customer, variants, actions: app.sandbox.control.actions };
}
