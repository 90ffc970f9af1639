import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useServices } from "#app/services.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { signIdToken } from "#tests/support/id-token.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import { grantLot } from "#tests/support/people-fixtures.ts";
import { createScene, firstRedemption, redeem, type RewardScene } from "#tests/support/rewards-fixtures.ts";
import { testServices } from "#tests/support/services.ts";
import { signsInAndAnswers, startStubShopify, type StubShopify } from "#tests/support/stub-shopify.ts";

// Every intent of the admin that carries an id, posted with an id of another shop: 404 or 409, and nothing moves there.

const database = useTestDatabase();
const ROUTES = resolve(import.meta.dirname, "../../../app/routes");
const RUN = "00000000-0000-7000-8000-0000000000aa";
const IMPORT = "00000000-0000-7000-8000-0000000000bb";
const RESETTLE = "00000000-0000-7000-8000-0000000000cc";
const CAMPAIGN = "00000000-0000-7000-8000-0000000000dd";
const REFERRAL = "00000000-0000-7000-8000-0000000000ee";
const MEMBER = "app.members.$memberId.tsx";

let stub: StubShopify;
let ours: RewardScene;
let theirs: RewardScene;
let theirCode: string;
let theirJob: string;

beforeAll(async () => {
  const { db } = database;
  stub = await startStubShopify();
  stub.answer = signsInAndAnswers({ nodes: [], customers: { nodes: [] } });
  const environment = { SHOPIFY_SANDBOX_URL: stub.url };
  useServices(testServices(db, { environment, overrides: { now: () => NOW } }));
  ours = await createScene(db, { points: 1000 });
  theirs = await createScene(db, { points: 2000 });
  const { shopId } = theirs;
  await redeem(theirs);
  theirCode = (await firstRedemption(theirs)).redemptionId;
  await grantLot(db, { shopId, memberId: theirs.memberId, points: 5, expiresAt: NOW });
  await db.query(
    `insert into points_import (shop_id, import_id, status, file_name, reason, created_at, created_by)
     values ($1, $2, 'checked', 'f', 'r', $3, '1')`,
    [shopId, IMPORT, NOW],
  );
  await db.query(
    `insert into backfill_run (shop_id, run_id, state, actor, started_at) values ($1, $2, 'settling', '1', $3)`,
    [shopId, RUN, NOW],
  );
  await db.query(
    `insert into resettlement_run (shop_id, run_id, state, reprice, since, until, program_version, actor, started_at, previewed_at)
     values ($1, $2, 'previewed', false, $3::timestamptz - interval '1 day', $3, 1, '1', $3, $3)`,
    [shopId, RESETTLE, NOW],
  );
  await db.query(
    `insert into campaign (shop_id, campaign_id, status, settings, starts_at, revision, created_at, created_by)
     values ($1, $2, 'draft', $3, $4, 1, $4, '1')`,
    [shopId, CAMPAIGN, JSON.stringify(SETTINGS), NOW],
  );
  await db.query(
    `insert into referral (shop_id, referral_id, advocate_id, friend_email_hash, code, status, reason, created_at, ordered_at)
     values ($1, $2, $3, 'h', 'CODE', 'review', 'same_address', $4, $4)`,
    [shopId, REFERRAL, theirs.memberId, NOW],
  );
  const [job] = await db.query<{ id: string }>(
    `select id::text from graphile_worker.add_job('project-member', json_build_object('shopId', $1::text, 'memberId', ''))`,
    [shopId],
  );
  theirJob = job!.id;
  await db.query(`update graphile_worker._private_jobs set attempts = max_attempts where id = $1`, [
    theirJob,
  ]);
});

afterAll(async () => {
  useServices(undefined);
  await stub.close();
});

const SETTINGS = {
  name: { en: "A", ko: "가" },
  starts: "2026-12-24T00:00",
  ends: null,
  segment: { kind: "all" },
  tierIds: [],
  products: {},
  award: { kind: "bonus", points: 5, minimumMinor: 0 },
  budget: null,
  perMember: null,
};

