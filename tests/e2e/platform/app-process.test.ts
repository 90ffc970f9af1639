import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { signIdToken } from "#tests/support/id-token.ts";
import { orderPayload } from "#tests/support/order-payload.ts";
import { TEST_SECRET } from "#tests/support/services.ts";
import { signWebhook } from "#tests/support/webhook.ts";

const SHOP = "dangol-test.myshopify.com";
const HOST = Buffer.from("admin.shopify.com/store/dangol").toString("base64url");

let database: TestDatabase;
let app: ChildProcess;
let url: string;
let output = "";

beforeAll(async () => {
  database = await createTestDatabase();
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  app = start({ PORT: String(port), DATABASE_URL: database.url });
  for (let wait = 0; wait < 200 && !(await answers()); wait += 1) await sleep(100);
});

afterAll(async () => {
  if (app.exitCode === null) app.kill("SIGKILL");
  await database.drop();
});

function start(environment: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, ["app/main.ts"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      NODE_ENV: "test",
      SHOPIFY_API_KEY: "test-key",
      SHOPIFY_API_SECRET: TEST_SECRET,
      SHOPIFY_APP_URL: url,
      DANGOL_HASH_SECRET: "test-hash-secret-of-sixteen",
      SHOPIFY_SANDBOX_URL: "http://127.0.0.1:9",
      ...environment,
    },
  });
  for (const stream of [child.stdout!, child.stderr!])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return child;
}

const answers = () =>
  fetch(`${url}/healthz`).then(
    (response) => response.ok,
    () => false,
  );

const deliver = (over: { secret?: string } = {}) => {
  const { body, headers } = signWebhook({
    topic: "orders/paid",
    shopId: SHOP,
    body: orderPayload(),
    ...over,
  });
  return fetch(`${url}/webhooks`, { method: "POST", body, headers });
};

const openAdmin = () =>
  fetch(
    `${url}/app?${new URLSearchParams({ shop: SHOP, host: HOST, embedded: "1", id_token: signIdToken({ shopId: SHOP }) })}`,
    {
      redirect: "manual",
    },
  );

describe("while all is well", () => {
  test("it serves and is ready", async () => {
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "ok" });
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: "ready" });
  });

  test("it takes webhooks before any page is involved, and processes them in the same process", async () => {
    expect((await deliver({ secret: "somebody-else's-secret" })).status).toBe(401);
    expect((await deliver()).status).toBe(200);
    for (let wait = 0; wait < 100; wait += 1) {
      const [event] = await database.db.query<{ reason: string | null }>(
        "select reason from inbox_event where shop_id = $1",
        [SHOP],
      );
      if (event?.reason === "not_installed") return;
      await sleep(100);
    }
    expect.unreachable("the webhook was not processed");
  });

  test("T47 every page says who may frame it, and scripts run by nonce", async () => {
    const page = await fetch(`${url}/?shop=${SHOP}`);
    const policy = page.headers.get("content-security-policy")!;
    expect(policy).toContain(`frame-ancestors https://${SHOP} https://admin.shopify.com`);
    const nonce = /'nonce-([^']+)'/u.exec(policy)![1]!;
    const html = await page.text();
    const inline = [...html.matchAll(/<script(?![^>]*\bsrc=)([^>]*)>/gu)];
    expect(inline.length).toBeGreaterThan(0);
    for (const [, attributes] of inline) expect(attributes).toContain(`nonce="${nonce}"`);
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    expect(page.headers.has("x-powered-by")).toBe(false);
    const bare = await fetch(`${url}/`);
    expect(bare.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  });

  test("there is no form that asks for a shop's domain, and a visit from the admin goes on to the app", async () => {
    expect(await (await fetch(`${url}/`)).text()).not.toMatch(/<form|<input/u);
    const visit = await fetch(`${url}/?shop=${SHOP}&host=${HOST}&embedded=1`, { redirect: "manual" });
    expect(visit.headers.get("location")).toBe(`/app?shop=${SHOP}&host=${HOST}&embedded=1`);
  });

  test("a page that does not exist says so in both languages", async () => {
    // With a token, which a later test looks for in what was printed.
    const page = await fetch(`${url}/nowhere?id_token=${signIdToken({ shopId: SHOP })}`);
    expect(page.status).toBe(404);
    const html = await page.text();
    expect(html).toContain("This page does not exist");
    expect(html).toContain("찾을 수 없는 페이지예요");
  });

  test("Shopify being away is a page that says so, and shows nothing of how it failed", async () => {
    const page = await openAdmin();
    expect(page.status).toBe(500);
    await expectApology(page, "Something went wrong while this page was prepared");
  });
});

describe("when the database is gone", () => {
  beforeAll(async () => {
    const client = new pg.Client({ connectionString: inject("postgresUrl") });
    await client.connect();
    const name = new URL(database.url).pathname.slice(1);
    await client.query(`alter database ${name} with allow_connections false`);
    await client.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
    await client.end();
  });

  test("T12 Shopify hears 503 and comes again", async () => {
    expect((await deliver()).status).toBe(503);
  });

  test("it serves, is not ready, and says why", async () => {
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({ status: "not_ready", reason: "database_unreachable" });
  });

  test("people see a page that says so", async () => {
    const page = await openAdmin();
    expect(page.status).toBe(503);
    await expectApology(page, "Dangol cannot reach its data");
  });
});

test("T47 no token and no secret got into what it printed", () => {
  expect(output).toContain("the app is up");
  expect(output).not.toContain(TEST_SECRET);
  expect(output).not.toMatch(/eyJ[\w-]+\.[\w-]+\./u);
  expect(output).not.toContain("someone@example.com");
});

test("it stops when it is asked to, in order", async () => {
  app.kill("SIGTERM");
  const [code] = (await once(app, "exit")) as [number | null];
  expect(code).toBe(0);
});

test("settings that cannot work are all listed, and it does not start", async () => {
  const before = output.length;
  const child = start({ PORT: "many", DATABASE_URL: "mysql://x", SHOPIFY_API_SECRET: "short" });
  const [code] = (await once(child, "exit")) as [number | null];
  expect(code).toBe(1);
  const said = output.slice(before);
  for (const name of ["PORT", "DATABASE_URL", "SHOPIFY_API_SECRET"]) expect(said).toContain(`- ${name}:`);
  expect(said).not.toMatch(/\n\s+at /u);
});

async function expectApology(page: Response, words: string): Promise<void> {
  const html = await page.text();
  expect(html).toContain(words);
  expect(html).not.toMatch(/\.ts:\d+|at async|node_modules/u);
  expect(html).not.toContain("eyJ");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
