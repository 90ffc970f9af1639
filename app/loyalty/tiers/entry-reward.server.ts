import type { Tx } from "#app/platform/db/database.server.ts";
import { postTransfers } from "#app/loyalty/ledger/post-transfers.server.ts";
import { grantExpiresAt } from "#app/loyalty/members/grant-expiry.ts";
import { localDate } from "#app/loyalty/program/calendar.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { entryRewardCountsFrom } from "./entry-again.ts";
import { tierById } from "./tier-at.ts";

/**
 * Gives what entering a tier gives: once an entry, and not again within twelve months of the last time, so that going
 * down and up earns nothing. Members must be locked by the caller. Repeating it on the same day changes nothing.
 */
export async function rewardEntries(
  tx: Tx,
  args: {
    shopId: string;
    entries: readonly { memberId: string; tierId: string }[];
    now: Date;
    settings: Pick<ProgramSettings, "tiers" | "expiry">;
    timeZone: string;
  },
): Promise<{ rewarded: number }> {
  const { shopId, now, settings, timeZone } = args;
  const paying = args.entries.filter(({ tierId }) => (tierById(settings, tierId)?.entryPoints ?? 0) > 0);
  if (paying.length === 0) return { rewarded: 0 };
  const today = localDate(now, timeZone);
  const since = entryRewardCountsFrom(now, timeZone);
  // What was given to somebody who has been merged into a member since was given to that member.
  const recent = await tx.query<{ sourceId: string }>(
    `select asked."sourceId"
       from json_to_recordset($2::json) as asked("memberId" uuid, "tierId" text, "sourceId" text)
      where exists (
        select from member m
          join points_transfer t on t.shop_id = $1 and t.source = 'bonus' and t.from_account = 'issued' and t.occurred_at > $3
           and t.source_id = 'tier:' || m.member_id || ':' || asked."tierId"
         where m.shop_id = $1 and (m.member_id = asked."memberId" or m.merged_into = asked."memberId"))`,
    [shopId, JSON.stringify(paying.map((entry) => ({ ...entry, sourceId: sourceOf(entry) }))), since],
  );
  const rewarded = new Set(recent.map((row) => row.sourceId));
  const postings = paying
    .filter((entry) => !rewarded.has(sourceOf(entry)))
    .map((entry) => ({
      memberId: entry.memberId,
      from: "issued" as const,
      to: "available" as const,
      points: tierById(settings, entry.tierId)?.entryPoints ?? 0,
      reason: "bonus" as const,
      source: "bonus" as const,
      sourceId: sourceOf(entry),
      idempotencyKey: `${sourceOf(entry)}:${today}`,
      occurredAt: now,
      detail: { tierId: entry.tierId, title: tierById(settings, entry.tierId)?.name },
      lot: { expiresAt: grantExpiresAt(settings.expiry, now, timeZone) },
    }));
  if (postings.length > 0) await postTransfers(tx, { shopId, now, postings });
  return { rewarded: postings.length };
}

function sourceOf({ memberId, tierId }: { memberId: string; tierId: string }): string {
  return `tier:${memberId}:${tierId}`;
}
