import { Badge, BlockStack, Button, Card, InlineStack, Text } from "@shopify/polaris";
import type { Health } from "#app/loyalty/insights/judge-health.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { healthText } from "./health-text.ts";

const TONES = {
  working: "success",
  waiting_for_first: "info",
  retrying: "attention",
  behind: "attention",
  needs_attention: "warning",
  scopes_missing: "critical",
} as const satisfies Record<Health["state"], string>;

/** Is it working? One line, the worst thing first. */
export function StatusLine({ health, now }: { health: Health; now: string }) {
  const words = useAdmin();
  const { t } = words;
  return (
    <Card>
      <InlineStack align="space-between" blockAlign="center" gap="300" wrap>
        <BlockStack gap="100">
          <InlineStack gap="200" blockAlign="center" align="start">
            <Badge tone={TONES[health.state]}>{t(`health.${health.state}.badge`)}</Badge>
            <Text as="p" variant="bodyMd">
              {healthText(health, now, words)}
            </Text>
          </InlineStack>
        </BlockStack>
        {health.state === "needs_attention" ? (
          <Button url="/app/activity">{t("health.needs_attention.action")}</Button>
        ) : null}
      </InlineStack>
    </Card>
  );
}
