import type { Queryable } from "#app/platform/db/database.server.ts";
import { readBalances, readStatement } from "#app/loyalty/ledger/statement.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { readReinstatable } from "#app/loyalty/nightly/reinstate-lot.server.ts";
import { readProgress } from "#app/loyalty/tiers/read-progress.server.ts";
import { readTierNames } from "#app/loyalty/tiers/read-tier-names.server.ts";
import { nextTier, tierForProgress } from "#app/loyalty/tiers/tier-at.ts";
import { tierPeriodAt } from "#app/loyalty/tiers/tier-period.ts";
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
  const { settings } = await liveProgram(q, shopId);
  const { basis, window } = settings.tierRules;
  const period = tierPeriodAt(window, now, timeZone);
  const [balances, statement, lots, codes, orders, audit, tierNames, progress, reinstatable] =
    await Promise.all([
      readBalances(q, shopId, memberId),
      readStatementPage(q, { shopId, memberId, before: null }),
      readLots(q, shopId, memberId),
      readCodes(q, shopId, memberId),
      readMemberOrders(q, { shopId, memberId, limit: ORDERS_SHOWN }),
      readMemberAudit(q, shopId, memberId),
      readTierNames(q, shopId),
      readProgress(q, { shopId, memberId, basis, period }),
      readReinstatable(q, { shopId, memberId, now, timeZone, reinstateDays: settings.reinstateDays }),
    ]);
  const expiring = balances?.expiring[0];
  return {
    member,
    value: pointValue(settings),
    tier: tierStory(member, settings, progress.current),
    tierChoices: settings.tiers.map(({ id, name }) => ({ id, name })),
    reinstatable,
    expiring: expiring ? { points: expiring.points, expiresAt: lastInstant(expiring.expiresAt) ?? "" } : null,
    statement,
    lots,
    codes,
    orders,
    audit,
    tierNames,
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

function tierStory(member: MemberDetail, settings: ProgramSettings, progress: number) {
  const held =
    settings.tiers.find((tier) => tier.id === member.tier.id) ?? tierForProgress(settings, progress);
  if (!held) return null;
  const next = nextTier(settings, held.id, progress);
  return {
    id: held.id,
    name: held.name,
    shape: held.shape,
    color: held.color,
    multiplier: held.multiplier,
    since: member.tier.since,
    until: lastInstant(member.tier.until),
    locked: member.tier.locked,
    basis: settings.tierRules.basis,
    window: settings.tierRules.window,
    progress,
    next: next
      ? {
          name: next.tier.name,
          remaining: next.remaining,
          threshold: next.tier.thresholdMinor,
        }
      : null,
  };
}

/** An end is the first instant after it: what people call the end is the day before. */
function lastInstant(end: Date | string | null): string | null {
  return end === null ? null : new Date(new Date(end).getTime() - 1).toISOString();
}
