import { BlockStack, Card, ChoiceList, FormLayout, Text } from "@shopify/polaris";
import { CAMPAIGN_AWARDS } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import { MoneyField, NumberField, PlainField } from "#app/components/program/fields.tsx";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { useCampaignEditor } from "./campaign-context.tsx";

/** A multiplier on what the goods earn, or points on top of an order. */
export function CampaignAward() {
  const { t, shop, locale } = useAdmin();
  const { form, set } = useCampaignEditor().state;
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t("campaign.award.title")}
        </Text>
        <ChoiceList
          title={t("campaign.award")}
          choices={CAMPAIGN_AWARDS.map((value) => ({ value, label: t(`campaign.award.${value}`) }))}
          selected={[form.award]}
          onChange={([award]) => set({ award: award === "bonus" ? "bonus" : "multiplier" })}
        />
        {form.award === "multiplier" ? (
          <PlainField
            path="award.multiplier"
            label={t("campaign.multiplier")}
            value={form.multiplier}
            onChange={(multiplier) => set({ multiplier })}
            helpText={t("campaign.multiplier.help")}
          />
        ) : (
          <FormLayout>
            <FormLayout.Group>
              <NumberField
                path="award.points"
                label={t("campaign.bonus")}
                value={form.bonus}
                onChange={(bonus) => set({ bonus })}
                suffix={shop.pointsShort[locale]}
              />
              <MoneyField
                path="award.minimumMinor"
                label={t("campaign.minimum")}
                value={form.minimum}
                onChange={(minimum) => set({ minimum })}
                helpText={t("campaign.minimum.help")}
              />
            </FormLayout.Group>
          </FormLayout>
        )}
      </BlockStack>
    </Card>
  );
}

/** How much at most: in all, and per member. */
export function CampaignLimits() {
  const { t, shop, locale } = useAdmin();
  const { form, set } = useCampaignEditor().state;
  const suffix = shop.pointsShort[locale];
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t("campaign.limits.title")}
        </Text>
        <NumberField
          path="budget"
          label={t("campaign.budget")}
          value={form.budget}
          onChange={(budget) => set({ budget })}
          suffix={suffix}
          helpText={t("campaign.budget.help")}
        />
        <NumberField
          path="perMember"
          label={t("campaign.perMember")}
          value={form.perMember}
          onChange={(perMember) => set({ perMember })}
          suffix={suffix}
          helpText={t("campaign.perMember.help")}
        />
      </BlockStack>
    </Card>
  );
}
