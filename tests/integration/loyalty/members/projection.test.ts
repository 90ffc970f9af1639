import { describe, expect, it } from "vitest";
import { projectMembers } from "#app/loyalty/members/project-members.server.ts";
import { projectProgram } from "#app/loyalty/members/project-program.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createFakeShopify } from "#tests/support/fake-shopify.ts";
import { createShop, NOW } from "#tests/support/ledger-fixtures.ts";
import { grantLot, joinMember, jobsOf, peopleServices, placeOrder } from "#tests/support/people-fixtures.ts";

const database = useTestDatabase();

interface Metafield {
  ownerId: string;
  namespace: string;
  key: string;
  value: string;
}

async function setUp() {
  const { db } = database;
  const shopId = await createShop(db);
  /** What Shopify holds: owner/namespace/key → value. */
  const stored = new Map<string, string>();
  const gone = new Set<string>();
  const writes: number[] = [];
  const shopify = createFakeShopify({
    MetafieldsSet: ({ metafields }) => {
      const list = metafields as Metafield[];
      if (list.length > 25) throw new Error("more than 25 metafields");
      const refused = list.findIndex(({ ownerId }) => gone.has(ownerId));
      if (refused >= 0) {
        return {
          metafieldsSet: {
            metafields: null,
            userErrors: [{ elementIndex: refused, field: [], code: "INVALID", message: "" }],
          },
        };
      }
      writes.push(list.length);
      for (const field of list) stored.set(`${field.ownerId}/${field.namespace}/${field.key}`, field.value);
      return { metafieldsSet: { metafields: list.map(() => ({ id: "x" })), userErrors: [] } };
    },
    CurrentAppInstallation: () => {
      const value = stored.get("gid://shopify/AppInstallation/1/loyalty/program");
      return {
        currentAppInstallation: {
          id: "gid://shopify/AppInstallation/1",
          metafield: value === undefined ? null : { value },
        },
      };
    },
  });
  const services = peopleServices(db, shopify);
  const project = () => projectMembers(services, { shopId }, { now: NOW });
  const shown = (customerId: string) => stored.get(`gid://shopify/Customer/${customerId}/$app/points`);
  const document = (customerId: string) =>
    JSON.parse(stored.get(`gid://shopify/Customer/${customerId}/$app/loyalty`) ?? "null");
  const behind = async () =>
    (await db.query(`select 1 from member where shop_id = $1 and revision <> projected_revision`, [shopId]))
      .length;
  return { db, shopId, services, shopify, project, shown, document, behind, writes, gone, stored };
}

