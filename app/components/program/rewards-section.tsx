import {
  ActionList,
  Badge,
  BlockStack,
  Box,
  Button,
  Card,
  Checkbox,
  InlineStack,
  Popover,
  Text,
} from "@shopify/polaris";
import { PlusIcon } from "@shopify/polaris-icons";
import { useState } from "react";
import { LIMITS } from "#app/loyalty/program/settings.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { DividedList } from "#app/components/shared/divided-list.tsx";
import { useProgramEditor } from "./editor-context.tsx";
import { ListError } from "./fields.tsx";
import { newReward, putBack, removeAt, REWARD_KINDS } from "./list-edits.ts";
import type { RewardForm } from "./program-form.ts";
import { rewardSentence } from "./program-sentences.ts";
import { RewardEditor } from "./reward-editor.tsx";
import { UndoRemoval } from "./undo-removal.tsx";
import { newSuffix, useRemoval } from "./use-removal.ts";

/** What points can be used for. */
export function RewardsSection() {
  const { t, locale } = useAdmin();
  const { form, change, exponent } = useProgramEditor();
  const [open, setOpen] = useState<string | null>(null);
  const { removed, remember } = useRemoval(form.rewards);
  const add = (kind: RewardForm["kind"]) => {
    const reward = newReward(kind, exponent, newSuffix());
    change((before) => ({ ...before, rewards: [...before.rewards, reward] }));
    setOpen(reward.id);
  };
  const remove = (index: number) => {
    const reward = form.rewards[index];
    if (!reward) return;
    remember(reward, index);
    change((before) => ({ ...before, rewards: removeAt(before.rewards, index) }));
  };
  const undo = () => {
    if (removed) change((before) => ({ ...before, rewards: putBack(before.rewards, removed) }));
  };
  return (
    <BlockStack gap="400">
      <Card>
        <BlockStack gap="400">
          <InlineStack align="space-between" blockAlign="center">
            <Text as="h2" variant="headingMd">
              {t("program.rewards.title")}
            </Text>
            <AddReward onAdd={add} disabled={form.rewards.length >= LIMITS.rewardsMax} />
          </InlineStack>
          {removed ? (
            <UndoRemoval
              text={t("program.removed", {
                name: removed.entry.title[locale] || t("program.reward.untitled"),
              })}
              onUndo={undo}
            />
          ) : null}
          <ListError path="rewards" />
          {form.rewards.length === 0 ? (
            <Text as="p" tone="subdued">
              {t("program.rewards.empty")}
            </Text>
          ) : (
            <DividedList>
              {form.rewards.map((reward, index) => (
                <RewardRow
                  key={reward.id}
                  reward={reward}
                  index={index}
                  open={open === reward.id}
                  onToggle={() => setOpen(open === reward.id ? null : reward.id)}
                  onRemove={() => remove(index)}
                />
              ))}
            </DividedList>
          )}
        </BlockStack>
      </Card>
      <Card>
        <Checkbox
          label={t("program.cancelAllowed")}
          helpText={t("program.cancelAllowed.help")}
          checked={form.cancelAllowed}
          onChange={(cancelAllowed) => change((before) => ({ ...before, cancelAllowed }))}
        />
      </Card>
    </BlockStack>
  );
}

function RewardRow(props: {
  reward: RewardForm;
  index: number;
  open: boolean;
  onToggle(): void;
  onRemove(): void;
}) {
  const words = useAdmin();
  const { t, locale } = words;
  const { settings, wrongUnder } = useProgramEditor();
  const { reward, index, onToggle, onRemove } = props;
  // What is wrong is never hidden in a closed row.
  const open = props.open || wrongUnder(`rewards.${index}`);
  const complete = settings.rewards.find((entry) => entry.id === reward.id);
  const title = reward.title[locale] || t("program.reward.untitled");
  return (
    <BlockStack gap="400">
      <InlineStack align="space-between" blockAlign="start" gap="300" wrap={false}>
        <BlockStack gap="100">
          <InlineStack gap="200" blockAlign="center" align="start">
            <Text as="h3" variant="bodyMd" fontWeight="semibold">
              {title}
            </Text>
            <Badge>{t(`program.reward.kind.${reward.kind}`)}</Badge>
            {reward.enabled ? null : <Badge tone="attention">{t("program.reward.off")}</Badge>}
          </InlineStack>
          {complete ? (
            <Text as="p" tone="subdued">
              {rewardSentence(complete, words)}
            </Text>
          ) : null}
        </BlockStack>
        <div style={{ display: "flex", flex: "none", gap: "var(--p-space-300)", whiteSpace: "nowrap" }}>
          <Button
            variant="plain"
            onClick={onToggle}
            ariaExpanded={open}
            accessibilityLabel={`${t(open ? "common.close" : "common.edit")}: ${title}`}
          >
            {t(open ? "common.close" : "common.edit")}
          </Button>
          <Button
            variant="plain"
            tone="critical"
            onClick={onRemove}
            accessibilityLabel={`${t("common.remove")}: ${title}`}
          >
            {t("common.remove")}
          </Button>
        </div>
      </InlineStack>
      {open ? (
        <Box paddingInlineStart={{ xs: "0", md: "400" }}>
          <RewardEditor reward={reward} index={index} />
        </Box>
      ) : null}
    </BlockStack>
  );
}

function AddReward({ onAdd, disabled }: { onAdd(kind: RewardForm["kind"]): void; disabled: boolean }) {
  const { t } = useAdmin();
  const [active, setActive] = useState(false);
  const activator = (
    <Button icon={PlusIcon} disclosure disabled={disabled} onClick={() => setActive(!active)}>
      {t("program.rewards.add")}
    </Button>
  );
  return (
    <Popover
      active={active}
      activator={activator}
      onClose={() => setActive(false)}
      autofocusTarget="first-node"
    >
      <ActionList
        actionRole="menuitem"
        items={REWARD_KINDS.map((kind) => ({
          content: t(`program.reward.kind.${kind}`),
          helpText: t(`program.reward.kind.${kind}.help`),
          onAction: () => {
            setActive(false);
            onAdd(kind);
          },
        }))}
      />
    </Popover>
  );
}
