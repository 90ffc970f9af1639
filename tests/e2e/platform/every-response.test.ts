import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWorld, until, US, type World } from "../support/world.ts";

const { domain } = US;
const HOST = Buffer.from("admin.shopify.com/store/dangol-demo").toString("base64url");
const SECRET = "dangol-sandbox-secret";

/** The address of each file under app/routes, by Remix's conventions. */
const ROUTES = readdirSync("app/routes").map((file) => {
  const parts = file.replace(/\.tsx$/u, "").split(".");
  const path = parts
    .filter((part) => part !== "_index")
    .map((part) => (part.startsWith("$") ? "1" : part.replace(/_$/u, "")));
  return `/${path.join("/")}`;
});
const ASSET = `/assets/${readdirSync("build/client/assets")[0]}`;
const OTHERS = [
  ASSET,
  "/assets/nothing.js",
  "/favicon.ico",
  "/nowhere",
  "/app/nowhere",
  "/app.data",
  "/%2e%2e/%00",
  "/%",
];

let world: World;
let idToken: string;

beforeAll(async () => {
  world = await createWorld();
  world.sandbox.control.actions.installApp(domain);
  idToken = world.sandbox.control.context.mintIdToken(domain);
  await fetch(`${world.appUrl}/app?${embedded()}`);
  await until(
    async () =>
      (await world.db.query(`select 1 from program_version where shop_id = $1`, [domain])).length > 0,
  );
});
afterAll(async () => {
  await world?.close();
});

const embedded = (): URLSearchParams =>
  new URLSearchParams({ embedded: "1", shop: domain, host: HOST, id_token: idToken });

interface Ask {
  method?: string;
  query?: string;
  headers?: Record<string, string>;
}

const WAYS: [string, () => Ask][] = [
  ["from nobody", () => ({})],
  ["from the admin, as a document", () => ({ query: `?${embedded()}` })],
  [
    "from the admin, as a document without a token",
    () => ({ query: `?shop=${domain}&host=${HOST}&embedded=1` }),
  ],
  ["from the page, with its token", () => ({ headers: { authorization: `Bearer ${idToken}` } })],
  ["with a token that is none", () => ({ headers: { authorization: "Bearer a.b.c" } })],
  ["as a form from nobody", () => ({ method: "POST" })],
  ["with a forged signature", () => ({ query: `?shop=${domain}&timestamp=1&signature=${"f".repeat(64)}` })],
];

async function ask(path: string, { method = "GET", query = "", headers = {} }: Ask) {
  const response = await fetch(`${world.appUrl}${path}${query}`, {
    method,
    headers,
    redirect: "manual",
    ...(method === "POST" ? { body: new URLSearchParams({ intent: "x" }) } : {}),
  });
  return { response, text: await response.text() };
}

describe("T47: what every response has, whoever asks", () => {
  test.each(WAYS)("%s", async (_name, way) => {
    expect(ROUTES.length).toBeGreaterThanOrEqual(20);
    for (const path of [...ROUTES, ...OTHERS]) {
      const { response, text } = await ask(path, way());
      const { headers, status } = response;
      const at = `${status} ${path}`;
      expect([at, headers.get("x-content-type-options")]).toEqual([at, "nosniff"]);
      expect([at, headers.get("referrer-policy")]).toEqual([at, "no-referrer"]);
      expect([at, headers.has("x-powered-by")]).toEqual([at, false]);
      // Where a visit from the admin goes on to, its query goes with it: that is how Shopify opens an app.
      const said = [...headers].filter(([name]) => name !== "location");
      expect([at, leaks(text + JSON.stringify(said))]).toEqual([at, []]);
      expect([at, text.includes("nowhere")], "repeats the address").toEqual([at, false]);
      if (headers.get("content-type")?.startsWith("text/html") === true) {
        const framed = /frame-ancestors ([^;]*)/u.exec(headers.get("content-security-policy") ?? "")?.[1];
        expect([at, strangers(framed)]).toEqual([at, []]);
      }
      if (!path.startsWith("/assets/")) {
        expect([at, headers.get("cache-control") ?? ""]).toEqual([at, expect.stringContaining("no-store")]);
      }
    }
  });
});

/** What must be in no answer: secrets, tokens, and how we are built. */
function leaks(text: string): string[] {
  const offline = [...world.sandbox.control.store.shop(domain).tokens.values()].map(({ token }) => token);
  const kept = [SECRET, "dangol-sandbox-hash-secret", ...offline].filter((word) => text.includes(word));
  return [
    ...kept,
    ...(/eyJ[\w-]{10,}\.|\bat (?:async )?\S+ \(|node_modules|\.server\.ts|signature=/u.exec(text) ?? []),
  ];
}

/** Who may frame a page though they are neither the shop's admin nor the sandbox that stands for it. */
function strangers(framed: string | undefined): string[] {
  if (framed === undefined) return ["anybody"];
  const own = [`https://${domain}`, "https://admin.shopify.com", world.sandbox.url, "'none'"];
  own.push(`http://${US.host}:${world.sandbox.port}`);
  return framed.split(" ").filter((source) => !own.includes(source));
}

describe("T47: nobody is sent elsewhere", () => {
  const targets = [
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "http:evil.example",
  ];
  const doors = (to: string): string[] => {
    const where = encodeURIComponent(to);
    const visit = `shop=${domain}&host=${HOST}`;
    return [
      `/?${visit}&exitIframe=${where}&redirect=${where}&return_to=${where}`,
      `/?shop=${where}&host=${where}`,
      `/app?${visit}&exitIframe=${where}`,
      `/auth/exit-iframe?${visit}&exitIframe=${where}`,
      `/auth/session-token?${visit}&shopify-reload=${where}`,
      `/auth/login?shop=${where}`,
      `/auth/callback?shop=${where}&host=${where}`,
      `/${to.replace(/^\/+/u, "/")}`,
      `/${to}`,
    ];
  };

  test.each(targets)("%s is not where any door leads", async (to) => {
    for (const door of doors(to)) {
      const { response, text } = await ask(door, {});
      const location = response.headers.get("location");
      const goes = location === null ? null : new URL(location, world.appUrl).origin;
      expect([door, goes === null || goes === world.appUrl || goes.endsWith("shopify.com")]).toEqual([
        door,
        true,
      ]);
      // A page that would take them there by script or by a link.
      expect([door, /(?:href|src|content|open\(|location)[^>]{0,40}evil\.example/u.test(text)]).toEqual([
        door,
        false,
      ]);
      expect([door, text.includes("javascript:alert")]).toEqual([door, false]);
    }
  });
});
