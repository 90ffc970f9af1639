import type { Queryable } from "#app/platform/db/database.server.ts";
import type { Locale } from "#app/platform/i18n/translate.ts";
import { localDate } from "#app/loyalty/program/calendar.ts";
import type { Closing, RedemptionStatus } from "../redemption-state.ts";
import type { RedemptionTerms } from "../redemption-terms.ts";

/** What a shopper is told of a code. `closing`: being switched off, its points are on their way back. */
export type CodeStatus = "pending" | "ready" | "closing" | "used" | "expired" | "cancelled" | "failed";

export interface MemberCode {
  id: string;
  rewardId: string;
  /** Null until Shopify has it: a code that does not work yet helps nobody. */
  code: string | null;
  title: string;
  status: CodeStatus;
  points: number;
  expiresAt: string | null;
  /** The last day on which it works, in the shop's time zone. */
  expiresOn: string | null;
}

/** A redemption as its member sees it, before words. */
export interface CodeFacts {
  redemptionId: string;
  rewardId: string;
  code: string;
  points: number;
  status: RedemptionStatus;
  closing: Closing | null;
  terms: Pick<RedemptionTerms, "title">;
  expiresAt: Date | null;
}

const OPEN_MAX = 50;
const CLOSED_MAX = 20;
const CLOSED_DAYS = 60;

/** A member's codes: what can be used first, then the last ones that were. */
export async function readCodes(
  q: Queryable,
  args: { shopId: string; memberId: string; timeZone: string; locale: Locale; now: Date },
): Promise<MemberCode[]> {
  const rows = await q.query<CodeFacts>(
    `(select redemption_id as "redemptionId", reward_id as "rewardId", code, points, status, closing, terms,
             expires_at as "expiresAt", requested_at
        from redemption where shop_id = $1 and member_id = $2 and status in ('requested', 'ready')
       order by requested_at desc limit ${OPEN_MAX})
     union all
     (select redemption_id, reward_id, code, points, status, closing, terms, expires_at, requested_at
        from redemption where shop_id = $1 and member_id = $2 and status not in ('requested', 'ready') and closed_at > $3
       order by closed_at desc limit ${CLOSED_MAX})`,
    [args.shopId, args.memberId, new Date(args.now.getTime() - CLOSED_DAYS * 86_400_000)],
  );
  return rows.map((row) => describeCode(row, args.locale, args.timeZone));
}

/** One code in the shopper's language. */
export function describeCode(row: CodeFacts, locale: Locale, timeZone: string): MemberCode {
  const status = codeStatus(row);
  return {
    id: row.redemptionId,
    rewardId: row.rewardId,
    code: status === "ready" || status === "used" ? row.code : null,
    title: row.terms.title[locale],
    status,
    points: row.points,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    expiresOn: row.expiresAt && localDate(row.expiresAt, timeZone),
  };
}

function codeStatus({ status, closing }: CodeFacts): CodeStatus {
  if (closing !== null) return "closing";
  return status === "requested" ? "pending" : status;
}