describe("projecting members", () => {
  it("writes what the storefront shows, then rests", async () => {
    const { db, shopId, project, shown, document, shopify } = await setUp();
    const memberId = await joinMember(db, shopId, "7");
    await grantLot(db, { shopId, memberId, points: 1250, expiresAt: new Date("2027-11-21T05:00:00Z") });
    await placeOrder(db, { shopId, memberId, customerId: "7", spentMinor: 18_000 });
    await placeOrder(db, {
      shopId,
      memberId,
      customerId: "7",
      spentMinor: 5_000,
      at: new Date("2025-12-31T00:00:00Z"),
    });
    expect(await project()).toEqual({ outcome: "done", projected: 1 });
    expect(shown("7")).toBe("1250");
    expect(document("7")).toMatchObject({
      available: 1250,
      expiring: [{ points: 1250, on: "2027-11-20" }],
      tier: { id: "bronze", until: null, next: { id: "silver", remaining: "120.00" } },
      referral: { invited: 0, rewarded: 0 },
    });
    const calls = shopify.calls.length;
    expect(await project()).toEqual({ outcome: "done", projected: 0 });
    expect(shopify.calls).toHaveLength(calls);
  });

  it("eight members a call, never more than Shopify takes", async () => {
    const { db, shopId, project, behind, writes } = await setUp();
    for (let index = 1; index <= 20; index += 1) await joinMember(db, shopId, String(index));
    expect(await project()).toEqual({ outcome: "done", projected: 20 });
    expect(writes).toEqual([24, 24, 12]);
    expect(await behind()).toBe(0);
  });

  it("does not lose a change that comes while Shopify is being told", async () => {
    const { db, shopId, shopify, project, shown, behind } = await setUp();
    const memberId = await joinMember(db, shopId, "7");
    const request = shopify.request.bind(shopify);
    let calls = 0;
    shopify.request = async (...args) => {
      calls += 1;
      // The first write has read its figures by now; a grant commits before it is noted.
      if (calls === 1) await grantLot(db, { shopId, memberId, points: 5 });
      return request(...args);
    };
    expect(await project()).toEqual({ outcome: "done", projected: 2 });
    expect(calls).toBe(2);
    expect(shown("7")).toBe("5");
    expect(await behind()).toBe(0);
  });

  it("lets one run work on a shop at a time; the others leave one more run behind", async () => {
    const { db, shopId, project, behind } = await setUp();
    for (let index = 1; index <= 30; index += 1) await joinMember(db, shopId, String(index));
    const runs = await Promise.all([project(), project(), project()]);
    expect(
      runs.filter(({ outcome }) => outcome === "done").reduce((sum, run) => sum + run.projected, 0),
    ).toBe(30);
    const busy = runs.filter(({ outcome }) => outcome === "busy").length;
    expect((await jobsOf(db, shopId)).filter(({ key }) => key === `project:${shopId}:rest`)).toHaveLength(
      busy > 0 ? 1 : 0,
    );
    expect(await behind()).toBe(0);
  });

  it("a customer whom Shopify no longer has does not hold up the others", async () => {
    const { db, shopId, project, shown, behind, gone } = await setUp();
    for (const id of ["1", "2", "3"]) await joinMember(db, shopId, id);
    gone.add("gid://shopify/Customer/2");
    expect(await project()).toEqual({ outcome: "done", projected: 3 });
    expect([shown("1"), shown("2"), shown("3")]).toEqual(["0", undefined, "0"]);
    expect(await behind()).toBe(0);
  });

  it("fails when Shopify does not answer, with nothing noted, and is made up by the next run", async () => {
    const { db, shopId, shopify, project, behind } = await setUp();
    await joinMember(db, shopId, "1");
    shopify.fail("MetafieldsSet", { kind: "unavailable", reason: "timeout" }, "after");
    await expect(project()).rejects.toMatchObject({ code: "upstream_unavailable" });
    expect(await behind()).toBe(1);
    expect(await project()).toEqual({ outcome: "done", projected: 1 });
  });

  it("T22 a scope that was taken away ends the run with a code that is not tried again", async () => {
    const { db, shopId, shopify, project } = await setUp();
    await joinMember(db, shopId, "1");
    shopify.fail("MetafieldsSet", { kind: "refused", messages: ["Access denied"] });
    await expect(project()).rejects.toMatchObject({ code: "upstream_refused" });
  });

  it("leaves the erased and other shops alone", async () => {
    const [a, b] = [await setUp(), await setUp()];
    await joinMember(a.db, a.shopId, "1");
    await joinMember(b.db, b.shopId, "2");
    await a.db.query(`update member set state = 'erased', customer_id = null where shop_id = $1`, [a.shopId]);
    expect(await a.project()).toEqual({ outcome: "done", projected: 0 });
    expect(await b.behind()).toBe(1);
  });
});

describe("projecting the program", () => {
  it("writes it once, and again only when it differs", async () => {
    const { db, shopId, services, stored, writes } = await setUp();
    const project = () => projectProgram(services, { shopId }, { now: NOW });
    const key = "gid://shopify/AppInstallation/1/loyalty/program";
    expect(await project()).toEqual({ outcome: "written" });
    // Shopify gives JSON back in an order of its own.
    stored.set(
      key,
      JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(stored.get(key)!)).toReversed()), null, 1),
    );
    expect(await project()).toEqual({ outcome: "unchanged" });
    await db.query(
      `update program_version set settings = jsonb_set(settings, '{earn,points}', '7') where shop_id = $1`,
      [shopId],
    );
    expect(await project()).toEqual({ outcome: "written" });
    expect(JSON.parse(stored.get(key)!)).toMatchObject({ v: 1, earn: { points: 7, per: 100 } });
    expect(writes).toEqual([1, 1]);
    expect((await jobsOf(db, shopId)).map(({ task }) => task)).toContain("project-member");
  });
});
