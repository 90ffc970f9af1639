import { Badge, BlockStack, Box, Button, InlineStack, Text } from "@shopify/polaris";
import type { BadgeProps } from "@shopify/polaris";
import type { ActivityEvent } from "#app/loyalty/insights/read-activity.server.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { Why } from "#app/components/shared/why.tsx";
import { eventReason, explainEvent, topicText } from "./explain-failure.ts";
import { Explained } from "./explained.tsx";

const TONES: Partial<Record<ActivityEvent["status"], BadgeProps["tone"]>> = {
  settled: "success",
  parked: "warning",
};

/** One thing Shopify told us, and what came of it. */
export function EventRow({ event, busy, onRetry }: { event: ActivityEvent; busy: boolean; onRetry(): void }) {
  const words = useAdmin();
  const { t } = words;
  const name = topicText(event.topic, t);
  const tone = TONES[event.status];
  return (
    <Box as="li" padding="400">
      <BlockStack gap="200">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <InlineStack gap="200" blockAlign="center">
            <Text as="span" fontWeight="semibold">
              {name}
            </Text>
            <Badge {...(tone ? { tone } : {})}>{t(`event.status.${event.status}`)}</Badge>
          </InlineStack>
          <Text as="span" variant="bodySm" tone="subdued">
            {words.dateTime(event.receivedAt)}
          </Text>
        </InlineStack>
        {event.status === "parked" ? (
          <Explained explanation={explainEvent(event, t)}>
            {event.kept ? (
              <Button loading={busy} onClick={onRetry} accessibilityLabel={`${t("activity.retry")}: ${name}`}>
                {t("activity.retry")}
              </Button>
            ) : null}
          </Explained>
        ) : event.status === "ignored" ? (
          <Text as="p" tone="subdued">
            {eventReason(event, t)}
          </Text>
        ) : null}
        <Why label={t("activity.details")} subject={name}>
          <BlockStack gap="050">
            <span>{t("event.detail.topic", { topic: event.topic })}</span>
            {event.subject ? <span>{t("event.detail.subject", { subject: event.subject })}</span> : null}
            <span style={{ overflowWrap: "anywhere" }}>{t("event.detail.id", { id: event.webhookId })}</span>
            {event.reason ? <span>{t("event.detail.reason", { reason: event.reason })}</span> : null}
          </BlockStack>
        </Why>
      </BlockStack>
    </Box>
  );
}
