import { Badge, BlockStack, Button, Card, InlineStack, Text } from "@shopify/polaris";
import type { Health } from "#app/loyalty/insights/judge-health.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import type { Words } from "#app/components/shared/words.ts";

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
          <InlineStack gap="200" blockAlign="center">
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

/** The sentence beside the badge. */
export function healthText(health: Health, now: string, words: Words): string {
  const { t } = words;
  switch (health.state) {
    case "working":
      return t("health.working.text", {
        when: words.relative(health.lastWebhookAt, now),
        count: health.handled,
      });
    case "waiting_for_first":
      return t("health.waiting_for_first.text");
    case "retrying":
      return t("health.retrying.text", { count: health.retrying });
    case "behind":
      return t("health.behind.text", { count: health.waiting });
    case "needs_attention":
      return t("health.needs_attention.text", { count: health.failures });
    case "scopes_missing":
      return t("health.scopes_missing.text", { scopes: health.scopes.join(", ") });
  }
}
