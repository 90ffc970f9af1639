import { afterAll, beforeAll, expect, test } from "vitest";
import { action, loader } from "#app/routes/app.import.tsx";
import { useServices } from "#app/services.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { signIdToken } from "#tests/support/id-token.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { testServices } from "#tests/support/services.ts";
import { signsInAndAnswers, startStubShopify, type StubShopify } from "#tests/support/stub-shopify.ts";

const database = useTestDatabase();
let stub: StubShopify;
let shopId: string;

beforeAll(async () => {
  stub = await startStubShopify();
  stub.answer = signsInAndAnswers({});
  const environment = { SHOPIFY_SANDBOX_URL: stub.url };
  useServices(testServices(database.db, { environment, overrides: { now: () => NOW } }));
  shopId = await createShop(database.db);
});
afterAll(async () => {
  useServices(undefined);
  await stub.close();
});

async function visit(
  form: Record<string, string> | null,
  csv = "",
  locale = "en",
): Promise<Record<string, unknown>> {
  const body = form && new FormData();
  for (const [name, value] of Object.entries(form ?? {})) body!.set(name, value);
  if (body && csv !== "") body.set("file", new File([csv], "adjust.csv", { type: "text/csv" }));
  const request = new Request("http://localhost:3000/app/import", {
    method: form ? "POST" : "GET",
    headers: {
      authorization: `Bearer ${signIdToken({ shopId })}`,
      "x-dangol-locale": locale,
      "user-agent": "Mozilla/5.0 Chrome/156",
    },
    body,
  });
  const door = (form ? action : loader) as (args: never) => Promise<unknown>;
  const reply = await door({ request, params: {}, context: {} } as never);
  return ((reply as { data?: unknown }).data ?? reply) as Record<string, unknown>;
}

test("a file is taken in with its reason and whether it may take more than there is; twice is one import", async () => {
  const csv = "email,points,note\nmina@example.com,-5,A broken cup\n";
  const form = { reason: "Stock-taking", allowDebt: "true" };
  expect(await visit(form, csv)).toMatchObject({ outcome: "staged", toast: "File read. Checking it now." });
  expect(await visit(form, csv, "ko")).toMatchObject({ outcome: "known" });
  expect(await visit({ reason: "Another" }, `${csv}lee@example.com,1,\n`)).toMatchObject({
    outcome: "staged",
  });
  const { views } = (await visit(null)) as { views: { reason: string; allowDebt: boolean }[] };
  expect(views.map(({ reason, allowDebt }) => [reason, allowDebt]).toSorted()).toEqual([
    ["Another", false],
    ["Stock-taking", true],
  ]);
  const rows = await database.db.query(
    `select contact, points, note from points_import_row where shop_id = $1 and contact = 'mina@example.com'`,
    [shopId],
  );
  expect(rows).toEqual([
    { contact: "mina@example.com", points: -5, note: "A broken cup" },
    { contact: "mina@example.com", points: -5, note: "A broken cup" },
  ]);
});

test("without a reason, or with nonsense for a file, nothing is kept, and both languages say why", async () => {
  const count = async () =>
    (await database.db.query(`select 1 from points_import where shop_id = $1`, [shopId])).length;
  const before = await count();
  expect(await visit({ reason: " " }, "email,points\na@b.co,1\n")).toMatchObject({
    outcome: "invalid",
    problem: "Say why, in at most 200 characters.",
  });
  expect(await visit({ reason: "r" }, "name,colour\nx,y\n")).toMatchObject({ outcome: "refused" });
  const { problem } = await visit({ reason: "r" }, "email,name\nx,y\n", "ko");
  expect(problem).toMatch(/[가-힣]/u);
  expect(await count()).toBe(before);
});
