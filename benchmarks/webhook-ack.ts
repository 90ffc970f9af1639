import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { Agent, request as httpRequest } from "node:http";
import { createServer } from "node:net";
import { orderPayload } from "#tests/support/order-payload.ts";
import type { BenchContext } from "./context.ts";
import { drive, interleave, type Load, pick, type Result, round } from "./measure.ts";

const SECRET = "dangol-sandbox-secret";
const PER_ROUND = 6_000;
const CONCURRENCY = 64;
const ROUNDS = 5;

/**
 * Webhooks acknowledged per second by the real server process (HMAC, JSON check, inbox row and queued job in one commit)
 * against a bare Node server that does HMAC and one insert. The worker is off: this is the path Shopify waits for.
 */
export async function benchWebhookAck({ databaseUrl }: BenchContext): Promise<Result> {
  const [appPort, barePort] = [await freePort(), await freePort()];
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    DANGOL_WORKER: "off",
    DANGOL_LOG_LEVEL: "error",
    SHOPIFY_API_SECRET: SECRET,
  };
  const app = spawn(process.execPath, ["app/main.ts"], {
    env: { ...env, PORT: String(appPort) },
    stdio: "inherit",
  });
  const bare = spawn(process.execPath, ["benchmarks/bare-webhook-server.ts"], {
    env: { ...env, PORT: String(barePort) },
    stdio: "inherit",
  });
  try {
    await Promise.all([listening(appPort), listening(barePort)]);
    const body = Buffer.from(JSON.stringify({ ...orderPayload(), note: "x".repeat(8_000) }));
    const hmac = createHmac("sha256", SECRET).update(body).digest("base64");
    const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
    const run = (port: number): Promise<Load> =>
      drive(PER_ROUND, CONCURRENCY, () => send(agent, port, body, hmac));
    const loads = await interleave(
      ROUNDS,
      () => run(appPort),
      () => run(barePort),
    );
    agent.destroy();
    const [value, floor] = [pick(loads.ours, "perSecond"), pick(loads.floor, "perSecond")];
    return {
      name: "webhook_ack",
      value: round(value, 0),
      unit: "webhooks/s",
      floor: round(floor, 0),
      ratio: round(value / floor),
      note: `p99 ${round(pick(loads.ours, "p99Ms"))} ms (floor ${round(pick(loads.floor, "p99Ms"))} ms), ${CONCURRENCY} at once, body of ${body.length} bytes`,
    };
  } finally {
    await Promise.all([stop(app), stop(bare)]);
  }
}

function send(agent: Agent, port: number, body: Buffer, hmac: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(
      {
        agent,
        port,
        host: "127.0.0.1",
        path: "/webhooks",
        method: "POST",
        headers: {
          "content-type": "application/json",
          "content-length": body.length,
          "x-shopify-hmac-sha256": hmac,
          "x-shopify-topic": "orders/paid",
          "x-shopify-shop-domain": "bench.myshopify.com",
          "x-shopify-webhook-id": randomUUID(),
          "x-shopify-triggered-at": "2026-11-21T00:00:00Z",
        },
      },
      (response) => {
        response.resume();
        response.on("end", () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`status ${response.statusCode}`)),
        );
      },
    );
    call.on("error", reject);
    call.end(body);
  });
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const answered = await fetch(`http://127.0.0.1:${port}/healthz`).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing listens on ${port}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 10_000).unref();
  });
}
