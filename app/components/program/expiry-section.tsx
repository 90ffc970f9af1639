import { BlockStack, Card, ChoiceList, FormLayout, Text } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { useProgramEditor } from "./editor-context.tsx";
import { NumberField, PlainField, Sentence } from "./fields.tsx";
import type { ProgramForm } from "./program-form.ts";
import { expirySentence } from "./program-sentences.ts";

const EXPIRY_KINDS = ["after_earning", "inactivity", "calendar", "none"] as const;

/** When points become usable, how long they last, and what happens when a refund takes more than is left. */
export function ExpirySection() {
  const words = useAdmin();
  const { t } = words;
  const { form, change, settings, now } = useProgramEditor();
  const setExpiry = (part: Partial<ProgramForm["expiry"]>) =>
    change((before) => ({ ...before, expiry: { ...before.expiry, ...part } }));
  const hold = settings.earn.holdDays;
  const months = (selected: boolean) => (selected ? <MonthsField /> : null);
  const dayOfYear = (selected: boolean) => (selected ? <DayOfYearFields /> : null);
  return (
    <BlockStack gap="400">
      <Card>
        <BlockStack gap="400">
          <Text as="h2" variant="headingMd">
            {t("program.hold.title")}
          </Text>
          <NumberField
            path="earn.holdDays"
            label={t("program.hold.days")}
            value={form.earn.holdDays}
            onChange={(holdDays) => change((before) => ({ ...before, earn: { ...before.earn, holdDays } }))}
            suffix={t("program.unit.days")}
            helpText={t("program.hold.help")}
          />
          <Sentence>
            {hold === 0 ? t("program.hold.sentence.none") : t("program.hold.sentence", { count: hold })}
          </Sentence>
        </BlockStack>
      </Card>
      <Card>
        <BlockStack gap="400">
          <ChoiceList
            title={<Heading text={t("program.expiry.title")} />}
            choices={[
              { value: "after_earning", label: t("program.expiry.after_earning"), renderChildren: months },
              { value: "inactivity", label: t("program.expiry.inactivity"), renderChildren: months },
              { value: "calendar", label: t("program.expiry.calendar"), renderChildren: dayOfYear },
              { value: "none", label: t("program.expiry.none") },
            ]}
            selected={[form.expiry.kind]}
            onChange={([kind]) =>
              setExpiry({ kind: EXPIRY_KINDS.find((entry) => entry === kind) ?? "after_earning" })
            }
          />
          <Sentence>{expirySentence(settings, words, now, words.shop.timeZone)}</Sentence>
        </BlockStack>
      </Card>
      <AroundExpiryCard />
      <Card>
        <ChoiceList
          title={<Heading text={t("program.shortfall.title")} />}
          choices={(["owed", "absorb"] as const).map((value) => ({
            value,
            label: t(`program.shortfall.${value}`),
            helpText: t(`program.shortfall.${value}.help`),
          }))}
          selected={[form.shortfall]}
          onChange={([shortfall]) =>
            change((before) => ({ ...before, shortfall: shortfall === "absorb" ? "absorb" : "owed" }))
          }
        />
      </Card>
    </BlockStack>
  );
}

function MonthsField() {
  const { t } = useAdmin();
  const { form, change } = useProgramEditor();
  return (
    <NumberField
      path="expiry.months"
      label={t("program.expiry.months")}
      value={form.expiry.months}
      onChange={(months) => change((before) => ({ ...before, expiry: { ...before.expiry, months } }))}
      suffix={t("program.unit.months")}
    />
  );
}

function DayOfYearFields() {
  const { t } = useAdmin();
  const { form, change } = useProgramEditor();
  const set = (part: Partial<ProgramForm["expiry"]>) =>
    change((before) => ({ ...before, expiry: { ...before.expiry, ...part } }));
  return (
    <FormLayout>
      <FormLayout.Group condensed>
        <NumberField
          path="expiry.month"
          label={t("program.expiry.month")}
          value={form.expiry.month}
          onChange={(month) => set({ month })}
        />
        <NumberField
          path="expiry.day"
          label={t("program.expiry.day")}
          value={form.expiry.day}
          onChange={(day) => set({ day })}
        />
      </FormLayout.Group>
    </FormLayout>
  );
}

/** When points about to lapse are noted, and how long the merchant may give them back afterwards. */
function AroundExpiryCard() {
  const { t } = useAdmin();
  const { form, change } = useProgramEditor();
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t("program.reminders.title")}
        </Text>
        <PlainField
          path="reminderDays"
          label={t("program.reminderDays")}
          value={form.reminderDays}
          onChange={(reminderDays) => change((before) => ({ ...before, reminderDays }))}
          suffix={t("program.unit.days")}
          helpText={t("program.reminderDays.help")}
        />
        <NumberField
          path="reinstateDays"
          label={t("program.reinstateDays")}
          value={form.reinstateDays}
          onChange={(reinstateDays) => change((before) => ({ ...before, reinstateDays }))}
          suffix={t("program.unit.days")}
          helpText={t("program.reinstateDays.help")}
        />
      </BlockStack>
    </Card>
  );
}

function Heading({ text }: { text: string }) {
  return (
    <Text as="span" variant="headingMd">
      {text}
    </Text>
  );
}
