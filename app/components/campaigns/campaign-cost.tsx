import { Badge, BlockStack, Card, InlineStack, ProgressBar, Text } from "@shopify/polaris";
import { worthOf } from "#app/loyalty/insights/point-value.ts";
import type { PointValue } from "#app/loyalty/insights/point-value.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { budgetShare } from "./campaign-views.ts";
import type { CampaignView } from "./campaign-views.ts";

const TONES = {
  draft: undefined,
  scheduled: "info",
  live: "success",
  exhausted: "warning",
  ended: undefined,
} as const satisfies Record<CampaignView["phase"], string | undefined>;

/** Where a campaign stands, in a word. */
export function PhaseBadge({ phase }: { phase: CampaignView["phase"] }) {
  const { t } = useAdmin();
  const tone = TONES[phase];
  return <Badge {...(tone ? { tone } : {})}>{t(`campaign.phase.${phase}`)}</Badge>;
}

/** What it has given so far, of what it may, and what that is in money. */
export function CostCard({ campaign, value }: { campaign: CampaignView; value: PointValue | null }) {
  const words = useAdmin();
  const { t } = words;
  const { spentPoints, orders, members } = campaign;
  const { budget } = campaign.settings;
  const share = budgetShare(campaign);
  const facts: [string, string][] = [
    [t("campaign.cost.given"), words.plainPoints(spentPoints)],
    [
      t("campaign.cost.left"),
      budget === null ? t("campaign.cost.noBudget") : words.plainPoints(Math.max(0, budget - spentPoints)),
    ],
    ...(value
      ? [[t("campaign.cost.worth"), words.money(worthOf(spentPoints, value))] as [string, string]]
      : []),
    [t("campaign.cost.orders"), words.number(orders)],
    [t("campaign.cost.members"), words.number(members)],
    ...(orders > 0
      ? [
          [t("campaign.cost.perOrder"), words.plainPoints(Math.round(spentPoints / orders))] as [
            string,
            string,
          ],
        ]
      : []),
  ];
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd" id="campaign-cost">
          {t("campaign.cost.title")}
        </Text>
        {share === null ? null : (
          <BlockStack gap="100">
            <ProgressBar
              progress={Math.round(share * 100)}
              size="small"
              tone="primary"
              ariaLabelledBy="campaign-cost-bar"
            />
            <Text as="p" variant="bodySm" tone="subdued" id="campaign-cost-bar">
              {t("campaign.cost.bar", { percent: words.percent(share) })}
            </Text>
          </BlockStack>
        )}
        <BlockStack gap="150">
          {facts.map(([label, figure]) => (
            <InlineStack key={label} align="space-between" gap="200">
              <Text as="span" tone="subdued">
                {label}
              </Text>
              <Text as="span" numeric fontWeight="semibold">
                {figure}
              </Text>
            </InlineStack>
          ))}
        </BlockStack>
        <Text as="p" variant="bodySm" tone="subdued">
          {t("campaign.cost.note")}
        </Text>
      </BlockStack>
    </Card>
  );
}
