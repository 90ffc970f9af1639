import { BlockStack, Card, Checkbox, FormLayout, Select, Text } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { EarnLimits } from "./earn-limits.tsx";
import { EarnRules } from "./earn-rules.tsx";
import { useProgramEditor } from "./editor-context.tsx";
import { MoneyField, NumberField, Sentence } from "./fields.tsx";
import type { ProgramForm } from "./program-form.ts";
import { earnSentence, roundingSentence } from "./program-sentences.ts";

/** How much an order earns, and which orders. */
export function EarnSection() {
  const words = useAdmin();
  const { t } = words;
  const { form, change, settings, exponent } = useProgramEditor();
  const { earn } = form;
  const set = (part: Partial<ProgramForm["earn"]>) =>
    change((before) => ({ ...before, earn: { ...before.earn, ...part } }));
  return (
    <BlockStack gap="400">
      <Card>
        <BlockStack gap="400">
          <Text as="h2" variant="headingMd">
            {t("program.earn.title")}
          </Text>
          <FormLayout>
            <FormLayout.Group>
              <NumberField
                path="earn.points"
                label={t("program.earn.points")}
                value={earn.points}
                onChange={(points) => set({ points })}
                suffix={settings.pointsShort[words.locale]}
              />
              <MoneyField
                path="earn.perMinor"
                label={t("program.earn.per")}
                value={earn.per}
                onChange={(per) => set({ per })}
              />
            </FormLayout.Group>
          </FormLayout>
          <Sentence>{earnSentence(settings, words, exponent)}</Sentence>
          <Select
            label={t("program.earn.rounding")}
            value={earn.rounding}
            options={(["down", "nearest", "up"] as const).map((value) => ({
              value,
              label: t(`program.rounding.${value}.label`),
            }))}
            onChange={(rounding) => set({ rounding: rounding as ProgramForm["earn"]["rounding"] })}
            helpText={roundingSentence(settings, words, exponent)}
          />
          <Select
            label={t("program.stacking")}
            value={earn.stacking}
            options={(["multiplied", "best_only"] as const).map((value) => ({
              value,
              label: t(`program.stacking.${value}`),
            }))}
            onChange={(stacking) => set({ stacking: stacking as ProgramForm["earn"]["stacking"] })}
            helpText={t(`program.stacking.help.${earn.stacking}`)}
          />
        </BlockStack>
      </Card>
      <EarnRules />
      <EarnLimits />
      <Card>
        <BlockStack gap="400">
          <Text as="h2" variant="headingMd">
            {t("program.orders.title")}
          </Text>
          <Select
            label={t("program.earn.on")}
            value={earn.on}
            options={(["paid", "fulfilled"] as const).map((value) => ({
              value,
              label: t(`program.on.${value}`),
            }))}
            onChange={(on) => set({ on: on as ProgramForm["earn"]["on"] })}
            helpText={t(`program.on.${earn.on}.help`)}
          />
          <Select
            label={t("program.earn.includedTax")}
            value={earn.includedTax}
            options={(["earns", "excluded"] as const).map((value) => ({
              value,
              label: t(`program.tax.${value}`),
            }))}
            onChange={(tax) => set({ includedTax: tax as ProgramForm["earn"]["includedTax"] })}
            helpText={t("program.tax.help")}
          />
          <NumberField
            path="guestClaimDays"
            label={t("program.guestClaimDays")}
            value={form.guestClaimDays}
            onChange={(guestClaimDays) => change((before) => ({ ...before, guestClaimDays }))}
            suffix={t("program.unit.days")}
            helpText={t("program.guestClaimDays.help")}
          />
          <Checkbox
            label={t("program.testOrders")}
            helpText={t("program.testOrders.help")}
            checked={earn.testOrders}
            onChange={(testOrders) => set({ testOrders })}
          />
          <Text as="p" variant="bodySm" tone="subdued">
            {t("program.earn.leftOut")}
          </Text>
        </BlockStack>
      </Card>
    </BlockStack>
  );
}
