import {
  BlockStack,
  IndexTable,
  InlineStack,
  Link,
  ProgressBar,
  Text,
  useBreakpoints,
} from "@shopify/polaris";
import type { ReactNode } from "react";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { PhaseBadge } from "./campaign-cost.tsx";
import { budgetShare } from "./campaign-views.ts";
import type { CampaignView } from "./campaign-views.ts";
import { givesText, wallText, windowText } from "./campaign-words.ts";

/** Campaigns, a row each; the name opens the campaign. On a phone a row is a short card. */
export function CampaignTable({ rows, empty }: { rows: CampaignView[]; empty: ReactNode }) {
  const { t } = useAdmin();
  const { smDown } = useBreakpoints();
  return (
    <IndexTable
      resourceName={{ singular: t("campaigns.one"), plural: t("campaigns.many") }}
      itemCount={rows.length}
      selectable={false}
      condensed={smDown}
      emptyState={empty}
      headings={[
        { title: t("campaigns.column.name") },
        { title: t("campaigns.column.phase") },
        { title: t("campaigns.column.window") },
        { title: t("campaigns.column.cost") },
        { title: t("campaigns.column.orders"), alignment: "end" },
        { title: t("campaigns.column.members"), alignment: "end" },
      ]}
    >
      {rows.map((row, position) => (
        <IndexTable.Row key={row.campaignId} id={row.campaignId} position={position}>
          {smDown ? <Condensed row={row} /> : <Cells row={row} />}
        </IndexTable.Row>
      ))}
    </IndexTable>
  );
}

function Cells({ row }: { row: CampaignView }) {
  const words = useAdmin();
  return (
    <>
      <IndexTable.Cell>
        <BlockStack gap="050">
          <NameLink row={row} />
          <Text as="span" variant="bodySm" tone="subdued">
            {givesText(row.settings, words)}
          </Text>
        </BlockStack>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <PhaseBadge phase={row.phase} />
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Window row={row} />
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Cost row={row} />
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Text as="span" numeric alignment="end">
          {words.number(row.orders)}
        </Text>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Text as="span" numeric alignment="end">
          {words.number(row.members)}
        </Text>
      </IndexTable.Cell>
    </>
  );
}

function Condensed({ row }: { row: CampaignView }) {
  const words = useAdmin();
  const { t } = words;
  return (
    <div style={{ padding: "var(--p-space-300) var(--p-space-400)", inlineSize: "100%" }}>
      <BlockStack gap="150">
        <InlineStack align="space-between" blockAlign="start" gap="200">
          <NameLink row={row} />
          <PhaseBadge phase={row.phase} />
        </InlineStack>
        <Text as="span" variant="bodySm" tone="subdued">
          {givesText(row.settings, words)}
        </Text>
        <Text as="span" variant="bodySm" tone="subdued">
          {windowText(row.settings, words)}
        </Text>
        {row.status === "draft" ? null : (
          <>
            <Cost row={row} />
            <Text as="span" variant="bodySm" tone="subdued">
              {t("campaigns.figures", {
                orders: t("campaigns.orders", { count: row.orders }),
                members: t("campaigns.members", { count: row.members }),
              })}
            </Text>
          </>
        )}
      </BlockStack>
    </div>
  );
}

function NameLink({ row }: { row: CampaignView }) {
  const { locale } = useAdmin();
  return (
    <Link url={`/app/campaigns/${row.campaignId}`} dataPrimaryLink monochrome removeUnderline>
      <span style={{ display: "block", minInlineSize: "8rem", whiteSpace: "normal" }}>
        <Text as="span" fontWeight="semibold" breakWord>
          {row.settings.name[locale]}
        </Text>
      </span>
    </Link>
  );
}

/** Start and end below each other: side by side they would push the figures out of sight. */
function Window({ row }: { row: CampaignView }) {
  const words = useAdmin();
  const { starts, ends } = row.settings;
  return (
    <BlockStack gap="050">
      <Text as="span" variant="bodySm">
        {words.t("campaign.window.open", { starts: wallText(starts, words) })}
      </Text>
      {ends === null ? null : (
        <Text as="span" variant="bodySm">
          {words.t("campaign.window.to", { ends: wallText(ends, words) })}
        </Text>
      )}
    </BlockStack>
  );
}

/** What it has given, of what it may. */
function Cost({ row }: { row: CampaignView }) {
  const words = useAdmin();
  const { t, locale } = words;
  const { budget, name } = row.settings;
  const spent = words.plainPoints(row.spentPoints);
  const share = budgetShare(row);
  if (budget === null || share === null) {
    return <Text as="span">{row.status === "draft" ? "–" : t("campaigns.noBudget", { spent })}</Text>;
  }
  const id = `cost-${row.campaignId}`;
  return (
    <div style={{ minInlineSize: "9rem" }}>
      <BlockStack gap="100">
        <Text as="span" numeric>
          {t("campaigns.ofBudget", { spent, budget: words.plainPoints(budget) })}
        </Text>
        <ProgressBar progress={Math.round(share * 100)} size="small" tone="primary" ariaLabelledBy={id} />
        <Text as="span" visuallyHidden id={id}>
          {t("campaigns.budgetUsed", { name: name[locale], percent: words.percent(share) })}
        </Text>
      </BlockStack>
    </div>
  );
}
