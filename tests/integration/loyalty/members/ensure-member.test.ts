import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ensureMember } from "#app/loyalty/members/ensure-member.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { jobsOf } from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();

const ensure = (shopId: string, customerId: string, bytes: (length: number) => Uint8Array = randomBytes) =>
  database.db.transaction((tx) =>
    ensureMember(tx, { shopId, customerId, now: NOW, newId: randomUUID, randomBytes: bytes }),
  );

describe("making sure of a member", () => {
  it("creates one in the lowest tier with a code of their own, and finds them the next time", async () => {
    const shopId = await createShop(database.db);
    const first = await ensure(shopId, "115310627314723954");
    expect(first).toMatchObject({ state: "active", created: true });
    expect(await ensure(shopId, "115310627314723954")).toEqual({ ...first, created: false });
    const [row] = await database.db.query(
      `select customer_id, tier_id, tier_since, tier_until, referral_code, revision, projected_revision from member where shop_id = $1`,
      [shopId],
    );
    expect(row).toMatchObject({
      customer_id: "115310627314723954",
      tier_id: "bronze",
      tier_since: NOW,
      tier_until: null,
      revision: 1,
      projected_revision: 0,
    });
    expect(row!["referral_code"]).toMatch(/^[B-Z2-9]{8}$/u);
    expect(await jobsOf(database.db, shopId)).toMatchObject([{ task: "project-member" }]);
  });

  it("ends with one member when sixteen ask at once", async () => {
    const shopId = await createShop(database.db);
    const members = await Promise.all(Array.from({ length: 16 }, () => ensure(shopId, "42")));
    expect(new Set(members.map((member) => member!.memberId)).size).toBe(1);
    expect(members.filter((member) => member!.created)).toHaveLength(1);
  });

  it("draws another code when one is taken, and gives up loudly when the dice are loaded", async () => {
    const shopId = await createShop(database.db);
    const loaded = (length: number) => new Uint8Array(length);
    expect(await ensure(shopId, "1", loaded)).toMatchObject({ created: true });
    let draws = 0;
    expect(
      await ensure(shopId, "2", (length) => (draws++ === 0 ? loaded(length) : randomBytes(length))),
    ).toMatchObject({ created: true });
    expect(draws).toBe(2);
    await expect(ensure(shopId, "3", loaded)).rejects.toThrow("member_referral_codes_exhausted");
  });

  it("keeps shops apart: the same customer number is another member in another shop", async () => {
    const [a, b] = [await createShop(database.db), await createShop(database.db)];
    const [inA, inB] = [await ensure(a, "7"), await ensure(b, "7")];
    expect(inA!.memberId).not.toBe(inB!.memberId);
  });

  it("tells that a member is blocked, and follows a merged one to who was kept", async () => {
    const shopId = await createShop(database.db);
    await ensure(shopId, "1");
    await database.db.query(`update member set state = 'blocked' where shop_id = $1`, [shopId]);
    expect(await ensure(shopId, "1")).toMatchObject({ state: "blocked", created: false });
    const kept = await ensure(shopId, "2");
    await database.db.query(
      `update member set state = 'merged', merged_into = $2 where shop_id = $1 and customer_id = '1'`,
      [shopId, kept?.memberId],
    );
    expect(await ensure(shopId, "1")).toEqual({ ...kept, created: false });
  });

  it("works in a program without tiers", async () => {
    const shopId = await createShop(database.db);
    await database.db.query(
      `update program_version set settings = jsonb_set(settings, '{tiers}', '[]') where shop_id = $1`,
      [shopId],
    );
    await ensure(shopId, "1");
    const [row] = await database.db.query(`select tier_id, tier_since from member where shop_id = $1`, [
      shopId,
    ]);
    expect(row).toEqual({ tier_id: null, tier_since: null });
  });
});
