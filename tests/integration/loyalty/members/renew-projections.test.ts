import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { projectMembers } from "#app/loyalty/members/project-members.server.ts";
import { renewProjections } from "#app/loyalty/members/renew-projections.server.ts";
import { releaseLots } from "#app/loyalty/nightly/release-lots.server.ts";
import { runNightly } from "#app/loyalty/nightly/run-nightly.server.ts";
import { liveProgram, publishDraft, saveDraft } from "#app/loyalty/program/program.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import type { Database, Tx } from "#app/platform/db/database.server.ts";
import type { Tasks } from "#app/platform/jobs/tasks.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createFakeShopify } from "#tests/support/fake-shopify.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { grantLot, joinMember, peopleServices, placeOrder } from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();
type Payload = Tasks["renew-projections"];

/** A shop of so many members in their order of ids, all of them written. */
async function setUp(count = 5, timeZone = "America/New_York") {
  const { db } = database;
  const shopId = await createShop(db, { timeZone });
  const shopify = createFakeShopify({
    MetafieldsSet: ({ metafields }) => ({
      metafieldsSet: { metafields: (metafields as unknown[]).map(() => ({ id: "x" })), userErrors: [] },
    }),
  });
  const services = peopleServices(db, shopify);
  for (let index = 1; index <= count; index += 1) await joinMember(db, shopId, String(index));
  const members = (
    await db.query<{ id: string }>(
      `select member_id as id from member where shop_id = $1 order by member_id`,
      [shopId],
    )
  ).map(({ id }) => id);
  const written = () =>
    db.query(`update member set projected_revision = revision where shop_id = $1`, [shopId]);
  await db.query(`update member set tier_id = 'bronze' where shop_id = $1`, [shopId]);
  await written();
  const draft = async (change: (settings: ProgramSettings) => void) => {
    const settings = structuredClone((await liveProgram(db, shopId)).settings);
    change(settings);
    return db.transaction((tx) => saveDraft(tx, { shopId, settings, actor: "7", now: NOW }));
  };
  const publishing = (version: number) => ({ shopId, version, actor: "7", now: NOW, eventId: randomUUID() });
  const publish = async (change: (settings: ProgramSettings) => void) => {
    const { version } = await draft(change);
    await db.transaction((tx) => publishDraft(tx, publishing(version)));
    return version;
  };
  const waiting = () => waitingIn(db, shopId);
  /** As a worker takes the one job that waits: the job is locked, and gone when it is done. */
  const step = async (batchSize = 2) => {
    const [job] = await waiting();
    await db.query(`update graphile_worker._private_jobs set locked_at = now() where id = $1`, [job!.id]);
    const result = await renewProjections(services, job!.payload, { now: NOW, batchSize });
    await db.query(`delete from graphile_worker._private_jobs where id = $1`, [job!.id]);
    return result;
  };
  /** The places of those who are behind in the order of ids. */
  const behind = async () => {
    const rows = await db.query<{ id: string }>(
      `select member_id as id from member where shop_id = $1 and revision <> projected_revision order by member_id`,
      [shopId],
    );
    return rows.map(({ id }) => members.indexOf(id));
  };
  const night = (localDate: string, now: Date) => runNightly(services, { shopId, localDate }, { now });
  return {
    db,
    shopId,
    services,
    shopify,
    members,
    written,
    draft,
    publishing,
    publish,
    waiting,
    step,
    behind,
    night,
  };
}

function waitingIn(db: Database, shopId: string): Promise<{ id: string; payload: Payload }[]> {
  return db.query(
    `select jobs.id::text as id, jobs.payload from graphile_worker._private_jobs as jobs
       join graphile_worker._private_tasks as tasks on tasks.id = jobs.task_id
      where jobs.payload ->> 'shopId' = $1 and tasks.identifier = 'renew-projections' order by jobs.id`,
    [shopId],
  );
}

const rename = (settings: ProgramSettings) =>
  void (settings.tiers[0]!.name.en = `Tin ${randomUUID().slice(0, 4)}`);

