import {
  BlockStack,
  Button,
  ButtonGroup,
  Card,
  Checkbox,
  InlineGrid,
  InlineStack,
  Link,
  Text,
  TextField,
} from "@shopify/polaris";
import { useState } from "react";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { CardHeading } from "#app/components/shared/card-heading.tsx";
import { DividedList } from "#app/components/shared/divided-list.tsx";
import type { Words } from "#app/components/shared/words.ts";
import type { PostHistory, RateView, ResettledOrderView, ResettlementView } from "./history-views.ts";

interface ResettleCardProps {
  run: ResettlementView | null;
  busy: boolean;
  post: PostHistory;
}

/** A period's orders settled again: first what would change, then the change. */
export function ResettleCard({ run, busy, post }: ResettleCardProps) {
  const { t } = useAdmin();
  const open = run !== null && ["previewing", "previewed", "applying"].includes(run.state);
  return (
    <Card>
      <BlockStack gap="400">
        <CardHeading title={t("resettle.title")} help={t("resettle.help")} />
        {run && run.state !== "discarded" ? <Found run={run} busy={busy} post={post} /> : null}
        {open ? null : <Ask busy={busy} post={post} />}
      </BlockStack>
    </Card>
  );
}

function Ask({ busy, post }: Pick<ResettleCardProps, "busy" | "post">) {
  const { t } = useAdmin();
  const [since, setSince] = useState("");
  const [until, setUntil] = useState("");
  const [reprice, setReprice] = useState(false);
  const [asked, setAsked] = useState(false);
  const missing = (day: string) => (asked && day === "" ? { error: t("resettle.problem.date") } : {});
  const backwards = since !== "" && until !== "" && until < since;
  const preview = () => {
    setAsked(true);
    if (since === "" || until === "" || backwards) return;
    post({ intent: "resettle-preview", since, until, reprice: reprice ? "on" : "off" });
  };
  return (
    <BlockStack gap="300">
      <InlineGrid columns={{ xs: 1, sm: 2 }} gap="300">
        <TextField
          label={t("resettle.since")}
          type="date"
          autoComplete="off"
          value={since}
          onChange={setSince}
          {...missing(since)}
        />
        <TextField
          label={t("resettle.until")}
          type="date"
          autoComplete="off"
          value={until}
          onChange={setUntil}
          {...(backwards ? { error: t("resettle.problem.empty_period") } : missing(until))}
        />
      </InlineGrid>
      <Checkbox
        label={t("resettle.reprice")}
        helpText={t("resettle.reprice.help")}
        checked={reprice}
        onChange={setReprice}
      />
      <InlineStack>
        <Button loading={busy} onClick={preview}>
          {t("resettle.preview")}
        </Button>
      </InlineStack>
    </BlockStack>
  );
}

function Found({ run, busy, post }: { run: ResettlementView; busy: boolean; post: PostHistory }) {
  const words = useAdmin();
  const { t } = words;
  const last = new Date(Date.parse(run.until) - 1).toISOString();
  return (
    <BlockStack gap="300">
      <div role="status">
        <BlockStack gap="100">
          <Text as="p" variant="bodySm" tone="subdued">
            {t("resettle.period", { since: words.date(run.since), until: words.date(last) })}
          </Text>
          <Text as="p" fontWeight="semibold">
            {foundText(run, words)}
          </Text>
          {run.ordersFailed > 0 ? (
            <Text as="p" tone="critical">
              {t("resettle.failed", { count: run.ordersFailed })}
            </Text>
          ) : null}
        </BlockStack>
      </div>
      {run.orders.length === 0 ? null : (
        <BlockStack gap="200">
          <Text as="h3" variant="headingSm">
            {t("resettle.sample")}
          </Text>
          <DividedList>
            {run.orders.map((order) => (
              <Order key={order.orderId} order={order} />
            ))}
          </DividedList>
        </BlockStack>
      )}
      {run.state === "previewing" || run.state === "previewed" ? (
        <ButtonGroup>
          {run.state === "previewed" && run.totals.orders > 0 ? (
            <Button
              variant="primary"
              loading={busy}
              onClick={() => post({ intent: "resettle-apply", runId: run.runId })}
            >
              {t("resettle.apply")}
            </Button>
          ) : null}
          <Button disabled={busy} onClick={() => post({ intent: "resettle-discard", runId: run.runId })}>
            {t("resettle.discard")}
          </Button>
        </ButtonGroup>
      ) : null}
    </BlockStack>
  );
}

function foundText(run: ResettlementView, words: Words): string {
  const { t } = words;
  const { orders, members, pointsUp, pointsDown } = run.totals;
  const figures = { orders, members, up: words.signed(pointsUp), down: words.signed(pointsDown) };
  switch (run.state) {
    case "previewing":
      return t("resettle.previewing", { count: run.ordersSeen });
    case "applying":
      return t("resettle.applying", { done: run.ordersApplied, total: orders });
    case "done":
      return t("resettle.changed", figures);
    case "stopped":
      return t("resettle.stopped", figures);
    default:
      return orders === 0
        ? t("resettle.nothing", { count: run.ordersSeen })
        : t("resettle.wouldChange", figures);
  }
}

function Order({ order }: { order: ResettledOrderView }) {
  const words = useAdmin();
  const { t } = words;
  const name = order.name ?? order.orderId;
  const { before, after } = order;
  return (
    <BlockStack gap="050">
      <InlineStack align="space-between" gap="200">
        {order.memberId ? (
          <Link url={`/app/members/${order.memberId}`} monochrome>
            {name}
          </Link>
        ) : (
          <Text as="span">{name}</Text>
        )}
        <Text as="span" numeric>
          {`${words.plainPoints(order.pointsBefore)} → ${words.plainPoints(order.pointsAfter)}`}
        </Text>
      </InlineStack>
      <Text as="p" variant="bodySm" tone="subdued">
        {order.why === "repriced" && before && after
          ? t("resettle.why.repriced", {
              before: before.programVersion,
              rateBefore: rateText(before, words),
              after: after.programVersion,
              rateAfter: rateText(after, words),
            })
          : t("resettle.why.settled_again")}
      </Text>
    </BlockStack>
  );
}

function rateText(rate: RateView, words: Words): string {
  return words.t("resettle.rate", {
    points: words.plainPoints(rate.points),
    money: words.money(rate.perMinor),
    multiplier: rate.multiplier,
  });
}
