import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { importCsv } from "#app/loyalty/importing/import-rows.server.ts";
import { readProblems, readProgressOf } from "#app/loyalty/importing/points-import.server.ts";
import { contactKey, type ResolveContacts } from "#app/loyalty/importing/resolve-contacts.server.ts";
import { applyImport, runImport } from "#app/loyalty/importing/run-import.server.ts";
import { stageImport } from "#app/loyalty/importing/stage-import.server.ts";
import { reportOf } from "#app/loyalty/importing/write-report.server.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { mergeMembers } from "#app/loyalty/members/merge-members.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import {
  balancesOf,
  discrepanciesIn,
  grantLot,
  joinMember,
  peopleServices,
} from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

/** `n@…` and the number n are customer n. */
const resolve: ResolveContacts = async (_shopId, contacts) =>
  new Map(
    contacts.map(
      (contact) => [contactKey(contact), { customerId: /^\d+/u.exec(contact.value)![0] }] as const,
    ),
  );

async function setUp() {
  const { db } = database;
  const shopId = await createShop(db);
  const services = peopleServices(db);
  const [one, two] = [await joinMember(db, shopId, "1"), await joinMember(db, shopId, "2")];
  await grantLot(db, { shopId, memberId: one, points: 100 });
  await grantLot(db, { shopId, memberId: two, points: 100 });
  const file = (csv: string, allowDebt = false) => ({
    shopId,
    bytes: bytesOf(csv),
    fileName: "adjust.csv",
    reason: "Stock-taking",
    allowDebt,
    actor: "9001",
    now: NOW,
  });
  const run = async (csv: string, allowDebt = false) => {
    const result = await importCsv(services, { ...file(csv, allowDebt), resolve });
    if (result.outcome === "refused") throw new Error(result.problem);
    return result;
  };
  const notes = () =>
    db.query(
      `select m.customer_id, t.from_account, t.to_account, t.points, t.reason, t.actor, t.note
         from points_transfer t join member m using (shop_id, member_id)
        where t.shop_id = $1 and t.source = 'import' order by m.customer_id`,
      [shopId],
    );
  const balances = async () => [
    (await balancesOf(db, shopId, one))[0],
    (await balancesOf(db, shopId, two))[0],
  ];
  return { db, shopId, services, file, run, notes, balances, books: () => discrepanciesIn(db, shopId) };
}

