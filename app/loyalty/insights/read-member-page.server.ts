import type { Queryable } from "#app/platform/db/database.server.ts";
import { readBalances, readStatement } from "#app/loyalty/ledger/statement.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { readSpend } from "#app/loyalty/tiers/read-spend.server.ts";
import { nextTier, tierForSpend } from "#app/loyalty/tiers/tier-at.ts";
import { tierYearsAt } from "#app/loyalty/tiers/year-period.ts";
import { pointValue } from "./point-value.ts";
import { readCodes, readLots, readMember, readMemberAudit } from "./read-member.server.ts";
import type { MemberDetail } from "./read-member.server.ts";
import { readMemberOrders } from "./read-recent-orders.server.ts";

export const STATEMENT_LINES = 25;
const ORDERS_SHOWN = 10;

/** Everything a member's page shows; null when there is no such member in this shop. Only reads. */
export async function readMemberPage(
  q: Queryable,
  args: { shopId: string; memberId: string; timeZone: string; now: Date },
) {
  const { shopId, memberId, timeZone, now } = args;
  const member = await readMember(q, shopId, memberId);
  if (!member) return null;
  const years = tierYearsAt(now, timeZone);
  const [program, balances, statement, lots, codes, orders, audit, spend] = await Promise.all([
    liveProgram(q, shopId),
    readBalances(q, shopId, memberId),
    readStatementPage(q, { shopId, memberId, before: null }),
    readLots(q, shopId, memberId),
    readCodes(q, shopId, memberId),
    readMemberOrders(q, { shopId, memberId, limit: ORDERS_SHOWN }),
    readMemberAudit(q, shopId, memberId),
    readSpend(q, { shopId, memberId, years }),
  ]);
  const expiring = balances?.expiring[0];
  return {
    member,
    value: pointValue(program.settings),
    tier: tierStory(member, program.settings, spend.thisPeriodMinor),
    expiring: expiring ? { points: expiring.points, expiresAt: lastInstant(expiring.expiresAt) ?? "" } : null,
    statement,
    lots,
    codes,
    orders,
    audit,
  };
}

/** A page of the statement, newest first, as a page can be sent. Only reads. */
export async function readStatementPage(
  q: Queryable,
  args: { shopId: string; memberId: string; before: number | null },
) {
  const { shopId, memberId, before } = args;
  const page = { shopId, memberId, limit: STATEMENT_LINES };
  const { entries, next } = await readStatement(q, before === null ? page : { ...page, before });
  const items = entries.map((entry) => ({
    seq: entry.seq,
    from: entry.from,
    to: entry.to,
    points: entry.points,
    signedPoints: entry.signedPoints,
    availableAfter: entry.availableAfter,
    reason: entry.reason as string,
    source: entry.source as string,
    sourceId: entry.sourceId,
    occurredAt: entry.occurredAt.toISOString(),
    actor: entry.actor,
    note: entry.note,
    detail: entry.detail,
  }));
  return { items, next };
}

function tierStory(member: MemberDetail, settings: ProgramSettings, spentMinor: number) {
  const held =
    settings.tiers.find((tier) => tier.id === member.tier.id) ?? tierForSpend(settings, spentMinor);
  if (!held) return null;
  const next = nextTier(settings, held.id, spentMinor);
  return {
    name: held.name,
    shape: held.shape,
    color: held.color,
    multiplier: held.multiplier,
    since: member.tier.since,
    until: lastInstant(member.tier.until),
    locked: member.tier.locked,
    spentMinor,
    next: next
      ? {
          name: next.tier.name,
          remainingMinor: next.remainingMinor,
          thresholdMinor: next.tier.thresholdMinor,
        }
      : null,
  };
}

/** An end is the first instant after it: what people call the end is the day before. */
function lastInstant(end: Date | string | null): string | null {
  return end === null ? null : new Date(new Date(end).getTime() - 1).toISOString();
}
