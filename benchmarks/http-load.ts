/**
 * The load of two_workers through the app's own doors: webhooks that go through the inbox and its jobs, and reads of the
 * storefront, in turns over all web processes.
 */
import { Agent } from "node:http";
import type { Database } from "#app/platform/db/database.server.ts";
import { orderPayload } from "#tests/support/order-payload.ts";
import { type AppProcess, startShopify, startWeb, startWorkerProcess } from "./app-processes.ts";
import type { SeededCopy } from "./context.ts";
import { drive } from "./measure.ts";
import { deliver, readProxied } from "./signed-requests.ts";

/** Requests under way at any time, whatever the number of processes. */
const CONCURRENCY = 16;
/** As many connections for each process as 2 web processes, 2 workers and ourselves find room for. */
const POOL = "15";
/** Requests that each web process and each worker sees before it counts: what is young is slow, and two are young twice. */
const WARM_UP = 400;

/**
 * Of ten requests, five bring a new order, one brings it again under another id, one brings it again as it was, two ask what
 * the storefront's panel shows, one reads a statement. It is over when everything that came in is settled.
 *
 * @returns requests a second, and how many orders were sent
 */
export async function runHttpLoad(
  { db, url, shop }: SeededCopy,
  { processes, requests }: { processes: number; requests: number },
): Promise<{ perSecond: number; orders: number }> {
  await letIn(db, shop.shopId);
  const shopify = await startShopify();
  const env = { SHOPIFY_SANDBOX_URL: shopify.url, DANGOL_DB_POOL: POOL };
  const webs: AppProcess[] = [];
  const workers: { stop(): Promise<void> }[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  try {
    for (let index = 0; index < processes; index += 1) {
      webs.push(await startWeb(url, env));
      workers.push(await startWorkerProcess(url, env));
    }
    const one = requestOf(agent, webs, shop);
    const warmUp = WARM_UP * processes;
    await drive(warmUp, CONCURRENCY, (index) => one(requests + index));
    await untilSettled(db, shop.shopId);
    const started = performance.now();
    await drive(requests, CONCURRENCY, one);
    await untilSettled(db, shop.shopId);
    const perSecond = requests / ((performance.now() - started) / 1000);
    return { perSecond, orders: (requests + warmUp) / 2 };
  } finally {
    agent.destroy();
    await Promise.all([...webs, ...workers].map((process) => process.stop()));
    shopify.stop();
  }
}

/** The shop has signed in, and its nights are done for good: what runs at midnight is not part of the load. */
async function letIn(db: Database, shopId: string): Promise<void> {
  await db.query(
    `insert into session (id, shop, state, "accessToken") values ('offline_' || $1, $1, '', 'token')
     on conflict do nothing`,
    [shopId],
  );
  await db.query(
    `insert into audit_event (shop_id, event_id, at, actor, action, subject)
     select shop_id, gen_random_uuid(), now() + interval '1 day', 'system', 'nightly.run', 'nightly:9999-12-31' from shop`,
  );
}

function requestOf(
  agent: Agent,
  webs: readonly AppProcess[],
  { shopId, members }: SeededCopy["shop"],
): (index: number) => Promise<void> {
  return (index) => {
    const port = webs[index % webs.length]?.port ?? 0;
    const turn = index % 10;
    const customerId = String(1 + ((index * 7) % members));
    if (turn >= 7) {
      const path = turn === 9 ? "/proxy/me/history" : "/proxy/me";
      return readProxied(agent, port, { shopId, customerId, path });
    }
    // The sixth and seventh bring the order of the first and second once more.
    const first = turn < 5 ? index : index - 5;
    const body = Buffer.from(
      JSON.stringify(
        orderPayload({
          id: String(9_000_000_000 + first),
          customerId: String(1 + ((first * 7) % members)),
        }),
      ),
    );
    const webhookId = `load-${first}${turn === 5 ? "-again" : ""}`;
    return deliver(agent, port, {
      shopId,
      topic: turn === 5 ? "orders/updated" : "orders/paid",
      body,
      webhookId,
    });
  };
}

async function untilSettled(db: Database, shopId: string): Promise<void> {
  for (;;) {
    const [left] = await db.query<{ waiting: number; parked: number }>(
      `select count(*) filter (where status = 'received') as waiting, count(*) filter (where status = 'parked') as parked
         from inbox_event where shop_id = $1`,
      [shopId],
    );
    if ((left?.parked ?? 0) > 0) throw new Error(`${left?.parked} webhooks could not be acted on`);
    if (left?.waiting === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