describe("adjusting points by CSV", () => {
  test("adds and takes with a reason of its own for each line; the same file twice is once", async () => {
    const { run, notes, balances, books } = await setUp();
    const csv = "customer_id,points,note\n1,-40,A broken cup\n2,25,\n3,7,Welcome\n";
    expect(await run(csv)).toMatchObject({ outcome: "staged" });
    const told = [
      {
        customer_id: "1",
        from_account: "available",
        to_account: "adjusted",
        points: 40,
        note: "A broken cup",
      },
      {
        customer_id: "2",
        from_account: "adjusted",
        to_account: "available",
        points: 25,
        note: "Stock-taking",
      },
      { customer_id: "3", from_account: "adjusted", to_account: "available", points: 7, note: "Welcome" },
    ].map((line) => ({ ...line, reason: "adjust", actor: "9001" }));
    expect(await notes()).toEqual(told);
    expect(await balances()).toEqual([60, 125]);
    expect(await run(csv)).toMatchObject({ outcome: "known" });
    expect(await notes()).toEqual(told);
    expect(await books()).toEqual([]);
  });

  test("the dry run already names lines that take more than there is, and takes nothing", async () => {
    const { db, shopId, services, file, balances } = await setUp();
    const staged = await stageImport(
      services,
      file("email,points,note\n1@x.co,-101,Too much\n2@x.co,-100,\n9@x.co,-1,\n"),
    );
    if (staged.outcome === "refused") throw new Error(staged.problem);
    const { importId } = staged;
    const step = () => runImport(services, { shopId, importId }, { now: NOW }, resolve);
    await step();
    const bad = () => readProblems(db, { shopId, importId, after: 0, limit: 10 });
    const named = [
      { line: 2, contact: "1@x.co", points: "-101", note: "Too much", problem: "insufficient_points" },
      { line: 4, contact: "9@x.co", points: "-1", note: null, problem: "insufficient_points" },
    ];
    expect(await bad()).toMatchObject(named);
    expect(await readProgressOf(db, shopId, importId)).toMatchObject({ ready: 1, bad: 2, pointsToTake: 100 });
    expect(await balances()).toEqual([100, 100]);
    await step();
    expect(await bad()).toMatchObject(named);

    // Spent between the check and the yes: the line is refused then.
    await applyImport(services, { shopId, importId, actor: "9001", now: NOW });
    const two = (
      await db.query<{ id: string }>(
        `select member_id as id from member where shop_id = $1 and customer_id = '2'`,
        [shopId],
      )
    )[0]!.id;
    await db.transaction((tx) =>
      postTransfers(tx, {
        shopId,
        now: NOW,
        postings: [
          {
            memberId: two,
            from: "available",
            to: "adjusted",
            points: 1,
            reason: "adjust",
            source: "admin",
            sourceId: "1",
            idempotencyKey: "meanwhile",
            occurredAt: NOW,
          },
        ],
      }),
    );
    await step();
    expect((await bad()).map(({ line, problem }) => [line, problem])).toEqual([
      [2, "insufficient_points"],
      [3, "insufficient_points"],
      [4, "insufficient_points"],
    ]);
    expect(await balances()).toEqual([100, 99]);
  });

  test("taking more than there is, when allowed, is owed; twice is once, and the next points pay", async () => {
    const { db, shopId, run, notes, balances, books } = await setUp();
    const csv = "email,points,note\n1@x.co,-130,Cheated\n5@x.co,-10,\n";
    await run(csv, true);
    expect(await balances()).toEqual([-30, 100]);
    expect((await notes()).map(({ customer_id: id, points }) => [id, points])).toEqual([
      ["1", 130],
      ["5", 10],
    ]);
    expect(await run(csv, true)).toMatchObject({ outcome: "known" });
    expect(await balances()).toEqual([-30, 100]);
    expect(await books()).toEqual([]);
    await run("email,points\n1@x.co,50\n");
    expect(await balances()).toEqual([20, 100]);
    expect(await books()).toEqual([]);
    const audit = await db.query<{ after: { allowDebt: boolean } }>(
      `select after from audit_event where shop_id = $1 and action = 'import.upload' order by (after ->> 'allowDebt') desc`,
      [shopId],
    );
    expect(audit.map(({ after }) => after.allowDebt)).toEqual([true, false]);
  });

  test("the report of bad lines keeps their notes, and is taken again once mended", async () => {
    const { db, shopId, run, notes, balances } = await setUp();
    const { importId } = await run('email,points,note\n1@x.co,-500,"Too much, by far"\n2@x.co,1,fine\n');
    const report = await new Response(reportOf(db, { shopId, importId, words: (problem) => problem })).text();
    expect(report).toBe(
      'line,email,phone,customer_id,points,note,problem\r\n2,1@x.co,,,-500,"Too much, by far",insufficient_points\r\n',
    );
    await run(report.replace("-500", "-50"));
    expect(await balances()).toEqual([50, 101]);
    expect((await notes())[0]).toMatchObject({ customer_id: "1", points: 50, note: "Too much, by far" });
    const kept = await db.query(
      `select contact, note from points_import_row where shop_id = $1 and state = 'posted'`,
      [shopId],
    );
    expect(kept).toEqual([
      { contact: null, note: null },
      { contact: null, note: null },
    ]);
  });

  test("a merged customer's line is about the member who was kept, also in the dry run", async () => {
    const { db, shopId, run, balances, books } = await setUp();
    await db.transaction((tx) =>
      mergeMembers(tx, {
        shopId,
        keptCustomerId: "2",
        deletedCustomerId: "1",
        now: NOW,
        newId: randomUUID,
        randomBytes,
      }),
    );
    await run("email,points\n1@x.co,-150\n");
    expect(await balances()).toEqual([0, 50]);
    expect(await books()).toEqual([]);
  });
});
