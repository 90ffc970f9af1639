import fc from "fast-check";
import { expect, it } from "vitest";
import { auditLedger } from "#app/loyalty/ledger/audit.server.ts";
import type { Posting } from "#app/loyalty/ledger/plan-transfers.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { expireLots } from "#app/loyalty/nightly/expire-lots.server.ts";
import { releaseLots } from "#app/loyalty/nightly/release-lots.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { createMember, createShop, NOW } from "#tests/support/ledger-fixtures.ts";

const database = useTestDatabase();
const HISTORIES = 1000;
const DAY = 86_400_000;
const HOLD_DAYS = 10;

type Command =
  | { kind: "earn"; points: number; pending: boolean; months: number | null }
  | { kind: "release"; days: number }
  | { kind: "hold"; points: number }
  | { kind: "use"; pick: number }
  | { kind: "return"; pick: number; renew: boolean }
  | { kind: "clawback"; points: number; pick: number }
  | { kind: "clawback_pending"; points: number }
  | { kind: "expire"; days: number }
  | { kind: "replay" };

const points = fc.integer({ min: 1, max: 500 });
const pick = fc.nat(20);
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("earn" as const),
      points,
      pending: fc.boolean(),
      months: fc.option(fc.integer({ min: 1, max: 24 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("release" as const), days: fc.nat(2 * HOLD_DAYS) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("hold" as const), points }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("use" as const), pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("return" as const), pick, renew: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("clawback" as const), points, pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("clawback_pending" as const), points }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("expire" as const), days: fc.nat(400) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("replay" as const) }) },
);

type Posted = Exclude<Command, { kind: "release" | "expire" }>;

/** The reference: three balances and lists of what can still happen, no lots at all. */
interface Model {
  now: Date;
  available: number;
  pending: number;
  held: number;
  seq: number;
  holds: { seq: number; points: number; used: boolean }[];
  last: Posting | null;
}

it("any history of postings and nights agrees with a model that knows only sums, and its books balance", async () => {
  const { db } = database;
  const shopId = await createShop(db);
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 14 }), async (commands) => {
      const memberId = await createMember(db, shopId);
      const model: Model = { now: NOW, available: 0, pending: 0, held: 0, seq: 0, holds: [], last: null };
      for (const next of commands) {
        if (next.kind === "release" || next.kind === "expire") {
          model.now = new Date(model.now.getTime() + next.days * DAY);
          await sweep(shopId, memberId, model, next.kind);
          continue;
        }
        const posting = toPosting(memberId, model, next);
        if (!posting) continue;
        const result = await db.transaction((tx) =>
          postTransfers(tx, { shopId, now: model.now, postings: [posting], allowDebt: true }),
        );
        expect(result.outcome).toBe(apply(model, posting, next.kind === "replay"));
      }
      const [row] = await db.query<{ available: number; pending: number; held: number; seq: number }>(
        `select available, pending, held, last_seq as seq from member where shop_id = $1 and member_id = $2`,
        [shopId, memberId],
      );
      expect(row).toEqual({
        available: model.available,
        pending: model.pending,
        held: model.held,
        seq: model.seq,
      });
    }),
    { numRuns: HISTORIES },
  );
  // What is held here has no redemption rows behind it: that check is of the rewards, not of these histories.
  const report = await auditLedger(db, { shopIds: [shopId] });
  expect(report.discrepancies.filter((entry) => entry.check !== "held_is_open_redemptions")).toEqual([]);
}, 180_000);

/** As a night does it: over the whole shop, and over the members of earlier histories with it. Again it finds nothing. */
async function sweep(
  shopId: string,
  memberId: string,
  model: Model,
  kind: "release" | "expire",
): Promise<void> {
  const { db } = database;
  const [state, column] = kind === "release" ? ["pending", "available_at"] : ["available", "expires_at"];
  const [due] = await db.query<{ lots: number; points: number }>(
    `select count(*)::int as lots, coalesce(sum(remaining), 0)::bigint as points from points_lot
      where shop_id = $1 and member_id = $2 and state = $3 and remaining > 0 and ${column} <= $4`,
    [shopId, memberId, state, model.now],
  );
  const lots = kind === "release" ? releaseLots : expireLots;
  const swept = await lots(db, { shopId, now: model.now });
  expect(swept.points).toBeGreaterThanOrEqual(due!.points);
  expect(await lots(db, { shopId, now: model.now })).toEqual({ lots: 0, points: 0 });
  if (kind === "release") model.pending -= due!.points;
  model.available += kind === "release" ? due!.points : -due!.points;
  model.seq += due!.lots;
}

function toPosting(memberId: string, model: Model, next: Posted): Posting | null {
  const base = {
    memberId,
    source: "admin" as const,
    sourceId: memberId,
    idempotencyKey: `${memberId}:${model.seq + 1}`,
    occurredAt: model.now,
  };
  const later = (days: number) => new Date(model.now.getTime() + days * DAY);
  const chosen = <T>(list: T[], index: number): T | undefined => list[index % Math.max(1, list.length)];
  switch (next.kind) {
    case "earn": {
      const expiresAt = next.months === null ? null : later(next.months * 30);
      return {
        ...base,
        from: "issued",
        to: next.pending ? "pending" : "available",
        points: next.points,
        reason: "earn",
        lot: { expiresAt, ...(next.pending && { availableAt: later(HOLD_DAYS) }) },
      };
    }
    case "hold":
      return { ...base, from: "available", to: "held", points: next.points, reason: "redeem_hold" };
    case "use": {
      const hold = chosen(
        model.holds.filter((entry) => !entry.used),
        next.pick,
      );
      if (!hold) return null;
      hold.used = true;
      return { ...base, from: "held", to: "redeemed", points: hold.points, reason: "redeem_use" };
    }
    case "return": {
      const hold = chosen(model.holds, next.pick);
      if (!hold) return null;
      model.holds.splice(model.holds.indexOf(hold), 1);
      const minExpiresAt = later(90);
      return {
        ...base,
        from: hold.used ? "redeemed" : "held",
        to: "available",
        points: hold.points,
        reason: hold.used ? "redeem_restore" : "redeem_return",
        returnOf: { transferSeq: hold.seq, ...(next.renew ? { minExpiresAt } : {}) },
      };
    }
    case "clawback":
      return { ...base, from: "available", to: "reversed", points: next.points, reason: "clawback" };
    case "clawback_pending": {
      const taken = Math.min(next.points, model.pending);
      return taken === 0
        ? null
        : { ...base, from: "pending", to: "reversed", points: taken, reason: "clawback" };
    }
    case "replay":
      return model.last;
  }
}

function apply(model: Model, posting: Posting, replay: boolean): "posted" | "insufficient_points" {
  if (replay) return "posted";
  if (posting.from === "available" && posting.to !== "reversed" && model.available < posting.points) {
    return "insufficient_points";
  }
  for (const [account, sign] of [
    [posting.from, -1],
    [posting.to, 1],
  ] as const) {
    if (account === "available" || account === "pending" || account === "held")
      model[account] += sign * posting.points;
  }
  model.seq += 1;
  model.last = posting;
  if (posting.to === "held") model.holds.push({ seq: model.seq, points: posting.points, used: false });
  return "posted";
}
