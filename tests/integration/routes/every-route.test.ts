import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useServices } from "#app/services.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { signIdToken } from "#tests/support/id-token.ts";
import { testServices } from "#tests/support/services.ts";

// Every file under app/routes is here by itself: a new one is either behind one of the two doors, or named as open.

type Door = (args: { request: Request; params: Record<string, string>; context: object }) => unknown;

const database = useTestDatabase();
const ROUTES = resolve(import.meta.dirname, "../../../app/routes");
const files = readdirSync(ROUTES).toSorted();

/** Routes that anybody may call, and why that is right. */
const OPEN: Record<string, string> = {
  "$.tsx": "says that there is nothing",
  "_index.tsx": "says what Dangol is, and nothing else",
  "healthz.tsx": "says that the process serves",
  "readyz.tsx": "says whether the database is right",
  "webhooks.tsx": "checks the HMAC of the body itself (tests/integration/platform/inbox)",
};

const guarded = files.filter((file) => !(file in OPEN));
const doors: [string, "loader" | "action", Door][] = [];

beforeAll(async () => {
  useServices(testServices(database.db, { environment: { SHOPIFY_SANDBOX_URL: "http://127.0.0.1:9" } }));
  for (const file of guarded) {
    const route = (await import(`${ROUTES}/${file}`)) as { loader?: Door; action?: Door };
    if (route.loader) doors.push([file, "loader", route.loader]);
    if (route.action) doors.push([file, "action", route.action]);
  }
});
afterAll(() => useServices(undefined));

async function knock(door: Door, kind: "loader" | "action", ask: { query?: string; headers?: HeadersInit }) {
  const post = kind === "action" ? { method: "POST", body: new URLSearchParams({ intent: "x" }) } : {};
  const request = new Request(`http://localhost:3000/x${ask.query ?? ""}`, {
    ...post,
    headers: ask.headers ?? {},
  });
  const params = { memberId: "1", requestId: "1", id: "1", "*": "x" };
  const reply = await Promise.resolve(door({ request, params, context: {} })).catch(
    (thrown: unknown) => thrown,
  );
  return reply instanceof Response ? reply.status : `let in: ${String(reply)}`;
}

const SHOP = "dangol-test.myshopify.com";

describe("T46: no route but those named is open", () => {
  test("what is named as open is there", () => {
    expect(Object.keys(OPEN).filter((file) => !files.includes(file))).toEqual([]);
    expect(guarded.length).toBeGreaterThanOrEqual(17);
  });

  test.each<[string, { query?: string; headers?: Record<string, string> }]>([
    ["nothing", {}],
    ["a shop's name", { query: `?shop=${SHOP}&logged_in_customer_id=1` }],
    ["an unsigned token", { headers: { authorization: "Bearer x.y.z" } }],
    [
      "a token of another secret",
      {
        headers: {
          authorization: `Bearer ${signIdToken({ shopId: SHOP, secret: "somebody-else's-secret" })}`,
        },
      },
    ],
    ["a forged signature", { query: `?shop=${SHOP}&timestamp=1&signature=${"0".repeat(64)}` }],
  ])("%s opens none", async (_name, ask) => {
    expect(doors.length).toBeGreaterThanOrEqual(20);
    for (const [file, kind, door] of doors) {
      expect([file, kind, await knock(door, kind, ask)]).toEqual([file, kind, 401]);
    }
  });

  test("the storefront's signature opens no admin, and the admin's token no storefront", async () => {
    const headers = { authorization: `Bearer ${signIdToken({ shopId: SHOP })}` };
    for (const [file, kind, door] of doors.filter(([name]) => name.startsWith("proxy."))) {
      expect([file, kind, await knock(door, kind, { headers })]).toEqual([file, kind, 401]);
    }
  });
});