describe("publishing has members written again", () => {
  it("in batches of jobs, and never more than a batch ahead of the writing", async () => {
    const { publish, behind, step, written, waiting } = await setUp();
    await publish(rename);
    expect(await behind()).toEqual([]);
    expect(await step()).toEqual({ outcome: "more", renewed: 2 });
    expect(await behind()).toEqual([0, 1]);
    expect(await step()).toEqual({ outcome: "waiting", renewed: 0 });
    await written();
    expect(await step()).toEqual({ outcome: "more", renewed: 2 });
    expect(await behind()).toEqual([2, 3]);
    await written();
    expect(await step()).toEqual({ outcome: "done", renewed: 1 });
    expect(await behind()).toEqual([4]);
    expect(await waiting()).toEqual([]);
  });

  it("only where members are told otherwise", async () => {
    const { publish, waiting } = await setUp(1);
    await publish((settings) => {
      settings.reminderDays = [5];
      settings.earn.points += 1;
      settings.tierRules.graceDays += 1;
      settings.tiers[1]!.entryPoints = 10;
    });
    expect(await waiting()).toEqual([]);
    await publish((settings) => void (settings.referral.enabled = !settings.referral.enabled));
    expect(await waiting()).toHaveLength(1);
  });

  it("once for a version that is published twice; another version meanwhile begins with the first member", async () => {
    const { db, services, publish, publishing, waiting, step, written, behind } = await setUp();
    const version = await publish(rename);
    expect(await db.transaction((tx) => publishDraft(tx, publishing(version)))).toEqual({
      outcome: "already_live",
    });
    expect(await waiting()).toHaveLength(1);
    await step();
    await written();
    await publish(rename);
    expect((await waiting()).map(({ payload }) => payload.after === null)).toEqual([false, true]);
    const another = (await waiting()).find(({ payload }) => payload.after === null);
    await renewProjections(services, another!.payload, { now: NOW, batchSize: 2 });
    expect(await behind()).toEqual([0, 1]);
    // The first one's jobs go on where they were.
    await written();
    await step();
    expect(await behind()).toEqual([2, 3]);
  });

  it("goes on after the last whole batch when the process dies, and a batch done twice is written the same", async () => {
    const { db, services, publish, waiting, step, written, behind } = await setUp();
    await publish(rename);
    const [first] = await waiting();
    // The batch is not committed: nothing of it is there, and its job comes again.
    const dying = {
      ...services,
      db: {
        ...db,
        query: db.query,
        transaction: <T>(work: (tx: Tx) => Promise<T>) =>
          db.transaction(async (tx) => {
            await work(tx);
            throw new Error("killed");
          }),
      },
    };
    await expect(renewProjections(dying, first!.payload, { now: NOW, batchSize: 2 })).rejects.toThrow(
      "killed",
    );
    expect(await behind()).toEqual([]);
    expect(await waiting()).toEqual([first]);
    // It is committed, and the process dies before its job is done: the next one waits already.
    expect(await renewProjections(services, first!.payload, { now: NOW, batchSize: 2 })).toMatchObject({
      renewed: 2,
    });
    await written();
    expect((await waiting()).map(({ payload }) => payload.after !== null)).toEqual([true]);
    await step();
    expect(await behind()).toEqual([2, 3]);
    await written();
    // Twice.
    await renewProjections(services, first!.payload, { now: NOW, batchSize: 2 });
    expect(await behind()).toEqual([0, 1]);
  });

  it("leaves the erased, other shops and a shop that has removed us alone", async () => {
    const { db, shopId, members, publish, behind, step, waiting, services } = await setUp(3);
    const other = await setUp(1);
    await db.query(
      `update member set state = 'erased', customer_id = null where shop_id = $1 and member_id = $2`,
      [shopId, members[1]],
    );
    await publish(rename);
    const [job] = await waiting();
    expect(await step(9)).toEqual({ outcome: "done", renewed: 2 });
    expect(await behind()).toEqual([0, 2]);
    expect(await other.behind()).toEqual([]);
    await db.query(`update shop set uninstalled_at = $2 where shop_id = $1`, [shopId, NOW]);
    expect(await renewProjections(services, job!.payload, { now: NOW })).toEqual({
      outcome: "uninstalled",
      renewed: 0,
    });
  });

  it("is not undone by a run that had read the program before", async () => {
    const { db, shopId, services, shopify, publish, step, behind } = await setUp(20);
    await db.query(`update member set revision = revision + 1 where shop_id = $1`, [shopId]);
    const names: string[] = [];
    const request = shopify.request.bind(shopify);
    shopify.request = async (shop, operation, variables, options) => {
      const { metafields } = variables as unknown as { metafields: { key: string; value: string }[] };
      for (const { key, value } of metafields) {
        if (key === "loyalty") names.push(JSON.parse(value).tier.name.en);
      }
      if (names.length === 8) {
        await publish((settings) => void (settings.tiers[0]!.name.en = "Tin"));
        await step(99);
      }
      return request(shop, operation, variables, options);
    };
    await projectMembers(services, { shopId }, { now: NOW });
    expect(await behind()).toEqual([]);
    expect(names.slice(0, 8)).not.toContain("Tin");
    expect(new Set(names.slice(8))).toEqual(new Set(["Tin"]));
    expect(names).toHaveLength(8 + 20);
  });
});

