import { Agent } from "node:http";
import { orderPayload } from "#tests/support/order-payload.ts";
import { API_SECRET, startServer, startWeb } from "./app-processes.ts";
import type { BenchContext } from "./context.ts";
import { drive, interleave, type Load, pick, type Result, round } from "./measure.ts";
import { deliver, hmacOf } from "./signed-requests.ts";

const PER_ROUND = 6_000;
const CONCURRENCY = 64;
const ROUNDS = 5;

/**
 * Webhooks acknowledged per second by the real server process (HMAC, JSON check, inbox row and queued job in one commit)
 * against a bare Node server that does HMAC and one insert. The worker is off: this is the path Shopify waits for.
 */
export async function benchWebhookAck({ databaseUrl }: BenchContext): Promise<Result> {
  const app = await startWeb(databaseUrl);
  const bare = await startServer("benchmarks/bare-webhook-server.ts", {
    DATABASE_URL: databaseUrl,
    SHOPIFY_API_SECRET: API_SECRET,
  });
  try {
    const body = Buffer.from(JSON.stringify({ ...orderPayload(), note: "x".repeat(8_000) }));
    const hmac = hmacOf(body);
    const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
    const run = (port: number): Promise<Load> =>
      drive(PER_ROUND, CONCURRENCY, () =>
        deliver(agent, port, { shopId: "bench.myshopify.com", topic: "orders/paid", body, hmac }),
      );
    const loads = await interleave(
      ROUNDS,
      () => run(app.port),
      () => run(bare.port),
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
    await Promise.all([app.stop(), bare.stop()]);
  }
}
