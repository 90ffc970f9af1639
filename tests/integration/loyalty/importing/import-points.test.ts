import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { applyStep } from "#app/loyalty/importing/apply-import.server.ts";
import { dropImportRows } from "#app/loyalty/importing/drop-import-rows.server.ts";
import { importCsv } from "#app/loyalty/importing/import-rows.server.ts";
import { readImport, readProblems, readProgressOf } from "#app/loyalty/importing/points-import.server.ts";
import { contactKey, type ResolveContacts } from "#app/loyalty/importing/resolve-contacts.server.ts";
import { applyImport, cancelImport, runImport } from "#app/loyalty/importing/run-import.server.ts";
import { stageImport } from "#app/loyalty/importing/stage-import.server.ts";
import { reportOf } from "#app/loyalty/importing/write-report.server.ts";
import { mergeMembers } from "#app/loyalty/members/merge-members.server.ts";
import { removeShopJobs } from "#app/loyalty/members/remove-shop-jobs.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import {
  balancesOf,
  discrepanciesIn,
  grantLot,
  jobsOf,
  joinMember,
  peopleServices,
  takeBack,
} from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

/** `n@…` is customer n; `both@…` are two; anything else is nobody. */
const resolve: ResolveContacts = async (_shopId, contacts) =>
  new Map(
    contacts.map((contact) => {
      const [, id] = /^(\d+)(?:@|$)/u.exec(contact.value) ?? [];
      const problem = contact.value.startsWith("both@") ? "several_customers" : "unknown_customer";
      return [contactKey(contact), id === undefined ? { problem } : { customerId: id }] as const;
    }),
  );

async function setUp() {
  const { db } = database;
  const shopId = await createShop(db);
  const services = peopleServices(db);
  const run = (csv: string) =>
    importCsv(services, {
      shopId,
      bytes: bytesOf(csv),
      fileName: "points.csv",
      reason: "Moving in",
      actor: "9001",
      now: NOW,
      resolve,
    });
  const total = async () => {
    const [row] = await db.query<{ n: number; points: number; transfers: number }>(
      `select count(*) as n, coalesce(sum(available), 0)::bigint as points,
              (select count(*) from points_transfer where shop_id = $1) as transfers from member where shop_id = $1`,
      [shopId],
    );
    return row!;
  };
  const books = () => discrepanciesIn(db, shopId);
  return { db, shopId, services, run, total, books };
}

const header = "email,points\n";
const balances = "Email,Points Balance,Activation Date\n";