describe("publishing beside everybody else's work", () => {
  let deadlocked: unknown[] = [];
  beforeEach(() => (deadlocked = []));

  it("waits for nobody in a circle: members that lie in another order than their ids", async () => {
    const { db, shopId, members, draft, publishing, waiting, services, behind } = await setUp(2);
    // The first one's row now lies behind the second one's.
    await db.query(
      `update member set joined_at = joined_at + interval '1 second' where shop_id = $1 and member_id = $2`,
      [shopId, members[0]],
    );
    const { version } = await draft(rename);
    const [sweep, page] = await Promise.all([db.pool.connect(), db.pool.connect()]);
    const lock = `select 1 from member where shop_id = $1 and member_id = $2 for no key update`;
    const note = (error: unknown) => void deadlocked.push(error);
    try {
      await sweep.query("begin");
      await sweep.query(lock, [shopId, members[0]]);
      await page.query("begin");
      // As in a large shop, where a whole table is read as it lies.
      await page.query("set local enable_indexscan = off");
      const tx: Tx = {
        kind: "tx",
        query: async <Row>(text: string, values?: readonly unknown[]) =>
          (await page.query(text, values ? [...values] : [])).rows as Row[],
      };
      const published = publishDraft(tx, publishing(version)).catch(note);
      await Promise.race([published, untilWaiting(db, "update member")]);
      await sweep.query(lock, [shopId, members[1]]).catch(note);
      await sweep.query("commit");
      await published;
      await page.query("commit");
      expect(deadlocked).toEqual([]);

      await sweep.query("begin");
      await sweep.query(lock, [shopId, members[0]]);
      const [job] = await waiting();
      const renewed = renewProjections(services, job!.payload, { now: NOW }).catch(note);
      await untilWaiting(db, "for no key update of m");
      await sweep.query(lock, [shopId, members[1]]).catch(note);
      await sweep.query("commit");
      await renewed;
    } finally {
      sweep.release();
      page.release();
    }
    expect(deadlocked).toEqual([]);
    expect(await behind()).toEqual([0, 1]);
  });

  it("ends holds, publishes, raises and writes at once, and everything is done", async () => {
    const { db, shopId, services, members, publish, waiting, step, behind } = await setUp(40);
    const at = new Date(NOW.getTime() - 60_000);
    for (const memberId of members.toReversed())
      await grantLot(db, { shopId, memberId, points: 10, at, availableAt: NOW });
    const project = () => projectMembers(services, { shopId }, { now: NOW });
    const released = releaseLots(db, { shopId, now: NOW, batchSize: 7 });
    await Promise.all([released, publish(rename).then(() => step(99)), project()]);
    while ((await waiting()).length > 0) {
      await project();
      await step(99);
    }
    await project();
    await project();
    expect(await behind()).toEqual([]);
    expect(await released).toEqual({ lots: 40, points: 400 });
  });
});

/** Until a statement that contains this waits for a lock. */
async function untilWaiting(db: Database, text: string): Promise<void> {
  for (;;) {
    const rows = await db.query(
      `select 1 from pg_stat_activity where wait_event_type = 'Lock' and position($1 in query) > 0`,
      [text],
    );
    if (rows.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("what is missing to the next tier, when the period turns", () => {
  it("in a new year is written again for everybody who has a tier left to reach, once", async () => {
    const { db, shopId, members, written, night, waiting, step, behind } = await setUp(4);
    await db.query(
      `update member set tier_id = 'gold', tier_locked = true where shop_id = $1 and member_id = $2`,
      [shopId, members[1]],
    );
    await night("2026-12-30", new Date("2026-12-30T05:00:00Z"));
    await night("2026-12-31", new Date("2026-12-31T05:00:00Z"));
    expect(await waiting()).toEqual([]);
    await night("2027-01-01", new Date("2027-01-01T05:00:00Z"));
    await written();
    expect((await waiting()).map(({ payload }) => payload.who)).toEqual([{ kind: "below_top" }]);
    expect(await night("2027-01-01", new Date("2027-01-01T05:00:00Z"))).toEqual({ outcome: "done_before" });
    expect(await waiting()).toHaveLength(1);
    expect(await step(9)).toEqual({ outcome: "done", renewed: 3 });
    expect(await behind()).toEqual([0, 2, 3]);
    await written();
    await night("2027-01-02", new Date("2027-01-02T05:00:00Z"));
    expect(await waiting()).toEqual([]);
  });

  it("over rolling months is written again for those whose orders it has left behind since the last night", async () => {
    const { db, shopId, members, written, night, waiting, step, behind } = await setUp(5);
    await db.query(
      `update program_version set settings = jsonb_set(settings, '{tierRules,window}', '"rolling_12_months"')
        where shop_id = $1`,
      [shopId],
    );
    // The night of 20 November has been; that of the 21st was missed; 22 November counts from 22 November of last year.
    const [early, first, last, next] = [
      "2025-11-20T04:59:59.999Z",
      "2025-11-20T05:00:00Z",
      "2025-11-22T04:59:59.999Z",
      "2025-11-22T05:00:00Z",
    ];
    for (const [place, at] of [early, first, last, next].entries())
      await placeOrder(db, { shopId, memberId: members[place]!, spentMinor: 100, at: new Date(at!) });
    await night("2026-11-20", new Date("2026-11-20T05:00:00Z"));
    await db.query(`delete from graphile_worker._private_jobs where payload ->> 'shopId' = $1`, [shopId]);
    await night("2026-11-22", new Date("2026-11-22T05:00:00Z"));
    await written();
    expect((await waiting()).map(({ payload }) => payload.who.kind)).toEqual(["ordered_between"]);
    expect(await step(9)).toEqual({ outcome: "done", renewed: 2 });
    expect(await behind()).toEqual([1, 2]);
  });
});
