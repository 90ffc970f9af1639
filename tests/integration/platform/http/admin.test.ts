import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { requireAdmin, type AdminCall } from "#app/platform/http/admin.server.ts";
import { createLogger } from "#app/platform/log/logger.server.ts";
import { useServices } from "#app/services.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { signIdToken } from "#tests/support/id-token.ts";
import { testServices } from "#tests/support/services.ts";
import { signsInAndAnswers, startStubShopify, type StubShopify } from "#tests/support/stub-shopify.ts";

const database = useTestDatabase();
const BROWSER =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36";
const HOST = Buffer.from("admin.shopify.com/store/dangol").toString("base64url");

const facts = {
  shop: {
    name: "A shop",
    currencyCode: "KRW",
    ianaTimezone: "Asia/Seoul",
    plan: { publicDisplayName: "Basic", shopifyPlus: false, partnerDevelopment: false },
    primaryDomain: { url: "https://shop.example", localization: { defaultLocale: "ko" } },
  },
  currentAppInstallation: { id: "gid://shopify/AppInstallation/1" },
};

let stub: StubShopify;
let shopId: string;
let logs = "";

beforeAll(async () => {
  stub = await startStubShopify();
  stub.answer = signsInAndAnswers(facts);
  const log = createLogger({ level: "debug", destination: { write: (line) => void (logs += line) } });
  useServices(
    testServices(database.db, { environment: { SHOPIFY_SANDBOX_URL: stub.url }, overrides: { log } }),
  );
});

afterAll(async () => {
  useServices(undefined);
  await stub.close();
});

beforeEach(() => {
  shopId = `shop-${randomUUID().slice(0, 8)}.myshopify.com`;
  stub.calls.length = 0;
});

