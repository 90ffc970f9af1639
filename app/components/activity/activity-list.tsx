import { BlockStack, Box, Text } from "@shopify/polaris";
import type { ActivityView } from "#app/loyalty/insights/activity-view.ts";
import type { ActivityEvent, ActivityJob } from "#app/loyalty/insights/read-activity.server.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { DividedList } from "#app/components/shared/divided-list.tsx";
import { EventRow } from "./event-row.tsx";
import { JobRow } from "./job-row.tsx";

interface ActivityListProps {
  view: ActivityView;
  events: ActivityEvent[];
  jobs: ActivityJob[];
  /** Something else on the page waits for the merchant. */
  othersWait: boolean;
  busy: boolean;
  onRetryEvent(webhookId: string): void;
  onMarkDone(webhookId: string): void;
  onRetryJob(jobId: string): void;
}

/** Failed jobs first, then events; a quiet page says that it is quiet. */
export function ActivityList({
  view,
  events,
  jobs,
  othersWait,
  busy,
  onRetryEvent,
  onMarkDone,
  onRetryJob,
}: ActivityListProps) {
  const { t } = useAdmin();
  if (events.length + jobs.length === 0) {
    return (
      <Box padding="800">
        <BlockStack gap="100" inlineAlign="center">
          <Text as="h2" variant="headingMd" alignment="center">
            {t(view === "attention" && othersWait ? "reviews.nothingElse" : `activity.empty.${view}.title`)}
          </Text>
          <Text as="p" tone="subdued" alignment="center">
            {t(`activity.empty.${view}.text`)}
          </Text>
        </BlockStack>
      </Box>
    );
  }
  const rows = [
    ...jobs.map((job) => (
      <JobRow key={`job-${job.jobId}`} job={job} busy={busy} onRetry={() => onRetryJob(job.jobId)} />
    )),
    ...events.map((event) => (
      <EventRow
        key={`event-${event.webhookId}`}
        event={event}
        busy={busy}
        onRetry={() => onRetryEvent(event.webhookId)}
        onMarkDone={() => onMarkDone(event.webhookId)}
      />
    )),
  ];
  return <DividedList flush>{rows}</DividedList>;
}
