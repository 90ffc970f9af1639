import {
  BlockStack,
  Button,
  ButtonGroup,
  Card,
  ChoiceList,
  InlineGrid,
  ProgressBar,
  Text,
} from "@shopify/polaris";
import { useState } from "react";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { CardHeading } from "#app/components/shared/card-heading.tsx";
import type { Words } from "#app/components/shared/words.ts";
import type { BackfillView, PostHistory } from "./history-views.ts";

interface BackfillCardProps {
  run: BackfillView | null;
  /** Orders set aside; `gone` where Shopify does not show them any more. */
  failures: { orderId: string; name: string | null; gone: boolean }[];
  /** Whether Shopify shows us orders older than 60 days. */
  allOrders: boolean;
  /** Whether the merchant has said that points start from today. */
  chosen: boolean;
  busy: boolean;
  post: PostHistory;
}

/** Points for the orders a shop had before: chosen by the merchant, never by itself. */
export function BackfillCard({ run, failures, allOrders, chosen, busy, post }: BackfillCardProps) {
  const words = useAdmin();
  const { t } = words;
  const active = run !== null && run.active;
  return (
    <Card>
      <BlockStack gap="400">
        <CardHeading title={t("backfill.title")} help={t("backfill.help")} />
        {run ? <Progress run={run} words={words} /> : null}
        {failures.map((failure) => (
          <Text as="p" key={failure.orderId} tone="critical">
            {t(failure.gone ? "backfill.failure.gone" : "backfill.failure", {
              name: failure.name ?? failure.orderId,
            })}
          </Text>
        ))}
        {active ? (
          <ButtonGroup>
            <Button
              loading={busy}
              onClick={() =>
                post({ intent: run.paused ? "backfill-resume" : "backfill-pause", runId: run.runId })
              }
            >
              {t(run.paused ? "backfill.resume" : "backfill.pause")}
            </Button>
            <Button
              variant="tertiary"
              tone="critical"
              disabled={busy}
              onClick={() => post({ intent: "backfill-stop", runId: run.runId })}
            >
              {t("backfill.stop")}
            </Button>
          </ButtonGroup>
        ) : (
          <Start again={run !== null} chosen={chosen} allOrders={allOrders} busy={busy} post={post} />
        )}
      </BlockStack>
    </Card>
  );
}

interface StartProps extends Pick<BackfillCardProps, "allOrders" | "chosen" | "busy" | "post"> {
  again: boolean;
}

function Start({ again, chosen, allOrders, busy, post }: StartProps) {
  const { t } = useAdmin();
  const [range, setRange] = useState<"sixty" | "all">(allOrders ? "all" : "sixty");
  return (
    <BlockStack gap="300">
      {allOrders ? (
        <ChoiceList
          title={t("backfill.range")}
          choices={(["all", "sixty"] as const).map((value) => ({
            value,
            label: t(`backfill.range.${value}`),
          }))}
          selected={[range]}
          onChange={([value]) => setRange(value === "all" ? "all" : "sixty")}
        />
      ) : (
        <Text as="p" tone="subdued">
          {t("backfill.days")}
        </Text>
      )}
      <ButtonGroup>
        <Button
          variant={again ? "secondary" : "primary"}
          loading={busy}
          onClick={() => post({ intent: "backfill-start", range })}
        >
          {t(again ? "backfill.again" : "backfill.start")}
        </Button>
        {again || chosen ? null : (
          <Button disabled={busy} onClick={() => post({ intent: "backfill-skip" })}>
            {t("backfill.skip")}
          </Button>
        )}
      </ButtonGroup>
    </BlockStack>
  );
}

function Progress({ run, words }: { run: BackfillView; words: Words }) {
  const { t } = words;
  const figures = [
    [t("backfill.found.orders"), words.number(run.ordersFound)],
    [t("backfill.found.awarded"), words.number(run.ordersAwarded)],
    [t("backfill.found.points"), words.points(run.pointsPosted)],
    [t("backfill.found.guests"), words.number(run.ordersGuest)],
    ...(run.ordersFailed > 0 ? [[t("backfill.found.failed"), words.number(run.ordersFailed)]] : []),
  ];
  const done = run.ordersSettled + run.ordersFailed;
  return (
    <BlockStack gap="300">
      <div role="status">
        <Text as="p" id="backfill-state" {...(run.state === "failed" ? { tone: "critical" as const } : {})}>
          {run.paused ? `${t("backfill.paused")} · ` : ""}
          {stateText(run, words)}
        </Text>
      </div>
      {run.state === "settling" && run.ordersFound > 0 ? (
        <ProgressBar
          progress={(done / run.ordersFound) * 100}
          size="small"
          tone="primary"
          ariaLabelledBy="backfill-state"
        />
      ) : null}
      <InlineGrid columns={{ xs: 2, md: figures.length }} gap="300">
        {figures.map(([label, value]) => (
          <BlockStack key={label} gap="050">
            <Text as="p" variant="bodySm" tone="subdued">
              {label}
            </Text>
            <Text as="p" variant="headingMd" numeric>
              {value}
            </Text>
          </BlockStack>
        ))}
      </InlineGrid>
    </BlockStack>
  );
}

function stateText(run: BackfillView, words: Words): string {
  const { t } = words;
  const date = words.date(run.finishedAt ?? run.startedAt);
  switch (run.state) {
    case "staging":
      return t("backfill.state.staging", { count: run.ordersFound });
    case "settling":
      return run.settledUntil === null
        ? t("backfill.state.settlingFirst", { total: run.ordersFound })
        : t("backfill.state.settling", {
            done: run.ordersSettled + run.ordersFailed,
            total: run.ordersFound,
            date: words.date(run.settledUntil),
          });
    case "done":
    case "stopped":
      return t(`backfill.state.${run.state}`, { date });
    default:
      return t(`backfill.state.${run.state}`);
  }
}
