import { BlockStack, Card, Checkbox, FormLayout, Text } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { useProgramEditor } from "./editor-context.tsx";
import { MoneyField, NumberField, Sentence } from "./fields.tsx";
import type { ProgramForm } from "./program-form.ts";
import { referralSentence } from "./program-sentences.ts";
import { useOnceWrong } from "./use-once-wrong.ts";

/** What a friend gets for coming, and the member for inviting them. */
export function ReferralSection() {
  const words = useAdmin();
  const { t } = words;
  const { form, change, settings } = useProgramEditor();
  const { referral } = form;
  const wrong = useOnceWrong("referral");
  const set = (part: Partial<ProgramForm["referral"]>) =>
    change((before) => ({ ...before, referral: { ...before.referral, ...part } }));
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t("program.referral.title")}
        </Text>
        <Checkbox
          label={t("program.referral.enabled")}
          checked={referral.enabled}
          onChange={(enabled) => set({ enabled })}
        />
        {referral.enabled || wrong ? <ReferralFields referral={referral} set={set} /> : null}
        <Sentence>{referralSentence(settings, words)}</Sentence>
      </BlockStack>
    </Card>
  );
}

function ReferralFields(props: {
  referral: ProgramForm["referral"];
  set(part: Partial<ProgramForm["referral"]>): void;
}) {
  const { t, locale } = useAdmin();
  const { settings } = useProgramEditor();
  const { referral, set } = props;
  return (
    <FormLayout>
      <FormLayout.Group>
        <MoneyField
          path="referral.friendAmountMinor"
          label={t("program.referral.friendAmount")}
          value={referral.friendAmount}
          onChange={(friendAmount) => set({ friendAmount })}
        />
        <MoneyField
          path="referral.friendMinimumMinor"
          label={t("program.referral.friendMinimum")}
          value={referral.friendMinimum}
          onChange={(friendMinimum) => set({ friendMinimum })}
        />
      </FormLayout.Group>
      <FormLayout.Group>
        <NumberField
          path="referral.advocatePoints"
          label={t("program.referral.advocatePoints")}
          value={referral.advocatePoints}
          onChange={(advocatePoints) => set({ advocatePoints })}
          suffix={settings.pointsShort[locale]}
        />
        <NumberField
          path="referral.codeLifeDays"
          label={t("program.referral.codeLifeDays")}
          value={referral.codeLifeDays}
          onChange={(codeLifeDays) => set({ codeLifeDays })}
          suffix={t("program.unit.days")}
        />
      </FormLayout.Group>
      <NumberField
        path="referral.monthlyLimit"
        label={t("program.referral.monthlyLimit")}
        value={referral.monthlyLimit}
        onChange={(monthlyLimit) => set({ monthlyLimit })}
        suffix={t("program.unit.friends")}
        helpText={t("program.referral.monthlyLimit.help")}
      />
    </FormLayout>
  );
}
