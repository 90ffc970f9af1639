import { BlockStack, Card, Divider, InlineGrid, InlineStack, Text } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { Why } from "#app/components/shared/why.tsx";
import type { Figure, Liability } from "./figures.ts";

/** Is it worth it: the last 30 days, with the 30 days before. */
export function FigureGrid({ figures }: { figures: Figure[] }) {
  const { t } = useAdmin();
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t("home.figures.title")}
        </Text>
        <InlineGrid columns={{ xs: 2, md: 3, lg: 5 }} gap="400">
          {figures.map((figure) => (
            <BlockStack key={figure.id} gap="050">
              <Text as="h3" variant="bodySm" tone="subdued">
                {figure.label}
              </Text>
              <Text as="p" variant="headingLg" numeric breakWord>
                {figure.value}
              </Text>
              <Text as="p" variant="bodySm" tone="subdued">
                {figure.compare}
              </Text>
            </BlockStack>
          ))}
        </InlineGrid>
      </BlockStack>
    </Card>
  );
}

/** What members could still use, in points and in money. */
export function LiabilityCard({ liability }: { liability: Liability }) {
  const { t } = useAdmin();
  return (
    <Card>
      <BlockStack gap="300">
        <BlockStack gap="050">
          <Text as="h2" variant="headingMd">
            {t("home.liability.title")}
          </Text>
          <Text as="p" variant="headingLg" numeric>
            {liability.worth}
          </Text>
        </BlockStack>
        <BlockStack gap="150">
          {liability.rows.map((row) => (
            <Row key={row.label} label={row.label} value={row.value} />
          ))}
          <Divider />
          <Row label={t("home.liability.total")} value={liability.total} strong />
        </BlockStack>
        <Why label={t("home.liability.how")} subject={t("home.liability.title")}>
          {liability.why}
        </Why>
      </BlockStack>
    </Card>
  );
}

function Row({ label, value, strong = false }: { label: string; value: string; strong?: boolean }) {
  const weight = strong ? "semibold" : "regular";
  return (
    <InlineStack align="space-between" gap="200">
      <Text as="span" fontWeight={weight} {...(strong ? {} : { tone: "subdued" as const })}>
        {label}
      </Text>
      <Text as="span" fontWeight={weight} numeric>
        {value}
      </Text>
    </InlineStack>
  );
}
