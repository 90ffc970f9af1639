import { BlockStack, Card, InlineStack, Text } from "@shopify/polaris";
import { Sentence } from "#app/components/program/fields.tsx";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { CardHeading } from "#app/components/shared/card-heading.tsx";
import { TierSeal } from "#app/components/shared/tier-seal.tsx";
import { useCampaignEditor } from "./campaign-context.tsx";
import { previewCampaignOrder } from "./campaign-preview.ts";
import type { PreviewRow } from "./campaign-preview.ts";
import { campaignSentence } from "./campaign-words.ts";
import { WarningList } from "./warning-list.tsx";

/** The whole campaign in a sentence, and what to think of before it starts. */
export function SummaryCard({ warnings }: { warnings: string[] }) {
  const words = useAdmin();
  const { t } = words;
  const { state, program } = useCampaignEditor();
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t("campaign.summary.title")}
        </Text>
        {state.complete ? null : (
          <Text as="p" variant="bodySm" tone="subdued">
            {t("campaign.preview.incomplete")}
          </Text>
        )}
        <Sentence>{campaignSentence(state.settings, program.tiers, words)}</Sentence>
        <WarningList warnings={warnings} />
      </BlockStack>
    </Card>
  );
}

/** What an order would earn with it and without, tier by tier. */
export function OrderPreview({ spentPoints }: { spentPoints: number }) {
  const words = useAdmin();
  const { t } = words;
  const { state, program } = useCampaignEditor();
  const { settings } = state;
  const exponent = words.shop.currencyExponent;
  const { amountMinor, rows, cut } = previewCampaignOrder(settings, program, { exponent, spentPoints });
  return (
    <Card>
      <BlockStack gap="300">
        <CardHeading
          title={t("campaign.preview.title", { money: words.money(amountMinor) })}
          help={t("campaign.preview.text")}
        />
        <table style={{ width: "100%", borderCollapse: "collapse" }}>
          <thead>
            <tr>
              <HeadCell label={t("campaign.preview.tier")} start />
              <HeadCell label={t("campaign.preview.usual")} />
              <HeadCell label={t("campaign.preview.with")} />
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <OrderRow key={row.tier?.id ?? ""} row={row} />
            ))}
          </tbody>
        </table>
        {cut ? (
          <Text as="p" variant="bodySm" tone="subdued">
            {t("campaign.preview.cut")}
          </Text>
        ) : null}
      </BlockStack>
    </Card>
  );
}

const CELL = { paddingBlock: "var(--p-space-100)", paddingInlineStart: "var(--p-space-200)" } as const;

function HeadCell({ label, start = false }: { label: string; start?: boolean }) {
  return (
    <th
      scope="col"
      style={{
        ...CELL,
        ...(start ? { paddingInlineStart: 0 } : {}),
        textAlign: start ? "start" : "end",
        color: "var(--p-color-text-secondary)",
        fontSize: "var(--p-font-size-300)",
        fontWeight: "var(--p-font-weight-regular)",
      }}
    >
      {label}
    </th>
  );
}

function OrderRow({ row }: { row: PreviewRow }) {
  const words = useAdmin();
  const { t, locale } = words;
  const { tier, usual, withCampaign } = row;
  return (
    <tr>
      <th scope="row" style={{ ...CELL, paddingInlineStart: 0, textAlign: "start" }}>
        <InlineStack gap="150" blockAlign="center" wrap={false}>
          {tier ? <TierSeal shape={tier.shape} color={tier.color} size={16} /> : null}
          <Text as="span" fontWeight="regular">
            {tier ? tier.name[locale] : t("campaign.preview.everyone")}
          </Text>
        </InlineStack>
      </th>
      <td style={{ ...CELL, textAlign: "end" }}>
        <Text as="span" numeric tone="subdued">
          {words.plainPoints(usual)}
        </Text>
      </td>
      <td style={{ ...CELL, textAlign: "end" }}>
        {withCampaign === null ? (
          <Text as="span" variant="bodySm" tone="subdued">
            {t("campaign.preview.notFor")}
          </Text>
        ) : (
          <Text as="span" numeric fontWeight="semibold">
            {words.plainPoints(withCampaign)}
          </Text>
        )}
      </td>
    </tr>
  );
}
