import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData, useSearchParams } from "@remix-run/react";
import {
  Banner,
  BlockStack,
  Button,
  Card,
  InlineStack,
  Layout,
  Page,
  Select,
  Tabs,
  Text,
} from "@shopify/polaris";
import { ACTIVITY_VIEWS } from "#app/loyalty/insights/activity-view.ts";
import { readEvents, readExports, readJobs, readTopics } from "#app/loyalty/insights/read-activity.server.ts";
import { customerLabels } from "#app/loyalty/insights/customer-names.server.ts";
import { readNights } from "#app/loyalty/insights/read-nights.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { readReviews } from "#app/loyalty/referrals/read-reviews.server.ts";
import { requireAdmin } from "#app/platform/http/admin.server.ts";
import { activityAction } from "#app/components/activity/activity-actions.ts";
import { ActivityList } from "#app/components/activity/activity-list.tsx";
import { NightsCard } from "#app/components/activity/nights-card.tsx";
import { ExportsCard } from "#app/components/activity/exports-card.tsx";
import { ReviewsSection } from "#app/components/activity/reviews-card.tsx";
import { canRetry, topicText } from "#app/components/activity/explain-failure.ts";
import { runActivityAction } from "#app/components/activity/run-activity-action.server.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { readForm } from "#app/components/shared/admin-replies.server.ts";
import { ErrorPage } from "#app/components/shared/error-page.tsx";
import { useOutcomeToast } from "#app/components/shared/use-outcome.ts";
import type { ActionOutcome } from "#app/components/shared/use-outcome.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { services, shopId } = await requireAdmin(request);
  const { db } = services;
  const { searchParams } = new URL(request.url);
  const view = ACTIVITY_VIEWS.find((entry) => entry === searchParams.get("view")) ?? "attention";
  const topics = await readTopics(db, shopId);
  const topic = topics.find((entry) => entry === searchParams.get("topic")) ?? null;
  const after = searchParams.get("after");
  const [events, jobs, exports, nights, { reviews, more }, program] = await Promise.all([
    view === "jobs"
      ? null
      : readEvents(db, { shopId, only: view === "attention" ? "parked" : null, topic, after }),
    view === "all" ? [] : readJobs(db, { shopId, onlyFailed: view === "attention" }),
    readExports(db, shopId),
    readNights(db, shopId),
    readReviews(db, shopId),
    liveProgram(db, shopId),
  ]);
  return {
    view,
    topics,
    topic,
    events: events?.events ?? [],
    after: events?.after ?? null,
    jobs,
    exports,
    nights,
    referrals: {
      reviews,
      more,
      points: program.settings.referral.advocatePoints,
      // Names come from Shopify after the page: it need not wait for them.
      labels: customerLabels(
        services,
        shopId,
        reviews.map(({ customerId }) => customerId),
      ),
    },
  };
}

export async function action({ request }: ActionFunctionArgs) {
  const call = await requireAdmin(request);
  return runActivityAction(call, await readForm(request, activityAction));
}

export default function Activity() {
  const page = useLoaderData<typeof loader>();
  const { view, topics, topic, events, after, jobs, exports, nights, referrals } = page;
  const { t } = useAdmin();
  const [params, setParams] = useSearchParams();
  const fetcher = useFetcher<ActionOutcome>();
  useOutcomeToast(fetcher.data);
  const busy = fetcher.state !== "idle";
  const open = (changes: Record<string, string | null>) => {
    const next = new URLSearchParams(params);
    next.delete("after");
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) next.delete(name);
      else next.set(name, value);
    }
    setParams(next);
  };
  const post = (fields: Record<string, string>) => {
    void fetcher.submit({ idempotencyKey: crypto.randomUUID(), ...fields }, { method: "post" });
  };
  const failures = events.filter(canRetry).length;
  const failed = jobs.filter((job) => job.state === "failed").length;
  return (
    <Page
      title={t("activity.title")}
      {...(view === "attention" && failures + failed > 0
        ? {
            primaryAction: {
              content: t("activity.retryAll"),
              loading: busy,
              onAction: () => post({ intent: "retry-all" }),
            },
          }
        : {})}
    >
      <Layout>
        {fetcher.data?.problem ? (
          <Layout.Section variant="fullWidth">
            <Banner tone="warning" title={fetcher.data.problem} />
          </Layout.Section>
        ) : null}
        <Layout.Section>
          <ReviewsSection {...referrals} busy={busy} post={post} />
          <Card padding="0">
            <Tabs
              tabs={ACTIVITY_VIEWS.map((id) => ({
                id: `view-${id}`,
                panelID: "activity-panel",
                content: t(`activity.view.${id}`),
              }))}
              selected={ACTIVITY_VIEWS.indexOf(view)}
              onSelect={(index) => open({ view: ACTIVITY_VIEWS[index] ?? "attention", topic: null })}
            />
            <div role="tabpanel" id="activity-panel" aria-labelledby={`view-${view}`}>
              <BlockStack>
                {view === "all" && topics.length > 0 ? (
                  <div style={{ padding: "var(--p-space-300) var(--p-space-400) 0" }}>
                    <Select
                      label={t("activity.topic")}
                      labelInline
                      value={topic ?? ""}
                      options={[
                        { value: "", label: t("activity.topic.all") },
                        ...topics.map((value) => ({ value, label: `${topicText(value, t)} (${value})` })),
                      ]}
                      onChange={(value) => open({ topic: value === "" ? null : value })}
                    />
                  </div>
                ) : null}
                <ActivityList
                  view={view}
                  events={events}
                  jobs={jobs}
                  othersWait={referrals.reviews.length > 0}
                  busy={busy}
                  onRetryEvent={(webhookId) => post({ intent: "retry-event", webhookId })}
                  onMarkDone={(webhookId) => post({ intent: "mark-done", webhookId })}
                  onRetryJob={(jobId) => post({ intent: "retry-job", jobId })}
                />
                {after ? (
                  <InlineStack align="center">
                    <div style={{ padding: "var(--p-space-400)" }}>
                      <Button onClick={() => open({ after })}>{t("activity.older")}</Button>
                    </div>
                  </InlineStack>
                ) : null}
              </BlockStack>
            </div>
          </Card>
        </Layout.Section>
        <Layout.Section variant="oneThird">
          <BlockStack gap="400">
            <NightsCard nights={nights} />
            <ExportsCard exports={exports} />
            <Card>
              <Text as="p" variant="bodySm" tone="subdued">
                {t("activity.help")}
              </Text>
            </Card>
          </BlockStack>
        </Layout.Section>
      </Layout>
    </Page>
  );
}

export { ErrorPage as ErrorBoundary };
export { shouldRevalidate } from "#app/components/shared/revalidate.ts";
