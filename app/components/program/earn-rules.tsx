import { Banner, BlockStack, Box, Button, Card, Divider, InlineStack, Select, Text } from "@shopify/polaris";
import { PlusIcon } from "@shopify/polaris-icons";
import { Fragment, useMemo } from "react";
import { storefrontGaps } from "#app/loyalty/members/program-metafield.ts";
import { EARN_LIMITS, RULE_KINDS } from "#app/loyalty/program/earn-settings.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { newRule, type EarnForm, type EarnRuleForm } from "./earn-form.ts";
import { useProgramEditor } from "./editor-context.tsx";
import { ListError, MoneyField, NumberField } from "./fields.tsx";
import { GoodsField } from "./goods-field.tsx";
import { putBack, removeAt, replaceAt } from "./list-edits.ts";
import { UndoRemoval } from "./undo-removal.tsx";
import { newSuffix, useRemoval } from "./use-removal.ts";

const EXCLUSIONS = [
  ["productIds", "product"],
  ["collectionIds", "collection"],
  ["tags", "tag"],
  ["vendors", "vendor"],
] as const;

/** Other rates for some goods, and goods that earn nothing. */
export function EarnRules() {
  const { t } = useAdmin();
  const { form, change } = useProgramEditor();
  const { rules, exclude } = form.earn;
  const { removed, remember } = useRemoval(rules);
  const set = (edit: (earn: EarnForm) => Partial<EarnForm>) =>
    change((before) => ({ ...before, earn: { ...before.earn, ...edit(before.earn) } }));
  const add = () => {
    const suffix = newSuffix();
    set((earn) => ({ rules: [...earn.rules, newRule(earn, suffix)] }));
  };
  const remove = (rule: EarnRuleForm, index: number) => {
    remember(rule, index);
    set((earn) => ({ rules: removeAt(earn.rules, index) }));
  };
  const undo = () => {
    if (removed) set((earn) => ({ rules: putBack(earn.rules, removed) }));
  };
  return (
    <Card>
      <BlockStack gap="400">
        <InlineStack align="space-between" blockAlign="center">
          <Text as="h2" variant="headingMd">
            {t("program.rules.title")}
          </Text>
          <Button icon={PlusIcon} disabled={rules.length >= EARN_LIMITS.rulesMax} onClick={add}>
            {t("program.rules.add")}
          </Button>
        </InlineStack>
        <Text as="p" tone="subdued">
          {t(rules.length === 0 ? "program.rules.empty" : "program.rules.help")}
        </Text>
        <StorefrontWarning />
        {removed ? (
          <UndoRemoval
            text={t("program.rule.removed", { number: String(removed.index + 1) })}
            onUndo={undo}
          />
        ) : null}
        <ListError path="earn.rules" />
        {rules.map((rule, index) => (
          <Fragment key={rule.id}>
            {index > 0 ? <Divider /> : null}
            <RuleFields
              rule={rule}
              index={index}
              onChange={(part) => set((earn) => ({ rules: replaceAt(earn.rules, index, part) }))}
              onRemove={() => remove(rule, index)}
            />
          </Fragment>
        ))}
        <Divider />
        <Text as="h3" variant="headingSm">
          {t("program.exclude.title")}
        </Text>
        {EXCLUSIONS.map(([key, kind]) => (
          <GoodsField
            key={key}
            kind={kind}
            path={`earn.exclude.${key}`}
            label={t(`program.exclude.${key}`)}
            value={exclude[key]}
            onChange={(text) => set((earn) => ({ exclude: { ...earn.exclude, [key]: text } }))}
          />
        ))}
      </BlockStack>
    </Card>
  );
}

/** Says what of the rates and exclusions the storefront has no room for; the engine knows them all. */
function StorefrontWarning() {
  const { t, shop } = useAdmin();
  const { settings } = useProgramEditor();
  const gaps = useMemo(() => storefrontGaps(settings, shop), [settings, shop]);
  if (gaps.rules === 0 && !gaps.exclusions) return null;
  return (
    <Banner tone="warning" title={t("program.storefront.title")}>
      <BlockStack gap="200">
        {gaps.rules > 0 ? <Text as="p">{t("program.storefront.rules", { count: gaps.rules })}</Text> : null}
        {gaps.exclusions ? <Text as="p">{t("program.storefront.exclusions")}</Text> : null}
        <Text as="p">{t("program.storefront.what")}</Text>
      </BlockStack>
    </Banner>
  );
}

function RuleFields(props: {
  rule: EarnRuleForm;
  index: number;
  onChange(part: Partial<EarnRuleForm>): void;
  onRemove(): void;
}) {
  const { t, locale } = useAdmin();
  const { settings } = useProgramEditor();
  const { rule, index, onChange, onRemove } = props;
  const path = `earn.rules.${index}`;
  return (
    <BlockStack gap="300">
      <InlineStack align="space-between" blockAlign="end" gap="300">
        <Box minWidth="180px">
          <Select
            label={t("program.rule.match")}
            value={rule.match}
            options={RULE_KINDS.map((value) => ({ value, label: t(`program.rule.${value}`) }))}
            onChange={(match) => onChange({ match: match as EarnRuleForm["match"] })}
          />
        </Box>
        <Button
          variant="tertiary"
          tone="critical"
          accessibilityLabel={t("program.rule.removeNamed", { number: String(index + 1) })}
          onClick={onRemove}
        >
          {t("program.rule.remove")}
        </Button>
      </InlineStack>
      <GoodsField
        kind={rule.match}
        path={`${path}.values`}
        label={t(`program.rule.values.${rule.match}`)}
        value={rule.values}
        onChange={(values) => onChange({ values })}
      />
      <InlineStack gap="300">
        <NumberField
          path={`${path}.points`}
          label={t("program.earn.points")}
          value={rule.points}
          onChange={(points) => onChange({ points })}
          suffix={settings.pointsShort[locale]}
        />
        <MoneyField
          path={`${path}.perMinor`}
          label={t("program.earn.per")}
          value={rule.per}
          onChange={(per) => onChange({ per })}
        />
      </InlineStack>
    </BlockStack>
  );
}
