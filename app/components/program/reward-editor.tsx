import { BlockStack, Checkbox, ChoiceList, FormLayout } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { useProgramEditor } from "./editor-context.tsx";
import { LocalizedFields, MoneyField, NumberField } from "./fields.tsx";
import { replaceAt } from "./list-edits.ts";
import type { RewardForm } from "./program-form.ts";

const COMBINES = ["orderDiscounts", "productDiscounts", "shippingDiscounts"] as const;

/** The fields of one reward: what it costs and gives depends on its kind, the rest is the same for all. */
export function RewardEditor({ reward, index }: { reward: RewardForm; index: number }) {
  const { t } = useAdmin();
  const { change } = useProgramEditor();
  const set = (part: Partial<RewardForm>) =>
    change((before) => ({ ...before, rewards: replaceAt(before.rewards, index, part) }));
  return (
    <BlockStack gap="400">
      <LocalizedFields
        path={`rewards.${index}.title`}
        label={t("program.reward.title")}
        value={reward.title}
        onChange={(title) => set({ title })}
      />
      {reward.kind === "cash" ? (
        <CashFields reward={reward} index={index} set={set} />
      ) : (
        <CostFields reward={reward} index={index} set={set} />
      )}
      <FormLayout>
        <FormLayout.Group>
          <MoneyField
            path={`rewards.${index}.minimumMinor`}
            label={t("program.reward.minimum")}
            value={reward.minimum}
            onChange={(minimum) => set({ minimum })}
            helpText={t("program.reward.minimum.help")}
          />
          <NumberField
            path={`rewards.${index}.codeLifeDays`}
            label={t("program.reward.codeLifeDays")}
            value={reward.codeLifeDays}
            onChange={(codeLifeDays) => set({ codeLifeDays })}
            suffix={t("program.unit.days")}
            helpText={t("program.reward.codeLifeDays.help")}
          />
        </FormLayout.Group>
      </FormLayout>
      <ChoiceList
        allowMultiple
        title={t("program.reward.combines")}
        choices={COMBINES.map((value) => ({ value, label: t(`program.combines.${value}`) }))}
        selected={COMBINES.filter((value) => reward.combinesWith[value])}
        onChange={(chosen) =>
          set({
            combinesWith: {
              orderDiscounts: chosen.includes("orderDiscounts"),
              productDiscounts: chosen.includes("productDiscounts"),
              shippingDiscounts: chosen.includes("shippingDiscounts"),
            },
          })
        }
      />
      <Checkbox
        label={t("program.reward.enabled")}
        helpText={t("program.reward.enabled.help")}
        checked={reward.enabled}
        onChange={(enabled) => set({ enabled })}
      />
    </BlockStack>
  );
}

interface KindFieldsProps {
  reward: RewardForm;
  index: number;
  set(part: Partial<RewardForm>): void;
}

function CostFields({ reward, index, set }: KindFieldsProps) {
  const { t, locale } = useAdmin();
  const { settings } = useProgramEditor();
  return (
    <FormLayout>
      <FormLayout.Group>
        <NumberField
          path={`rewards.${index}.cost`}
          label={t("program.reward.cost")}
          value={reward.cost}
          onChange={(cost) => set({ cost })}
          suffix={settings.pointsShort[locale]}
        />
        {reward.kind === "amount_off" ? (
          <MoneyField
            path={`rewards.${index}.amountMinor`}
            label={t("program.reward.amount")}
            value={reward.amount}
            onChange={(amount) => set({ amount })}
          />
        ) : null}
        {reward.kind === "percentage_off" ? (
          <NumberField
            path={`rewards.${index}.percent`}
            label={t("program.reward.percent")}
            value={reward.percent}
            onChange={(percent) => set({ percent })}
            suffix="%"
          />
        ) : null}
      </FormLayout.Group>
    </FormLayout>
  );
}

function CashFields({ reward, index, set }: KindFieldsProps) {
  const { t, locale } = useAdmin();
  const { settings } = useProgramEditor();
  const unit = settings.pointsShort[locale];
  return (
    <FormLayout>
      <FormLayout.Group>
        <MoneyField
          path={`rewards.${index}.pointValueMinor`}
          label={t("program.reward.pointValue")}
          value={reward.pointValue}
          onChange={(pointValue) => set({ pointValue })}
        />
        <NumberField
          path={`rewards.${index}.stepPoints`}
          label={t("program.reward.stepPoints")}
          value={reward.stepPoints}
          onChange={(stepPoints) => set({ stepPoints })}
          suffix={unit}
        />
      </FormLayout.Group>
      <FormLayout.Group>
        <NumberField
          path={`rewards.${index}.minimumPoints`}
          label={t("program.reward.minimumPoints")}
          value={reward.minimumPoints}
          onChange={(minimumPoints) => set({ minimumPoints })}
          suffix={unit}
        />
        <NumberField
          path={`rewards.${index}.maximumPoints`}
          label={t("program.reward.maximumPoints")}
          value={reward.maximumPoints}
          onChange={(maximumPoints) => set({ maximumPoints })}
          suffix={unit}
          helpText={t("program.reward.maximumPoints.help")}
        />
      </FormLayout.Group>
    </FormLayout>
  );
}
