import { Badge, BlockStack, Button, Card, InlineStack, Text } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { CardHeading } from "#app/components/shared/card-heading.tsx";
import { DividedList } from "#app/components/shared/divided-list.tsx";
import type { AdminKey, Words } from "#app/components/shared/words.ts";
import type { DifferenceView, PostHistory, ReconciliationView } from "./history-views.ts";

const RUNS_SHOWN = 5;

interface ReconciliationCardProps {
  runs: ReconciliationView[];
  differences: DifferenceView[];
  now: string;
  busy: boolean;
  post: PostHistory;
}

/** What Shopify says, what we held, and what was put right. */
export function ReconciliationCard({ runs, differences, now, busy, post }: ReconciliationCardProps) {
  const words = useAdmin();
  const { t } = words;
  return (
    <Card>
      <BlockStack gap="400">
        <InlineStack align="space-between" blockAlign="start" gap="200">
          <CardHeading title={t("reconcile.title")} help={t("reconcile.help")} />
          <Button loading={busy} onClick={() => post({ intent: "reconcile-now" })}>
            {t("reconcile.now")}
          </Button>
        </InlineStack>
        {runs.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("reconcile.none")}
          </Text>
        ) : (
          <DividedList>
            {runs.slice(0, RUNS_SHOWN).map((run) => (
              <Run key={run.runId} run={run} now={now} />
            ))}
          </DividedList>
        )}
        {differences.length === 0 ? null : (
          <BlockStack gap="200">
            <Text as="h3" variant="headingSm">
              {t("reconcile.differences")}
            </Text>
            <DividedList>
              {differences.map((difference) => (
                <Difference key={`${difference.runId}:${difference.orderId}`} difference={difference} />
              ))}
            </DividedList>
          </BlockStack>
        )}
      </BlockStack>
    </Card>
  );
}

function Run({ run, now }: { run: ReconciliationView; now: string }) {
  const words = useAdmin();
  const { t } = words;
  return (
    <InlineStack align="space-between" gap="200">
      <Text as="span">{runText(run, words)}</Text>
      <Text as="span" tone="subdued">
        {words.relative(run.startedAt, now)}
        {run.actor === "system" ? "" : ` · ${t("reconcile.by.merchant")}`}
      </Text>
    </InlineStack>
  );
}

function runText(run: ReconciliationView, { t }: Words): string {
  if (run.state !== "done") return t(`reconcile.${run.state}`);
  const { compared, differing, mended, failed } = run;
  const found =
    differing === 0
      ? t("reconcile.same", { count: compared })
      : t("reconcile.found", { compared, differing, mended });
  return failed > 0 ? `${found} · ${t("reconcile.failed", { count: failed })}` : found;
}

function Difference({ difference }: { difference: DifferenceView }) {
  const words = useAdmin();
  const { t } = words;
  const { shopifySays, weHeld, outcome, pointsBefore, pointsAfter } = difference;
  const [status = ""] = shopifySays?.disputes ?? [];
  return (
    <BlockStack gap="050">
      <InlineStack align="space-between" gap="200">
        <InlineStack gap="200">
          <Text as="span" fontWeight="semibold">
            {difference.name ?? difference.orderId}
          </Text>
          <Badge
            {...(outcome === "mended"
              ? { tone: "success" }
              : outcome === "failed"
                ? { tone: "critical" }
                : {})}
          >
            {t(`reconcile.outcome.${outcome}`)}
          </Badge>
        </InlineStack>
        <Text as="span" numeric>
          {`${words.plainPoints(pointsBefore)} → ${words.plainPoints(pointsAfter)}`}
        </Text>
      </InlineStack>
      <Text as="p" variant="bodySm" tone="subdued">
        {t(`reconcile.why.${difference.why}`, { status: t(`reconcile.dispute.${status}` as AdminKey) })}
      </Text>
      {shopifySays ? (
        <Text as="p" variant="bodySm" tone="subdued">
          {t("reconcile.says", { state: orderText(shopifySays, words) })}
          {weHeld ? ` · ${t("reconcile.held", { state: orderText(weHeld, words) })}` : ""}
        </Text>
      ) : null}
    </BlockStack>
  );
}

function orderText(order: NonNullable<DifferenceView["weHeld"]>, { t }: Words): string {
  const state = t(
    order.cancelled ? "reconcile.state.cancelled" : (`reconcile.state.${order.financialStatus}` as AdminKey),
  );
  return order.refunds > 0 ? t("reconcile.state.refunds", { state, count: order.refunds }) : state;
}
