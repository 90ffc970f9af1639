import { BlockStack, Card, Checkbox, FormLayout, Select, Text } from "@shopify/polaris";
import type { ComponentProps } from "react";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { useProgramEditor } from "./editor-context.tsx";
import { MoneyField, NumberField } from "./fields.tsx";
import type { ProgramForm, TierForm } from "./program-form.ts";

const BASES = ["spent", "points", "orders"] as const;
const WINDOWS = ["calendar_year", "rolling_12_months", "lifetime"] as const;

/** What counts towards every tier, over which time, and how gently one is lost. */
export function TierRulesCard() {
  const { t } = useAdmin();
  const { form, change } = useProgramEditor();
  const { tierRules } = form;
  const set = (part: Partial<ProgramForm["tierRules"]>) =>
    change((before) => ({ ...before, tierRules: { ...before.tierRules, ...part } }));
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t("program.tiers.rules")}
        </Text>
        <FormLayout>
          <FormLayout.Group>
            <Select
              label={t("program.tiers.basis")}
              value={tierRules.basis}
              options={BASES.map((value) => ({ value, label: t(`program.tiers.basis.${value}`) }))}
              onChange={(basis) => set({ basis: basis as (typeof BASES)[number] })}
            />
            <Select
              label={t("program.tiers.window")}
              value={tierRules.window}
              options={WINDOWS.map((value) => ({ value, label: t(`program.tiers.window.${value}`) }))}
              onChange={(window) => set({ window: window as (typeof WINDOWS)[number] })}
              helpText={t(`program.tiers.window.${tierRules.window}.help`)}
            />
          </FormLayout.Group>
          <FormLayout.Group>
            <NumberField
              path="tierRules.graceDays"
              label={t("program.tiers.graceDays")}
              value={tierRules.graceDays}
              onChange={(graceDays) => set({ graceDays })}
              suffix={t("program.unit.days")}
            />
            <NumberField
              path="tierRules.noticeDays"
              label={t("program.tiers.noticeDays")}
              value={tierRules.noticeDays}
              onChange={(noticeDays) => set({ noticeDays })}
              suffix={t("program.unit.days")}
              helpText={t("program.tiers.noticeDays.help")}
            />
          </FormLayout.Group>
        </FormLayout>
      </BlockStack>
    </Card>
  );
}

/** What keeps a tier, what entering it gives, and whether orders reach it at all. */
export function TierTerms({
  tier,
  index,
  set,
}: {
  tier: TierForm;
  index: number;
  set(part: Partial<TierForm>): void;
}) {
  const { t } = useAdmin();
  const { errorAt, touch } = useProgramEditor();
  const invitation = `tiers.${index}.invitationOnly`;
  const error = errorAt(invitation);
  return (
    <FormLayout>
      <FormLayout.Group>
        <TierAmountField
          path={`tiers.${index}.retainMinor`}
          label={t("program.tier.retain")}
          value={tier.retain}
          onChange={(retain) => set({ retain })}
          helpText={t("program.tier.retain.help")}
        />
        <NumberField
          path={`tiers.${index}.entryPoints`}
          label={t("program.tier.entryPoints")}
          value={tier.entryPoints}
          onChange={(entryPoints) => set({ entryPoints })}
          helpText={t("program.tier.entryPoints.help")}
        />
      </FormLayout.Group>
      <Checkbox
        id={`field-${invitation}`}
        label={t("program.tier.invitationOnly")}
        helpText={t("program.tier.invitationOnly.help")}
        checked={tier.invitationOnly}
        onChange={(invitationOnly) => {
          touch(invitation);
          set({ invitationOnly });
        }}
        {...(error ? { error } : {})}
      />
    </FormLayout>
  );
}

/** An amount towards a tier, in what the program counts. */
export function TierAmountField(props: ComponentProps<typeof NumberField>) {
  const { t } = useAdmin();
  const { form } = useProgramEditor();
  const { basis } = form.tierRules;
  if (basis === "spent") return <MoneyField {...props} />;
  return <NumberField {...props} suffix={t(`program.unit.${basis}`)} />;
}