const fetched = (token: string | null, path = "/app") =>
  new Request(`http://localhost:3000${path}`, {
    headers: { "user-agent": BROWSER, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
  });

const opened = (params: Record<string, string>, path = "/app") =>
  new Request(`http://localhost:3000${path}?${new URLSearchParams(params)}`, {
    headers: { "user-agent": BROWSER },
  });

async function visit(request: Request): Promise<AdminCall | Response> {
  try {
    return await requireAdmin(request);
  } catch (error) {
    if (error instanceof Response) return error;
    throw error;
  }
}

async function statusOf(request: Request): Promise<number> {
  const answer = await visit(request);
  return answer instanceof Response ? answer.status : 200;
}

describe("the first visit", () => {
  test("exchanges the ID token, sets the shop up, and says who is asking", async () => {
    const call = await requireAdmin(
      opened({ shop: shopId, host: HOST, embedded: "1", locale: "ko-KR", id_token: signIdToken({ shopId }) }),
    );
    expect(call).toMatchObject({
      shopId,
      actor: "42",
      locale: "ko",
      shop: { shopId, currency: "KRW", timeZone: "Asia/Seoul" },
    });
    const exchange = stub.calls.find((one) => one.path.includes("access_token"));
    expect(exchange!.body).toMatchObject({
      expiring: "1",
      requested_token_type: expect.stringContaining("offline"),
    });
    const versions = await database.db.query(
      "select 1 from program_version where shop_id = $1 and status = 'live'",
      [shopId],
    );
    expect(versions).toHaveLength(1);
  });

  test("made again exchanges nothing and changes nothing", async () => {
    await requireAdmin(fetched(signIdToken({ shopId })));
    stub.calls.length = 0;
    await requireAdmin(fetched(signIdToken({ shopId })));
    expect(stub.calls).toEqual([]);
  });

  test("later requests are answered in the language of the page", async () => {
    const request = fetched(signIdToken({ shopId }));
    request.headers.set("x-dangol-locale", "en");
    expect((await requireAdmin(request)).locale).toBe("en");
    expect((await requireAdmin(fetched(signIdToken({ shopId })))).locale).toBe("ko");
  });

  test("a shop that comes back after an uninstall is set up again", async () => {
    await requireAdmin(fetched(signIdToken({ shopId })));
    await database.db.query("update shop set uninstalled_at = now() where shop_id = $1", [shopId]);
    expect(await requireAdmin(fetched(signIdToken({ shopId })))).toMatchObject({
      shop: { uninstalledAt: null },
    });
  });
});

describe("T45 an ID token is refused with 401", () => {
  const soon = () => Math.floor(Date.now() / 1000);
  const cases: [string, () => string | null][] = [
    ["missing", () => null],
    ["empty", () => ""],
    ["no token at all", () => "abc"],
    ["alg none", () => signIdToken({ shopId, header: { alg: "none" }, signature: "" })],
    ["another secret", () => signIdToken({ shopId, secret: "another-secret-altogether" })],
    ["RS256", () => rs256(shopId)],
    ["another audience", () => signIdToken({ shopId, claims: { aud: "another-app" } })],
    ["expired 11 seconds ago", () => signIdToken({ shopId, claims: { exp: soon() - 11 } })],
    ["not valid yet", () => signIdToken({ shopId, claims: { nbf: soon() + 60 } })],
    [
      "issuer is not the destination",
      () => signIdToken({ shopId, claims: { iss: "https://other.myshopify.com/admin" } }),
    ],
    [
      "destination is no shop",
      () =>
        signIdToken({ shopId, claims: { dest: "https://evil.example", iss: "https://evil.example/admin" } }),
    ],
    [
      "destination hides a shop",
      () =>
        signIdToken({
          shopId,
          claims: { dest: `https://${shopId}.evil.example`, iss: `https://${shopId}.evil.example` },
        }),
    ],
    ["no destination", () => signIdToken({ shopId, claims: { dest: undefined } })],
  ];

  test.each(cases)("T45 %s", async (_name, token) => {
    expect(await statusOf(fetched(token()))).toBe(401);
    expect(stub.calls).toEqual([]);
  });

  test("T45 a token of one shop in the address of another", async () => {
    const request = opened({
      shop: "other.myshopify.com",
      host: HOST,
      embedded: "1",
      id_token: signIdToken({ shopId }),
    });
    expect(await statusOf(request)).toBe(401);
  });

  test("T45 nine seconds past its end is within the library's tolerance", async () => {
    expect(await statusOf(fetched(signIdToken({ shopId, claims: { exp: soon() - 8 } })))).toBe(200);
  });

  test("T45 a page opened without a token is sent to fetch one, not refused", async () => {
    const answer = await visit(opened({ shop: shopId, host: HOST, embedded: "1" }));
    expect(answer).toBeInstanceOf(Response);
    expect((answer as Response).headers.get("location")).toMatch(/^\/auth\/session-token\?/u);
  });
});

describe("T47 what a page gives away", () => {
  test("T47 the page that fetches a token may be framed by that shop's admin alone", async () => {
    const answer = (await visit(opened({ shop: shopId, host: HOST }, "/auth/session-token"))) as Response;
    expect(answer.status).toBe(200);
    const stubOrigin = new URL(stub.url).origin;
    const port = new URL(stub.url).port;
    expect(answer.headers.get("content-security-policy")).toBe(
      `frame-ancestors https://${shopId} https://admin.shopify.com ${stubOrigin} http://${shopId.replace(".myshopify.com", "")}.localhost:${port};`,
    );
  });

  test.each([
    "//evil.example",
    "/\\evil.example",
    "https://evil.example/admin.shopify.com",
    "javascript:alert(1)",
  ])("T47 leaving the frame for %s is refused", async (exitIframe) => {
    const answer = (await visit(
      opened({ shop: shopId, host: HOST, embedded: "1", exitIframe }, "/auth/exit-iframe"),
    )) as Response;
    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain("evil");
  });

  test("T47 no token gets into a log, whether it was good or bad", async () => {
    const tokens = [signIdToken({ shopId }), signIdToken({ shopId, secret: "another-secret-altogether" })];
    for (const token of tokens) await visit(fetched(token));
    for (const token of [...tokens, "offline-token"]) expect(logs).not.toContain(token);
  });
});

/** Signed with a key of the attacker's own, whose public half is nowhere. */
function rs256(of: string): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const [header, payload] = signIdToken({ shopId: of, header: { alg: "RS256" } }).split(".");
  const signature = sign("sha256", Buffer.from(`${header}.${payload}`), privateKey).toString("base64url");
  return `${header}.${payload}.${signature}`;
}
