/** What became of a code. */
import type { MemberCode } from "#app/loyalty/insights/read-member.server.ts";
import type { Words } from "#app/components/shared/words.ts";

/** What became of a code, or until when it can be used. */
export function codeFate(code: MemberCode, words: Words): string {
  const { t } = words;
  const day = (at: string | null) => words.date(at ?? code.requestedAt);
  if (code.restoredAt) return t("codes.fate.restored", { date: day(code.restoredAt) });
  if (code.closing) return t("codes.fate.closing");
  switch (code.status) {
    case "requested":
      return t("codes.fate.requested", { date: day(code.requestedAt) });
    case "ready":
      return code.expiresAt ? t("codes.fate.ready", { date: day(code.expiresAt) }) : t("codes.fate.open");
    case "used":
      return t("codes.fate.used", {
        date: day(code.closedAt),
        order: code.usedOrderName ?? code.usedOrderId ?? "",
      });
    case "expired":
      return t("codes.fate.expired", { date: day(code.closedAt) });
    case "cancelled":
      return t("codes.fate.cancelled", { date: day(code.closedAt) });
    case "failed":
      return t("codes.fate.failed", { date: day(code.closedAt) });
  }
}
