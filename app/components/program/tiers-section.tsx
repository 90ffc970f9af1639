import {
  BlockStack,
  Box,
  Button,
  Card,
  Divider,
  FormLayout,
  InlineStack,
  Select,
  Text,
} from "@shopify/polaris";
import { PlusIcon } from "@shopify/polaris-icons";
import { Fragment } from "react";
import { LIMITS } from "#app/loyalty/program/settings.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { TierSeal } from "#app/components/shared/tier-seal.tsx";
import { useProgramEditor } from "./editor-context.tsx";
import { ListError, LocalizedFields, PlainField, Sentence } from "./fields.tsx";
import { newTier, putBack, removeAt, replaceAt } from "./list-edits.ts";
import type { TierForm } from "./program-form.ts";
import { tierSentence } from "./program-sentences.ts";
import { TierAmountField, TierRulesCard, TierTerms } from "./tier-rules.tsx";
import { UndoRemoval } from "./undo-removal.tsx";
import { newSuffix, useRemoval } from "./use-removal.ts";
import { useOnceWrong } from "./use-once-wrong.ts";

const SHAPES = ["circle", "hexagon", "diamond", "star", "shield"] as const;

/** How tiers are reached and kept, and each of them. */
export function TiersSection() {
  const { t, locale } = useAdmin();
  const { form, change } = useProgramEditor();
  const { removed, remember } = useRemoval(form.tiers);
  const rulesWrong = useOnceWrong("tierRules");
  const add = () => {
    const suffix = newSuffix();
    change((before) => ({ ...before, tiers: [...before.tiers, newTier(before, suffix)] }));
  };
  const remove = (index: number) => {
    const tier = form.tiers[index];
    if (!tier) return;
    remember(tier, index);
    change((before) => ({ ...before, tiers: removeAt(before.tiers, index) }));
  };
  const undo = () => {
    if (removed) change((before) => ({ ...before, tiers: putBack(before.tiers, removed) }));
  };
  return (
    <BlockStack gap="400">
      {form.tiers.length > 0 || rulesWrong ? <TierRulesCard /> : null}
      <Card>
        <BlockStack gap="400">
          <InlineStack align="space-between" blockAlign="center">
            <Text as="h2" variant="headingMd">
              {t("program.tiers.title")}
            </Text>
            <Button icon={PlusIcon} disabled={form.tiers.length >= LIMITS.tiersMax} onClick={add}>
              {t("program.tiers.add")}
            </Button>
          </InlineStack>
          <Text as="p" tone="subdued">
            {t(form.tiers.length === 0 ? "program.tiers.empty" : "program.tiers.help")}
          </Text>
          {removed ? (
            <UndoRemoval
              text={t("program.removed", { name: removed.entry.name[locale] || t("program.tier.untitled") })}
              onUndo={undo}
            />
          ) : null}
          <ListError path="tiers" />
          {form.tiers.map((tier, index) => (
            <Fragment key={tier.id}>
              {index > 0 ? <Divider /> : null}
              <TierFields tier={tier} index={index} onRemove={() => remove(index)} />
            </Fragment>
          ))}
        </BlockStack>
      </Card>
    </BlockStack>
  );
}

function TierFields({ tier, index, onRemove }: { tier: TierForm; index: number; onRemove(): void }) {
  const words = useAdmin();
  const { t, locale } = words;
  const { change, settings, exponent } = useProgramEditor();
  const set = (part: Partial<TierForm>) =>
    change((before) => ({ ...before, tiers: replaceAt(before.tiers, index, part) }));
  const name = tier.name[locale] || t("program.tier.untitled");
  const complete = settings.tiers.findIndex((entry) => entry.id === tier.id);
  return (
    <BlockStack gap="400">
      <InlineStack align="space-between" blockAlign="center">
        <InlineStack gap="200" blockAlign="center" align="start">
          <TierSeal shape={tier.shape} color={tier.color} />
          <Text as="h3" variant="bodyMd" fontWeight="semibold">
            {name}
          </Text>
        </InlineStack>
        <Button
          variant="plain"
          tone="critical"
          onClick={onRemove}
          accessibilityLabel={`${t("common.remove")}: ${name}`}
        >
          {t("common.remove")}
        </Button>
      </InlineStack>
      <LocalizedFields
        path={`tiers.${index}.name`}
        label={t("program.tier.name")}
        value={tier.name}
        onChange={(value) => set({ name: value })}
      />
      <FormLayout>
        <FormLayout.Group>
          <TierAmountField
            path={`tiers.${index}.thresholdMinor`}
            label={t("program.tier.threshold")}
            value={tier.threshold}
            onChange={(threshold) => set({ threshold })}
          />
          <PlainField
            path={`tiers.${index}.multiplier`}
            label={t("program.tier.multiplier")}
            value={tier.multiplier}
            onChange={(multiplier) => set({ multiplier })}
            suffix="×"
          />
        </FormLayout.Group>
        <FormLayout.Group>
          <Select
            label={t("program.tier.shape")}
            value={tier.shape}
            options={SHAPES.map((value) => ({ value, label: t(`program.shape.${value}`) }))}
            onChange={(shape) => set({ shape: shape as TierForm["shape"] })}
          />
          <ColorField tier={tier} index={index} onChange={(color) => set({ color })} />
        </FormLayout.Group>
      </FormLayout>
      {index > 0 || hasTerms(tier) ? <TierTerms tier={tier} index={index} set={set} /> : null}
      {complete >= 0 ? <Sentence>{tierSentence(settings, complete, words, exponent)}</Sentence> : null}
    </BlockStack>
  );
}

/** The first tier is everyone's and has no terms; one that became the first may still have some, to be taken off it. */
function hasTerms({ retain, entryPoints, invitationOnly }: TierForm): boolean {
  return retain.trim() !== "" || !["", "0"].includes(entryPoints.trim()) || invitationOnly;
}

function ColorField({
  tier,
  index,
  onChange,
}: {
  tier: TierForm;
  index: number;
  onChange(color: string): void;
}) {
  const { t } = useAdmin();
  const valid = /^#[0-9a-f]{6}$/i.test(tier.color);
  return (
    <InlineStack gap="200" blockAlign="end" wrap={false}>
      <div style={{ flex: 1 }}>
        <PlainField
          path={`tiers.${index}.color`}
          label={t("program.tier.color")}
          value={tier.color}
          onChange={onChange}
        />
      </div>
      <Box paddingBlockEnd="050">
        <input
          type="color"
          aria-label={t("program.tier.pickColor")}
          value={valid ? tier.color.toLowerCase() : "#8a8a8a"}
          onChange={(event) => onChange(event.target.value)}
          style={{ width: 44, height: 32, padding: 0, border: "none", background: "none", cursor: "pointer" }}
        />
      </Box>
    </InlineStack>
  );
}
