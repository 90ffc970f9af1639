import {
  BlockStack,
  Card,
  Checkbox,
  ChoiceList,
  InlineError,
  InlineStack,
  Select,
  Text,
} from "@shopify/polaris";
import { NumberField } from "#app/components/program/fields.tsx";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { TierSeal } from "#app/components/shared/tier-seal.tsx";
import { useCampaignEditor } from "./campaign-context.tsx";
import { offeredSegments } from "./campaign-form.ts";
import type { CampaignForm } from "./campaign-form.ts";
import { ReachLine } from "./reach-line.tsx";

/** Which members it is for, and of which tiers. */
export function CampaignWho() {
  const { t } = useAdmin();
  const { state, program } = useCampaignEditor();
  const { form, set } = state;
  const days = form.segment === "lapsed" || form.segment === "joined_within" ? form.segment : null;
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t("campaign.who.title")}
        </Text>
        <Select
          label={t("campaign.segment")}
          value={form.segment}
          options={offeredSegments(form.segment).map((value) => ({
            value,
            label: t(`campaign.segment.${value}`),
          }))}
          onChange={(segment) => set({ segment: segment as CampaignForm["segment"] })}
        />
        {days ? (
          <NumberField
            path="segment.days"
            label={t(`campaign.days.${days}`)}
            value={form.days}
            onChange={(value) => set({ days: value })}
            suffix={t("program.unit.days")}
          />
        ) : null}
        {program.tiers.length > 0 || form.tierIds.length > 0 ? <TierChoice /> : null}
        <ReachLine settings={state.settings} />
      </BlockStack>
    </Card>
  );
}

function TierChoice() {
  const { t, locale } = useAdmin();
  const { state, program } = useCampaignEditor();
  const { form, set, touch, errorAt } = state;
  const error = errorAt("tierIds");
  // A tier that was taken out of the program stays to be unchecked.
  const gone = form.tierIds.filter((id) => !program.tiers.some((tier) => tier.id === id));
  const check = (id: string, on: boolean) => {
    touch("tierIds");
    set({ tierIds: on ? [...form.tierIds, id] : form.tierIds.filter((entry) => entry !== id) });
  };
  return (
    <BlockStack gap="200">
      <ChoiceList
        title={t("campaign.tiers")}
        choices={(["all", "some"] as const).map((value) => ({ value, label: t(`campaign.tiers.${value}`) }))}
        selected={[form.tiers]}
        onChange={([tiers]) => set({ tiers: tiers === "some" ? "some" : "all" })}
      />
      {form.tiers === "some" ? (
        <div style={{ paddingInlineStart: "var(--p-space-600)" }}>
          <BlockStack gap="100">
            {program.tiers.map((tier, index) => (
              <Checkbox
                key={tier.id}
                {...(index === 0 ? { id: "field-tierIds" } : {})}
                label={
                  <InlineStack gap="150" blockAlign="center" wrap={false}>
                    <TierSeal shape={tier.shape} color={tier.color} size={16} />
                    <span>{tier.name[locale]}</span>
                  </InlineStack>
                }
                checked={form.tierIds.includes(tier.id)}
                onChange={(on) => check(tier.id, on)}
              />
            ))}
            {gone.map((id) => (
              <Checkbox
                key={id}
                label={t("campaign.tiers.missing", { id })}
                checked
                onChange={() => check(id, false)}
              />
            ))}
            {error ? <InlineError message={error} fieldID="field-tierIds" /> : null}
          </BlockStack>
        </div>
      ) : null}
    </BlockStack>
  );
}