describe("importing points", () => {
  test("adds and takes, makes members of customers, pays what is owed first, and the books hold", async () => {
    const { db, shopId, run, books, total } = await setUp();
    const [one, two, three] = await Promise.all(["1", "2", "3"].map((id) => joinMember(db, shopId, id)));
    await grantLot(db, { shopId, memberId: two!, points: 100 });
    await takeBack(db, shopId, three!, 80);
    const result = await run(
      `${header}1@x.co,50\n2@x.co,-30\n3@x.co,100\n4@x.co,7\n2@x.co,5\n9@x.co,0\n1@x.co,-1\n`,
    );
    expect(result.outcome).toBe("staged");
    expect(await balancesOf(db, shopId, one!)).toEqual([50, 0, 0]);
    expect(await balancesOf(db, shopId, two!)).toEqual([70, 0, 0]);
    expect(await balancesOf(db, shopId, three!)).toEqual([20, 0, 0]);
    expect((await total()).n).toBe(4);
    expect(await books()).toEqual([]);
    if (result.outcome === "refused") return;
    expect(await readProgressOf(db, shopId, result.importId)).toMatchObject({
      lines: 7,
      posted: 4,
      skipped: 1,
      bad: 2,
    });
    const actions = await db.query(
      `select action, actor, reason from audit_event where shop_id = $1 order by action`,
      [shopId],
    );
    expect(actions).toEqual(
      ["import.apply", "import.done", "import.upload"].map((action) => ({
        action,
        actor: "9001",
        reason: "Moving in",
      })),
    );
  });

  test("T48 the same file twice is one import and changes nothing", async () => {
    const { run, total, books } = await setUp();
    const csv = `${header}1@x.co,50\n2@x.co,60\n`;
    await run(csv);
    const before = await total();
    expect(await run(csv)).toMatchObject({ outcome: "known" });
    expect(await total()).toEqual(before);
    expect(await books()).toEqual([]);
  });

  test("a balance is brought over once per member, also by another file of the same program", async () => {
    const { run, total } = await setUp();
    await run("Email,Points Balance,Activation Date\n1@x.co,50,2024-01-01\n");
    await run("Email,Points Balance,Activation Date\n1@x.co,90,2024-01-01\n2@x.co,5,2024-01-01\n");
    expect(await total()).toEqual({ n: 2, points: 55, transfers: 2 });
  });

  test("the mended report of balances brings over what was missing, and nothing a second time", async () => {
    const { db, shopId, run, total, books } = await setUp();
    const first = await run(
      `${balances}1@x.co,50,2024-01-01\n1@x.co,60,2024-01-01\nnobody@x.co,5,2024-01-01\n2@x.co,-7,2024-01-01\n`,
    );
    if (first.outcome === "refused") throw new Error("refused");
    expect(await total()).toEqual({ n: 1, points: 50, transfers: 1 });
    const args = { shopId, importId: first.importId, words: (problem: string) => problem };
    const report = await new Response(reportOf(db, args)).text();
    expect(report).toBe(
      [
        "line,email,phone,customer_id,rivo_balance,note,problem",
        "3,1@x.co,,,60,,twice_in_file",
        "4,nobody@x.co,,,5,,unknown_customer",
        "5,2@x.co,,,-7,,points_negative",
        "",
      ].join("\r\n"),
    );
    const mended = report.replace("nobody@", "3@").replace("-7", "7");
    const second = await run(mended);
    if (second.outcome === "refused") throw new Error("refused");
    expect(await readImport(db, shopId, second.importId)).toMatchObject({ profile: "rivo", kind: "balance" });
    const all = { n: 3, points: 50 + 5 + 7, transfers: 3 };
    expect(await total()).toEqual(all);
    expect(await run(mended)).toMatchObject({ outcome: "known" });
    await run(`${balances}1@x.co,60,2024-01-01\n2@x.co,7,2024-01-01\n3@x.co,5,2024-01-02\n`);
    expect(await total()).toEqual(all);
    expect(await books()).toEqual([]);
  });

  test("a balance is brought over once, also when its member has been merged since", async () => {
    const { db, shopId, services, run, total, books } = await setUp();
    const { newId, randomBytes } = services;
    const merge = (deletedCustomerId: string, keptCustomerId: string) =>
      db.transaction((tx) =>
        mergeMembers(tx, { shopId, keptCustomerId, deletedCustomerId, now: NOW, newId, randomBytes }),
      );
    await run(`${balances}1@x.co,50,2024-01-01\n`);
    await merge("1", "2");
    await merge("2", "3");
    // The kept customer has the address now, or the other program has made one of the two as well.
    for (const csv of [`${balances}3@x.co,50,2024-01-01\n`, `${balances}2@x.co,50,2024-01-02\n`]) {
      const again = await run(csv);
      if (again.outcome === "refused") throw new Error("refused");
      expect(await readProgressOf(db, shopId, again.importId)).toMatchObject({ posted: 0, skipped: 1 });
    }
    expect(await total()).toMatchObject({ points: 50 });
    // Of another program they had another balance.
    await run("Email,Points Balance,VIP Tier\n3@x.co,8,\n");
    expect(await total()).toMatchObject({ points: 58 });
    expect(await books()).toEqual([]);
  });

  test("two lines of one file are two balances, also when their members become one in between", async () => {
    const { db, shopId, services, total, books } = await setUp();
    const { newId, randomBytes } = services;
    const file = { fileName: "f", reason: "r", actor: "1", now: NOW };
    const bytes = bytesOf(`${balances}1@x.co,50,2024-01-01\n2@x.co,7,2024-01-01\n`);
    const staged = await stageImport(services, { shopId, ...file, bytes });
    if (staged.outcome === "refused") throw new Error("refused");
    const { importId } = staged;
    await runImport(services, { shopId, importId }, { now: NOW }, resolve);
    await applyImport(services, { shopId, importId, actor: "1", now: NOW });
    await applyStep(services, { shopId, importId, now: NOW, after: 0, rowsPerChunk: 1 });
    await db.transaction((tx) =>
      mergeMembers(tx, {
        shopId,
        keptCustomerId: "2",
        deletedCustomerId: "1",
        now: NOW,
        newId,
        randomBytes,
      }),
    );
    await runImport(services, { shopId, importId }, { now: NOW }, resolve);
    await runImport(services, { shopId, importId }, { now: NOW }, resolve);
    expect(await total()).toMatchObject({ points: 57 });
    expect(await books()).toEqual([]);
  });

  test("a member who is merged between the look and the lock gets the line's points where they are now", async () => {
    const { db, shopId, services, run, total, books } = await setUp();
    const { newId, randomBytes } = services;
    const kept = await joinMember(db, shopId, "2");
    await joinMember(db, shopId, "1");
    let merges = 0;
    const racing = {
      ...db,
      transaction: (work: Parameters<typeof db.transaction>[0]) =>
        db.transaction((tx) =>
          work({
            ...tx,
            query: async (text, values) => {
              const rows = await tx.query(text, values);
              if (/coalesce\(merged_into, member_id\)/u.test(text) && (merges += 1) === 1) {
                const pair = { keptCustomerId: "2", deletedCustomerId: "1" };
                await db.transaction((other) =>
                  mergeMembers(other, { shopId, ...pair, now: NOW, newId, randomBytes }),
                );
              }
              return rows as never[];
            },
          }),
        ),
    } as typeof db;
    const csv = `${header}1@x.co,50\n`;
    const file = { shopId, bytes: bytesOf(csv), fileName: "f", reason: "r", actor: "1", now: NOW, resolve };
    await importCsv({ ...services, db: racing }, file);
    expect(merges).toBe(2);
    expect(await balancesOf(db, shopId, kept)).toEqual([50, 0, 0]);
    await run(csv);
    expect(await total()).toMatchObject({ points: 50 });
    expect(await books()).toEqual([]);
  });

  test("a file that is cancelled while it is read stays cancelled and keeps nothing; uploaded again, it is read", async () => {
    const { db, shopId, services, run, total } = await setUp();
    const csv = `${header}1@x.co,5\n`;
    async function* bytes(): AsyncGenerator<Uint8Array> {
      yield* bytesOf(csv.slice(0, 20));
      const [row] = await db.query<{ importId: string }>(
        `select import_id as "importId" from points_import where shop_id = $1`,
        [shopId],
      );
      expect(await cancelImport(services, { shopId, importId: row!.importId })).toEqual({
        outcome: "cancelled",
      });
      yield* bytesOf(csv.slice(20));
    }
    const file = { shopId, bytes: bytes(), fileName: "f", reason: "r", actor: "1", now: NOW };
    const cancelled = await stageImport(services, file);
    expect(cancelled.outcome).toBe("cancelled");
    if (cancelled.outcome === "refused") return;
    expect((await readImport(db, shopId, cancelled.importId))?.status).toBe("cancelled");
    expect(await db.query(`select 1 from points_import_row where shop_id = $1`, [shopId])).toEqual([]);
    expect(await jobsOf(db, shopId)).toEqual([]);
    expect(await run(csv)).toMatchObject({ outcome: "staged" });
    expect(await total()).toEqual({ n: 1, points: 5, transfers: 1 });
  });

  test("saying yes again to an import whose job is gone gives it one; the points are there once", async () => {
    const { db, shopId, services, total } = await setUp();
    const file = { bytes: bytesOf(`${header}1@x.co,5\n`), fileName: "f", reason: "r", actor: "1", now: NOW };
    const staged = await stageImport(services, { shopId, ...file });
    if (staged.outcome === "refused") throw new Error("refused");
    const { importId } = staged;
    await runImport(services, { shopId, importId }, { now: NOW }, resolve);
    const apply = () => applyImport(services, { shopId, importId, actor: "1", now: NOW });
    await apply();
    await db.transaction((tx) => removeShopJobs(tx, { shopId }));
    expect(await apply()).toEqual({ outcome: "applying" });
    expect(await apply()).toEqual({ outcome: "applying" });
    expect((await jobsOf(db, shopId)).map(({ task }) => task)).toEqual(["run-import"]);
    await runImport(services, { shopId, importId }, { now: NOW }, resolve);
    expect(await apply()).toEqual({ outcome: "applying" });
    expect(await total()).toEqual({ n: 1, points: 5, transfers: 1 });
  });

  test("T48 a file of nonsense changes nothing and leaves nothing behind", async () => {
    const { db, shopId, run, total } = await setUp();
    for (const nonsense of ["", "\0\0\0\0", "a,b\nc,d", "PK\u0003\u0004 zip", 'email,points\n"1@x.co,5']) {
      expect((await run(nonsense)).outcome).toBe("refused");
    }
    expect(await total()).toEqual({ n: 0, points: 0, transfers: 0 });
    expect(await db.query(`select 1 from points_import where shop_id = $1`, [shopId])).toEqual([]);
    // Lines of nonsense under a good header: every one is reported.
    await run(
      `${header}=cmd(),1\n1@x.co,1e9\n__proto__,constructor\nboth@x.co,5\nnobody@x.co,5\n2@x.co,99999999\n`,
    );
    expect((await total()).transfers).toBe(0);
  });

  test("each bad line is named with its reason", async () => {
    const { db, shopId, run } = await setUp();
    const result = await run(`${header}1@x.co,5\nboth@x.co,5\nnobody@x.co,5\n1@x.co,6\nx,7\n2@x.co,-9\n`);
    if (result.outcome === "refused") throw new Error("refused");
    const rows = await readProblems(db, { shopId, importId: result.importId, after: 0, limit: 10 });
    expect(rows.map(({ line, contact, problem }) => [line, contact, problem])).toEqual([
      [3, "both@x.co", "several_customers"],
      [4, "nobody@x.co", "unknown_customer"],
      [5, "1@x.co", "twice_in_file"],
      [6, "x", "contact_invalid"],
      [7, "2@x.co", "insufficient_points"],
    ]);
    const kept = await db.query(
      `select contact from points_import_row where shop_id = $1 and state = 'posted'`,
      [shopId],
    );
    expect(kept).toEqual([{ contact: null }]);
  });

  test("nothing moves before somebody has said yes, and a cancelled import never does", async () => {
    const { db, shopId, services, total } = await setUp();
    const file = { bytes: bytesOf(`${header}1@x.co,5\n`), fileName: "f", reason: "r", actor: "1", now: NOW };
    const staged = await stageImport(services, { shopId, ...file });
    if (staged.outcome === "refused") throw new Error("refused");
    const { importId } = staged;
    expect(await applyImport(services, { shopId, importId, actor: "1", now: NOW })).toEqual({
      outcome: "not_ready",
    });
    await runImport(services, { shopId, importId }, { now: NOW }, resolve);
    expect((await readImport(db, shopId, importId))?.status).toBe("checked");
    expect((await total()).transfers).toBe(0);
    expect(await cancelImport(services, { shopId, importId })).toEqual({ outcome: "cancelled" });
    expect(await cancelImport(services, { shopId, importId })).toEqual({ outcome: "cancelled" });
    expect(await applyImport(services, { shopId, importId, actor: "1", now: NOW })).toEqual({
      outcome: "not_ready",
    });
    const other = await createShop(db);
    expect(await readImport(db, other, importId)).toBeNull();
  });

  test("T48 a crash in the middle loses and doubles nothing; chunks are whole", async () => {
    const { db, shopId, services, total, books } = await setUp();
    const lines = Array.from({ length: 250 }, (_, n) => `${n + 1}@x.co,${n + 1}`).join("\n");
    const file = { bytes: bytesOf(header + lines), fileName: "f", reason: "r", actor: "1", now: NOW };
    const staged = await stageImport(services, { shopId, ...file });
    if (staged.outcome === "refused") throw new Error("refused");
    const { importId } = staged;
    await runImport(services, { shopId, importId }, { now: NOW }, resolve);
    await applyImport(services, { shopId, importId, actor: "1", now: NOW });
    const step = { shopId, importId, now: NOW, after: 0, rowsPerChunk: 100 };
    await applyStep(services, step);
    const crashing = { ...services, db: { ...db, transaction: crashOnCommit(db) } as typeof db };
    await expect(applyStep(crashing, step)).rejects.toThrow("killed");
    expect(await total()).toMatchObject({ transfers: 100 });
    // Two workers at once finish it.
    await Promise.all([1, 2].map(() => runImport(services, { shopId, importId }, { now: NOW }, resolve)));
    expect(await total()).toEqual({ n: 250, points: (250 * 251) / 2, transfers: 250 });
    expect(await books()).toEqual([]);
    expect((await readImport(db, shopId, importId))?.status).toBe("done");
  });

  test("two uploads of one file at once become one import", async () => {
    const { db, shopId, run, total } = await setUp();
    await Promise.all([1, 2, 3].map(() => run(`${header}1@x.co,5\n`)));
    expect(await total()).toEqual({ n: 1, points: 5, transfers: 1 });
    expect(await db.query(`select 1 from points_import where shop_id = $1`, [shopId])).toHaveLength(1);
  });

  test("T48 two files at once about the same new customers: one member each, both files' points", async () => {
    const { run, total, books } = await setUp();
    const lines = (points: number, from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) => `${from + n}@x.co,${points}\n`).join("");
    await Promise.all([run(header + lines(5, 1, 301)), run(header + lines(7, 101, 401))]);
    expect(await total()).toEqual({ n: 400, points: 300 * 12, transfers: 600 });
    expect(await books()).toEqual([]);
  });

  test("a new member whose code is taken gets another; new and known members of a file look alike", async () => {
    const { db, shopId, services, total, books } = await setUp();
    let draws = 0;
    // The first two draws are the same.
    const randomBytes = (length: number) =>
      (draws += 1) <= 2 ? new Uint8Array(length).fill(7) : services.randomBytes(length);
    const file = { bytes: bytesOf(`${header}1@x.co,5\n2@x.co,6\n3@x.co,7\n`), fileName: "f", reason: "r" };
    await importCsv({ ...services, randomBytes }, { shopId, ...file, actor: "1", now: NOW, resolve });
    expect(draws).toBeGreaterThan(3);
    expect(await total()).toEqual({ n: 3, points: 18, transfers: 3 });
    const rows = await db.query(
      `select distinct m.tier_id, m.revision, m.last_seq, m.state, t.reason, t.detail, l.state as lot, l.expires_at
         from member m join points_transfer t using (shop_id, member_id) join points_lot l using (shop_id, member_id)
        where m.shop_id = $1`,
      [shopId],
    );
    expect(rows).toHaveLength(1);
    expect(await books()).toEqual([]);
  });

  test("every line but the first about a customer is refused, however many there are", async () => {
    const { db, shopId, run, total } = await setUp();
    const lines = Array.from({ length: 3_000 }, (_, n) => `${1 + (n % 1_000)}@x.co,1\n`);
    const result = await run(header + lines.join(""));
    if (result.outcome === "refused") throw new Error("refused");
    expect(await readProgressOf(db, shopId, result.importId)).toMatchObject({ posted: 1_000, bad: 2_000 });
    expect(await total()).toEqual({ n: 1_000, points: 1_000, transfers: 1_000 });
  });

  test("addresses are forgotten after a month", async () => {
    const { db, shopId, run } = await setUp();
    await run(`${header}nobody@x.co,5\n`);
    await dropImportRows(db, new Date(NOW.getTime() + 31 * 86_400_000));
    expect(await db.query(`select 1 from points_import_row where shop_id = $1`, [shopId])).toEqual([]);
  });
});

/** Does the work and dies before it is committed. */
function crashOnCommit(db: (typeof database)["db"]) {
  return ((work: Parameters<typeof db.transaction>[0]) =>
    db.transaction(async (tx) => {
      await work(tx);
      throw new Error(`killed ${randomUUID()}`);
    })) as typeof db.transaction;
}
