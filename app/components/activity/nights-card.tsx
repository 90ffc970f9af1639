import { BlockStack, Text } from "@shopify/polaris";
import type { Night } from "#app/loyalty/insights/read-nights.server.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { ListCard } from "#app/components/shared/list-card.tsx";
import type { Words } from "#app/components/shared/words.ts";

/** What the shop's last nights did: expiry, reminders, tiers. */
export function NightsCard({ nights }: { nights: Night[] }) {
  const words = useAdmin();
  const { t } = words;
  return (
    <ListCard title={t("nights.title")} empty={t("nights.empty")}>
      {nights.map((night) => (
        <BlockStack key={night.eventId} gap="050">
          <Text as="p" variant="bodySm" tone="subdued">
            {words.dateTime(night.at)}
          </Text>
          {nightLines(night.done, words).map((line) => (
            <Text as="p" key={line}>
              {line}
            </Text>
          ))}
        </BlockStack>
      ))}
    </ListCard>
  );
}

/** What a night did, a line for each thing that there was of. */
export function nightLines(done: Night["done"], words: Words): string[] {
  const { t } = words;
  const points = (swept: { points: number } | undefined) => words.points(swept?.points ?? 0);
  const lines: [number, string][] = [
    counted(done.reminded?.reminders, (count) => t("nights.reminded", { count })),
    counted(done.expired?.lots, (count) => t("nights.expired", { count, points: points(done.expired) })),
    counted(done.released?.lots, (count) => t("nights.released", { count, points: points(done.released) })),
    counted(done.redated?.lots, (count) => t("nights.redated", { count })),
    counted(done.reviewed?.changed, (count) => t("nights.reviewed", { count })),
    counted(done.noticed?.noted, (count) => t("nights.noticed", { count })),
  ];
  const told = lines.flatMap(([count, line]) => (count > 0 ? [line] : []));
  return told.length > 0 ? told : [t("nights.nothing")];
}

function counted(count: number | undefined, tell: (count: number) => string): [number, string] {
  return [count ?? 0, tell(count ?? 0)];
}