/** All that the other shop has, as text. */
async function everythingOf(shopId: string): Promise<string> {
  const { db } = database;
  const tables = await db.query<{ name: string }>(
    `select table_name as name from information_schema.columns
      where table_schema = 'public' and column_name = 'shop_id' order by 1`,
  );
  const parts: unknown[] = [];
  for (const { name } of tables) {
    parts.push(name, await db.query(`select t::text from ${name} t where shop_id = $1 order by 1`, [shopId]));
  }
  parts.push(
    await db.query(
      `select id::text, attempts, run_at::text from graphile_worker._private_jobs where payload ->> 'shopId' = $1 order by id`,
      [shopId],
    ),
  );
  return JSON.stringify(parts);
}

async function post(file: string, form: Record<string, string>, params: Record<string, string>) {
  const route = (await import(`${ROUTES}/${file}`)) as {
    action: (args: { request: Request; params: object; context: object }) => unknown;
  };
  const request = new Request("http://localhost:3000/app", {
    method: "POST",
    headers: {
      authorization: `Bearer ${signIdToken({ shopId: ours.shopId })}`,
      "user-agent":
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
      "x-dangol-locale": "en",
    },
    body: new URLSearchParams({ idempotencyKey: randomUUID(), ...form }),
  });
  const reply = await Promise.resolve(route.action({ request, params, context: {} })).catch(
    (thrown: unknown) => thrown,
  );
  if (reply instanceof Response) return { status: reply.status };
  if (reply instanceof Error) throw reply;
  const wrapped = reply as { type?: string; init?: { status?: number }; data?: unknown; outcome?: string };
  if (wrapped.type === "DataWithResponseInit") return { status: wrapped.init?.status ?? 200 };
  return { status: 200, outcome: wrapped.outcome };
}

const onMember = (form: Record<string, string>) =>
  [MEMBER, form, () => ({ memberId: theirs.memberId })] as const;
const anywhere = (file: string, form: () => Record<string, string>) => [file, form(), () => ({})] as const;

test.each<readonly [string, Record<string, string>, () => Record<string, string>]>([
  onMember({ intent: "adjust", points: "100", reason: "x" }),
  onMember({ intent: "block", reason: "x" }),
  onMember({ intent: "unblock", reason: "x" }),
  onMember({ intent: "set-tier", tierId: "gold", locked: "true", reason: "x" }),
  onMember({ intent: "reinstate", seq: "1", reason: "x" }),
  anywhere("app.import.tsx", () => ({ intent: "apply", importId: IMPORT })),
  anywhere("app.import.tsx", () => ({ intent: "cancel", importId: IMPORT })),
  anywhere("app.history.tsx", () => ({ intent: "backfill-pause", runId: RUN })),
  anywhere("app.history.tsx", () => ({ intent: "backfill-resume", runId: RUN })),
  anywhere("app.history.tsx", () => ({ intent: "backfill-stop", runId: RUN })),
  anywhere("app.history.tsx", () => ({ intent: "resettle-apply", runId: RESETTLE })),
  anywhere("app.history.tsx", () => ({ intent: "resettle-discard", runId: RESETTLE })),
  anywhere("app.activity.tsx", () => ({ intent: "reward-referral", referralId: REFERRAL })),
  anywhere("app.activity.tsx", () => ({ intent: "refuse-referral", referralId: REFERRAL })),
  ["app.campaigns.$campaignId.tsx", { intent: "publish", revision: "1" }, () => ({ campaignId: CAMPAIGN })],
  ["app.campaigns.$campaignId.tsx", { intent: "end" }, () => ({ campaignId: CAMPAIGN })],
])(
  "T46 %s with %j and an id of another shop is refused, and changes nothing there",
  async (file, form, params) => {
    const before = await everythingOf(theirs.shopId);
    const { status } = await post(file, form, params());
    expect([404, 409]).toContain(status);
    expect(await everythingOf(theirs.shopId)).toBe(before);
  },
);

test("T46 a code, a failed job and a campaign to delete of another shop are not there either", async () => {
  const before = await everythingOf(theirs.shopId);
  const cancel = { intent: "cancel-code", redemptionId: theirCode };
  expect((await post(MEMBER, cancel, { memberId: ours.memberId })).status).toBe(404);
  expect((await post("app.activity.tsx", { intent: "retry-job", jobId: theirJob }, {})).status).toBe(404);
  // To delete what is not there is done before it begins.
  const gone = await post("app.campaigns.$campaignId.tsx", { intent: "delete" }, { campaignId: CAMPAIGN });
  expect(gone).toEqual({ status: 200, outcome: "gone" });
  expect(await everythingOf(theirs.shopId)).toBe(before);
});
