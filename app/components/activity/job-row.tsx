import { Badge, BlockStack, Box, Button, InlineStack, Text } from "@shopify/polaris";
import type { BadgeProps } from "@shopify/polaris";
import type { ActivityJob } from "#app/loyalty/insights/read-activity.server.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { Why } from "#app/components/shared/why.tsx";
import { explainJob, taskText } from "./explain-failure.ts";
import { Explained } from "./explained.tsx";

const TONES: Partial<Record<ActivityJob["state"], BadgeProps["tone"]>> = {
  failed: "critical",
  retrying: "attention",
};

/** One thing Dangol has to do, or could not. */
export function JobRow({ job, busy, onRetry }: { job: ActivityJob; busy: boolean; onRetry(): void }) {
  const words = useAdmin();
  const { t } = words;
  const name = taskText(job.task, t);
  const tone = TONES[job.state];
  const troubled = job.state === "failed" || job.state === "retrying";
  const when = troubled ? words.dateTime(job.updatedAt) : t("job.runs", { at: words.dateTime(job.runAt) });
  return (
    <Box padding="400">
      <BlockStack gap="150">
        <InlineStack gap="200" blockAlign="center" align="start">
          <Text as="span" fontWeight="semibold">
            {name}
          </Text>
          <Badge {...(tone ? { tone } : {})}>{t(`job.state.${job.state}`)}</Badge>
        </InlineStack>
        {troubled ? (
          <Explained explanation={explainJob(job, t)}>
            {job.state === "failed" ? (
              <Button loading={busy} onClick={onRetry} accessibilityLabel={`${t("activity.retry")}: ${name}`}>
                {t("activity.retry")}
              </Button>
            ) : null}
          </Explained>
        ) : null}
        <Why label={t("activity.details")} subject={name} lead={when}>
          <BlockStack gap="050">
            <span>{t("job.detail.id", { id: job.jobId, task: job.task })}</span>
            {Object.entries(job.about).map(([key, value]) => (
              <span key={key} style={{ overflowWrap: "anywhere" }}>
                {key}: {value}
              </span>
            ))}
            {job.lastError ? <span style={{ overflowWrap: "anywhere" }}>{job.lastError}</span> : null}
          </BlockStack>
        </Why>
      </BlockStack>
    </Box>
  );
}
