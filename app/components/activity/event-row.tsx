import { Badge, BlockStack, Box, Button, InlineStack, Text } from "@shopify/polaris";
import type { BadgeProps } from "@shopify/polaris";
import type { ActivityEvent } from "#app/loyalty/insights/read-activity.server.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { Why } from "#app/components/shared/why.tsx";
import { canRetry, eventReason, explainEvent, topicText } from "./explain-failure.ts";
import { outcomeText } from "#app/components/home/order-words.ts";
import type { Words } from "#app/components/shared/words.ts";
import { Explained } from "./explained.tsx";

const TONES: Partial<Record<ActivityEvent["status"], BadgeProps["tone"]>> = {
  settled: "success",
  parked: "warning",
};

interface EventRowProps {
  event: ActivityEvent;
  busy: boolean;
  onRetry(): void;
  onMarkDone(): void;
}

/** One thing Shopify told us, and what came of it. */
export function EventRow({ event, busy, onRetry, onMarkDone }: EventRowProps) {
  const words = useAdmin();
  const { t } = words;
  const name = topicText(event.topic, t);
  const tone = TONES[event.status];
  return (
    <Box padding="400">
      <BlockStack gap="150">
        <InlineStack gap="200" blockAlign="center" align="start">
          <Text as="span" fontWeight="semibold">
            {name}
          </Text>
          {event.orderName ? <Text as="span">{event.orderName}</Text> : null}
          <Badge {...(tone ? { tone } : {})}>{t(`event.status.${event.status}`)}</Badge>
        </InlineStack>
        {event.status === "parked" ? (
          <Explained explanation={explainEvent(event, t)}>
            {canRetry(event) ? (
              <Button loading={busy} onClick={onRetry} accessibilityLabel={`${t("activity.retry")}: ${name}`}>
                {t("activity.retry")}
              </Button>
            ) : null}
            <Button
              disabled={busy}
              variant={canRetry(event) ? "tertiary" : "secondary"}
              onClick={onMarkDone}
              accessibilityLabel={`${t("activity.markDone")}: ${name}`}
            >
              {t("activity.markDone")}
            </Button>
          </Explained>
        ) : event.status === "ignored" ? (
          <Text as="p" tone="subdued">
            {eventReason(event, t)}
          </Text>
        ) : null}
        <Why label={t("activity.details")} subject={name} lead={words.dateTime(event.receivedAt)}>
          <BlockStack gap="050">
            <span>{t("event.detail.topic", { topic: event.topic })}</span>
            {event.subject ? <span>{t("event.detail.subject", { subject: event.subject })}</span> : null}
            <span style={{ overflowWrap: "anywhere" }}>{t("event.detail.id", { id: event.webhookId })}</span>
            {resultText(event, words) ? <span>{resultText(event, words)}</span> : null}
            {event.reason ? <span>{t("event.detail.reason", { reason: event.reason })}</span> : null}
          </BlockStack>
        </Why>
      </BlockStack>
    </Box>
  );
}

/** What settling the order came to; nothing for events about something else. */
function resultText(event: ActivityEvent, words: Words): string | null {
  const about = event.status === "settled" && event.subject?.startsWith("order:");
  return about && event.reason ? outcomeText(event.reason, words) : null;
}
