import { BlockStack, Text } from "@shopify/polaris";
import type { MemberAudit } from "#app/loyalty/insights/read-member.server.ts";
import type { TierNames } from "#app/loyalty/tiers/read-tier-names.server.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { ListCard } from "#app/components/shared/list-card.tsx";
import type { AdminKey, Words } from "#app/components/shared/words.ts";
import { actorName } from "./statement-line.ts";

/** What people did to this member by hand: who, when, why. */
export function AuditCard({ entries, tierNames }: { entries: MemberAudit[]; tierNames: TierNames }) {
  const words = useAdmin();
  const { t } = words;
  return (
    <ListCard title={t("audit.title")} empty={t("audit.empty")}>
      {entries.map((entry) => (
        <BlockStack key={entry.eventId} gap="050">
          <Text as="p" fontWeight="medium">
            {auditText(entry, words, tierNames)}
          </Text>
          {entry.reason ? <Text as="p">{entry.reason}</Text> : null}
          <Text as="p" variant="bodySm" tone="subdued">
            {t("audit.by", { actor: actorName(entry.actor, words), at: words.dateTime(entry.at) })}
          </Text>
        </BlockStack>
      ))}
    </ListCard>
  );
}

const ACTIONS: Record<string, AdminKey> = {
  "member.block": "audit.member.block",
  "member.unblock": "audit.member.unblock",
  "member.merge": "audit.member.merge",
  "redemption.cancel": "audit.redemption.cancel",
};

/**
 * What was done, with before and after where they are figures.
 *
 * @param tierNames of all tiers there ever were: a line may be about one that is gone
 */
export function auditText(entry: MemberAudit, words: Words, tierNames: TierNames): string {
  if (entry.action === "points.adjust") {
    const points = numberAt(entry.after, "points");
    const before = numberAt(entry.before, "available");
    const after = numberAt(entry.after, "available");
    if (points !== null && before !== null && after !== null) {
      return words.t("audit.points.adjust", {
        points: words.signed(points),
        before: words.points(before),
        after: words.points(after),
      });
    }
  }
  if (entry.action === "points.reinstate") {
    return words.t("audit.points.reinstate", {
      points: words.signed(numberAt(entry.after, "points") ?? 0),
      before: words.points(numberAt(entry.before, "available") ?? 0),
      after: words.points(numberAt(entry.after, "available") ?? 0),
    });
  }
  if (entry.action === "tier.set") {
    const name = (value: unknown): string => {
      const tierId = textAt(value, "tierId");
      return tierId === null ? "–" : (tierNames[tierId]?.[words.locale] ?? tierId);
    };
    const vars = { from: name(entry.before), to: name(entry.after) };
    const locked = (entry.after as { locked?: unknown } | null)?.locked === true;
    return words.t(locked ? "audit.tier.locked" : "audit.tier.set", vars);
  }
  const key = ACTIONS[entry.action];
  return key ? words.t(key) : entry.action;
}

function textAt(value: unknown, key: string): string | null {
  if (typeof value !== "object" || value === null) return null;
  const found = (value as Record<string, unknown>)[key];
  return typeof found === "string" ? found : null;
}

function numberAt(value: unknown, key: string): number | null {
  if (typeof value !== "object" || value === null) return null;
  const found = (value as Record<string, unknown>)[key];
  return typeof found === "number" ? found : null;
}
