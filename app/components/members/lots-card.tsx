import { BlockStack, Button, InlineStack, Text } from "@shopify/polaris";
import { useState } from "react";
import type { MemberLot } from "#app/loyalty/insights/read-member.server.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { ListCard } from "#app/components/shared/list-card.tsx";
import type { Words } from "#app/components/shared/words.ts";

const SHOWN = 5;

/** What is left of each grant and when it lapses: the soonest is spent first. */
export function LotsCard({ lots }: { lots: MemberLot[] }) {
  const words = useAdmin();
  const { t } = words;
  const [all, setAll] = useState(false);
  const more =
    lots.length > SHOWN && !all ? (
      <InlineStack align="start">
        <Button variant="plain" onClick={() => setAll(true)}>
          {t("lots.all", { count: lots.length })}
        </Button>
      </InlineStack>
    ) : null;
  return (
    <ListCard title={t("lots.title")} help={t("lots.help")} empty={t("lots.empty")} below={more}>
      {lots.slice(0, all ? lots.length : SHOWN).map((lot) => (
        <InlineStack key={lot.lotSeq} align="space-between" gap="200" wrap={false}>
          <BlockStack gap="050">
            <Text as="span" numeric fontWeight="medium">
              {words.points(lot.remaining)}
              {lot.remaining < lot.granted ? ` ${t("lots.of", { granted: words.points(lot.granted) })}` : ""}
            </Text>
            <Text as="span" variant="bodySm" tone="subdued">
              {t("lots.earned", { date: words.date(lot.earnedAt), order: lot.orderName ?? "" }).trim()}
            </Text>
          </BlockStack>
          <Text as="span" variant="bodySm" alignment="end">
            {lotFate(lot, words)}
          </Text>
        </InlineStack>
      ))}
    </ListCard>
  );
}

/** When a lot becomes usable, or when it lapses. */
export function lotFate(lot: MemberLot, words: Words): string {
  if (lot.state === "pending") return words.t("lots.usable", { date: words.date(lot.availableAt) });
  // The end of a day is the first instant of the next: the day that is meant is the one before.
  if (lot.expiresAt === null) return words.t("lots.never");
  return words.t("lots.expires", { date: words.date(new Date(Date.parse(lot.expiresAt) - 1).toISOString()) });
}
