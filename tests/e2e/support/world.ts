import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { auditLedger, type Discrepancy } from "#app/loyalty/ledger/audit.server.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import { createSandbox, type Sandbox } from "#sandbox/server.ts";
import { createTestDatabase } from "#tests/support/database.ts";

export const US = { domain: "dangol-demo.myshopify.com", host: "dangol-demo.localhost" };
export const SEOUL = { domain: "dangol-seoul.myshopify.com", host: "dangol-seoul.localhost" };

/** Everything real: Shopify's part over HTTP, the app as a process of its own, a database of its own. */
export interface World {
  sandbox: Sandbox;
  db: Database;
  appUrl: string;
  /** A storefront's address. */
  shop(shop: { host: string }, path?: string): string;
  admin(path: string): string;
  /** Waits until webhooks are delivered and nothing in the inbox or the queue waits to be done now. */
  settle(): Promise<void>;
  /** Kills the app as a power cut would, and starts it again. */
  killApp(): Promise<void>;
  startApp(): Promise<void>;
  books(): Promise<Discrepancy[]>;
  close(): Promise<void>;
}

export async function createWorld(env: Record<string, string> = {}): Promise<World> {
  const database = await createTestDatabase();
  const appPort = await freePort();
  const appUrl = `http://localhost:${appPort}`;
  const sandbox = await createSandbox({
    app: {
      url: appUrl,
      apiKey: "dangol-sandbox-key",
      apiSecret: "dangol-sandbox-secret",
      configFile: "shopify.app.toml",
      extensionDir: "extensions/storefront-loyalty",
    },
    retryDelaysMs: [100, 200, 400, 800, 1000, 1000, 1000, 1000],
  });
  let app: ChildProcess | undefined;
  const startApp = async (): Promise<void> => {
    app = spawn(process.execPath, ["app/main.ts"], {
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        PORT: String(appPort),
        DATABASE_URL: database.url,
        SHOPIFY_APP_URL: appUrl,
        SHOPIFY_SANDBOX_URL: sandbox.url,
        SHOPIFY_API_KEY: "dangol-sandbox-key",
        SHOPIFY_API_SECRET: "dangol-sandbox-secret",
        DANGOL_HASH_SECRET: "dangol-sandbox-hash-secret",
        DANGOL_LOG_LEVEL: "fatal",
        NODE_ENV: "development",
        ...env,
      },
    });
    await until(() =>
      fetch(`${appUrl}/readyz`).then(
        (response) => response.ok,
        () => false,
      ),
    );
  };
  await startApp();
  return {
    sandbox,
    db: database.db,
    appUrl,
    shop: ({ host }, path = "/") => `http://${host}:${sandbox.port}${path}`,
    admin: (path) => `http://localhost:${sandbox.port}/admin${path}`,
    settle: async () => {
      await sandbox.control.webhooks.drain();
      await until(async () => {
        const [waiting] = await database.db.query<{ n: number }>(
          `select (select count(*)::int from inbox_event where status = 'received')
                + (select count(*)::int from graphile_worker.jobs
                    where (run_at <= now() or locked_at is not null) and attempts < max_attempts) as n`,
        );
        return waiting?.n === 0;
      });
    },
    killApp: () => exit(app, "SIGKILL"),
    startApp,
    books: async () => (await auditLedger(database.db)).discrepancies,
    close: async () => {
      await exit(app, "SIGTERM");
      await sandbox.close();
      await database.drop();
    },
  };
}

export async function until(holds: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms for ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function exit(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill(signal);
    setTimeout(() => child.kill("SIGKILL"), 20_000).unref();
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
