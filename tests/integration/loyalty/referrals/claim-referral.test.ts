import { describe, expect, it } from "vitest";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { fulfilReferral } from "#app/loyalty/referrals/fulfil-referral.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { NOW } from "#tests/support/ledger-fixtures.ts";
import { jobsOf } from "#tests/support/people-fixtures.ts";
import { referralScene } from "#tests/support/referral-fixtures.ts";

const database = useTestDatabase();
const HOUR = 3_600_000;
const setUp = (change?: (settings: ProgramSettings) => void) => referralScene(database.db, change);

describe("a friend's claim", () => {
  it("gives one address one code, whoever asks again and however it is spelt", async () => {
    const { claim, row, discounts, shopify } = await setUp();
    const first = await claim("Friend@Example.com");
    expect(first).toMatchObject({ outcome: "claimed", status: "ready" });
    expect(await claim(" friend+again@example.com ")).toEqual({ ...first, outcome: "replayed" });
    expect(discounts.size).toBe(1);
    expect(await row()).toMatchObject({ status: "invited", reason: null });
    expect(JSON.stringify(shopify.named("DiscountCodeBasicCreate"))).not.toContain("example.com");
  });

  it("sixteen times at once makes one referral and one code", async () => {
    const { claim, db, shopId, discounts } = await setUp();
    const results = await Promise.all(Array.from({ length: 16 }, () => claim("friend@example.com")));
    expect(new Set(results.map((result) => ("code" in result ? result.code : result.outcome))).size).toBe(1);
    expect(discounts.size).toBe(1);
    expect(await db.query(`select 1 from referral where shop_id = $1`, [shopId])).toHaveLength(1);
  });

  it("keeps neither the address nor the network, only keyed hashes", async () => {
    const { claim, db, shopId } = await setUp();
    await claim("friend@example.com", { ip: "203.0.113.9" });
    const [stored] = await db.query(`select * from referral where shop_id = $1`, [shopId]);
    expect(JSON.stringify(stored)).not.toMatch(/friend@|example\.com|203\.0\.113/u);
    expect(stored!["ip_prefix_hash"]).toHaveLength(43);
  });

  it("T44 is refused for what cannot be a new friend, with the reason and without a row", async () => {
    const { claim, customers, db, shopId } = await setUp();
    customers.push({ id: "5", email: "regular@example.com", numberOfOrders: "2" });
    const reason = async (email: string, over = {}) => {
      const result = await claim(email, over);
      return result.outcome === "refused" ? result.reason : result.outcome;
    };
    expect(await reason("nonsense")).toBe("invalid_email");
    expect(await reason("advocate@example.com")).toBe("own_code");
    expect(await reason("Advocate+me@example.com")).toBe("own_code");
    expect(await reason("regular@example.com")).toBe("existing_customer");
    expect(await reason("x@mailinator.com")).toBe("disposable_email");
    expect(await reason("friend@example.com", { code: "ZZZZZZZZ" })).toBe("unknown_code");
    expect(await reason("friend@example.com", { code: "" })).toBe("unknown_code");
    expect(await db.query(`select 1 from referral where shop_id = $1`, [shopId])).toEqual([]);
  });

  it("is refused while referrals are off, and for a blocked or foreign advocate", async () => {
    const off = await setUp((settings) => (settings.referral.enabled = false));
    expect(await off.claim("friend@example.com")).toEqual({ outcome: "refused", reason: "referrals_off" });
    const a = await setUp();
    const b = await setUp();
    expect(await a.claim("friend@example.com", { code: b.advocate.code })).toEqual({
      outcome: "refused",
      reason: "unknown_code",
    });
    await a.db.query(`update member set state = 'blocked' where shop_id = $1`, [a.shopId]);
    expect(await a.claim("friend@example.com")).toEqual({ outcome: "refused", reason: "unknown_code" });
  });

  it("counts a network's claims over a day, also when they come at once", async () => {
    const { claim } = await setUp();
    const results = await Promise.all(
      Array.from({ length: 9 }, (_, index) => claim(`f${index}@example.com`, { ip: `203.0.113.${index}` })),
    );
    expect(results.filter(({ outcome }) => outcome === "claimed")).toHaveLength(5);
    expect(
      results.filter((result) => result.outcome === "refused" && result.reason === "too_many"),
    ).toHaveLength(4);
    expect(await claim("f99@example.com", { ip: "198.51.100.1" })).toMatchObject({ outcome: "claimed" });
    expect(
      await claim("f98@example.com", { ip: "203.0.113.1", now: new Date(NOW.getTime() + 25 * HOUR) }),
    ).toMatchObject({ outcome: "claimed" });
  });

  it("keeps nothing when Shopify cannot say who the friend is", async () => {
    const { claim, shopify, db, shopId } = await setUp();
    shopify.fail("ReferralClaimCheck", { kind: "unavailable", reason: "timeout" });
    expect(await claim("friend@example.com")).toEqual({ outcome: "unavailable" });
    expect(await db.query(`select 1 from referral where shop_id = $1`, [shopId])).toEqual([]);
    expect(await claim("friend@example.com")).toMatchObject({ outcome: "claimed" });
  });

  it("T26 with a time-out after Shopify made the code finds it, and never makes a second", async () => {
    const { claim, shopify, row, discounts } = await setUp();
    shopify.fail("DiscountCodeBasicCreate", { kind: "unavailable", reason: "timeout" }, "after");
    expect(await claim("friend@example.com")).toMatchObject({ outcome: "claimed", status: "ready" });
    expect(discounts.size).toBe(1);
    expect(await row()).toMatchObject({ status: "invited" });
  });

  it("with Shopify down is pending, and its job makes the promised code", async () => {
    const { claim, shopify, row, services, shopId, db, discounts } = await setUp();
    shopify.fail("DiscountCodeBasicCreate", { kind: "unavailable", reason: "timeout" });
    const claimed = await claim("friend@example.com");
    expect(claimed).toMatchObject({ outcome: "claimed", status: "pending" });
    expect((await jobsOf(db, shopId)).map(({ task }) => task)).toContain("fulfil-referral");
    const { referralId } = await row();
    expect(await fulfilReferral(services, { shopId, referralId }, { now: NOW })).toEqual({
      outcome: "invited",
    });
    expect(await fulfilReferral(services, { shopId, referralId }, { now: NOW })).toEqual({
      outcome: "unchanged",
    });
    expect([...discounts.keys()]).toEqual(["code" in claimed ? claimed.code : ""]);
  });

  const answer = (codeDiscountNode: null, ...userErrors: { code: string; field: string[] | null }[]) => ({
    discountCodeBasicCreate: {
      codeDiscountNode,
      userErrors: userErrors.map((error) => ({ ...error, message: "" })),
    },
  });
  const CODE_FIELD = ["basicCodeDiscount", "code"];

  it.each([
    ["a fault of its own", answer(null, { code: "INTERNAL_ERROR", field: null })],
    ["nothing at all", answer(null)],
    ["no payload", { discountCodeBasicCreate: null }],
    ["a taken code that cannot be seen yet", answer(null, { code: "TAKEN", field: CODE_FIELD })],
  ])("T26 that Shopify answers with %s keeps its code for the next attempt", async (_what, reply) => {
    const { claim, shopify, row, services, shopId, discounts } = await setUp();
    shopify.answer("DiscountCodeBasicCreate", () => reply);
    const claimed = await claim("friend@example.com");
    expect(claimed).toMatchObject({ outcome: "claimed", status: "pending" });
    expect(await claim("friend@example.com")).toEqual({ ...claimed, outcome: "replayed" });
    const { referralId, code } = await row();
    const job = () => fulfilReferral(services, { shopId, referralId }, { now: NOW });
    await expect(job()).rejects.toMatchObject({ code: "upstream_unavailable" });
    expect(await row()).toMatchObject({ status: "requested", reason: null });
    discounts.set(code, "gid://shopify/DiscountCodeNode/9");
    expect(await job()).toEqual({ outcome: "invited" });
    expect(await job()).toEqual({ outcome: "unchanged" });
    expect(await row()).toMatchObject({ status: "invited" });
  });

  it("T26 is refused for good only when Shopify says no and the code is not there", async () => {
    const no = answer(null, { code: "INVALID", field: ["basicCodeDiscount", "customerGets"] });
    const there = await setUp();
    there.shopify.answer("DiscountCodeBasicCreate", ({ discount }) => {
      there.discounts.set((discount as { code: string }).code, "gid://shopify/DiscountCodeNode/9");
      return no;
    });
    expect(await there.claim("friend@example.com")).toMatchObject({ outcome: "claimed", status: "ready" });

    const gone = await setUp();
    gone.shopify.answer("DiscountCodeBasicCreate", () => no);
    expect(await gone.claim("friend@example.com")).toEqual({ outcome: "refused", reason: "referrals_off" });
    expect(await gone.row()).toMatchObject({ status: "refused", reason: "shopify_refused" });
    const asked = gone.shopify.calls.length;
    expect(await gone.claim("friend@example.com")).toEqual({ outcome: "refused", reason: "already_used" });
    expect(gone.shopify.named("DiscountCodeBasicCreate")).toHaveLength(1);
    expect(gone.shopify.calls.length).toBe(asked);
  });
});
