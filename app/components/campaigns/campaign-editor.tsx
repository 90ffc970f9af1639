import { Banner, BlockStack, Card, Layout, Text } from "@shopify/polaris";
import type { ReactNode } from "react";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { LocalizedFields } from "#app/components/program/fields.tsx";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { CampaignAward, CampaignLimits } from "./campaign-award.tsx";
import { CampaignEditorProvider, useCampaignEditor } from "./campaign-context.tsx";
import { CampaignGoods } from "./campaign-goods.tsx";
import { OrderPreview, SummaryCard } from "./campaign-summary.tsx";
import { CampaignWhen } from "./campaign-when.tsx";
import { CampaignWho } from "./campaign-who.tsx";
import type { CampaignFormState } from "./use-campaign-form.ts";

/** The controls of a campaign, and beside them what they mean. */
export function CampaignEditor(props: {
  state: CampaignFormState;
  program: ProgramSettings;
  spentPoints: number;
  warnings: string[];
  /** Stands above what the controls mean. */
  aside?: ReactNode;
  /** Stands below the controls. */
  below?: ReactNode;
}) {
  const { state, program, spentPoints, warnings, aside, below } = props;
  const { t } = useAdmin();
  return (
    <CampaignEditorProvider state={state} program={program}>
      <BlockStack gap="400">
        {state.showing && state.issues.length > 0 ? (
          <Banner tone="critical" title={t("campaign.issues.title", { count: state.issues.length })} />
        ) : null}
        <Layout>
          <Layout.Section>
            <BlockStack gap="400">
              <NameCard />
              <CampaignAward />
              <CampaignWhen />
              <CampaignWho />
              <CampaignGoods />
              <CampaignLimits />
              {below}
            </BlockStack>
          </Layout.Section>
          <Layout.Section variant="oneThird">
            <div style={{ position: "sticky", top: "var(--p-space-400)" }}>
              <BlockStack gap="400">
                {aside}
                <SummaryCard warnings={warnings} />
                <OrderPreview spentPoints={spentPoints} />
              </BlockStack>
            </div>
          </Layout.Section>
        </Layout>
      </BlockStack>
    </CampaignEditorProvider>
  );
}

function NameCard() {
  const { t } = useAdmin();
  const { form, set } = useCampaignEditor().state;
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t("campaign.name.title")}
        </Text>
        <LocalizedFields
          path="name"
          label={t("campaign.name")}
          value={form.name}
          onChange={(name) => set({ name })}
          helpText={t("campaign.name.help")}
        />
      </BlockStack>
    </Card>
  );
}
