import {
  BlockStack,
  Box,
  Button,
  ButtonGroup,
  Card,
  Divider,
  InlineStack,
  ProgressBar,
  Select,
  Text,
} from "@shopify/polaris";
import { useState } from "react";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import type { Locale } from "#app/platform/i18n/translate.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { TierSeal } from "#app/components/shared/tier-seal.tsx";
import { createWords } from "#app/components/shared/words.ts";
import type { Words } from "#app/components/shared/words.ts";
import { useProgramEditor } from "./editor-context.tsx";
import { previewModel } from "./preview-model.ts";
import type { PreviewModel } from "./preview-model.ts";

/** What a shopper will see, while the merchant types: the line on a product, and the panel. */
export function ProgramPreview({ complete }: { complete: boolean }) {
  const { t, shop, locale } = useAdmin();
  const { settings, exponent } = useProgramEditor();
  const [language, setLanguage] = useState<Locale>(locale);
  const [tierId, setTierId] = useState("");
  const { pointsName, pointsShort } = settings;
  const words = createWords({ ...shop, pointsName, pointsShort, locale: language });
  const model = previewModel(settings, words, exponent, tierId);
  return (
    <Card>
      <BlockStack gap="400">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <Text as="h2" variant="headingMd">
            {t("preview.title")}
          </Text>
          <ButtonGroup variant="segmented">
            {(["en", "ko"] as const).map((value) => (
              <Button
                key={value}
                size="micro"
                pressed={language === value}
                onClick={() => setLanguage(value)}
              >
                {t(`preview.language.${value}`)}
              </Button>
            ))}
          </ButtonGroup>
        </InlineStack>
        {complete ? null : (
          <Text as="p" variant="bodySm" tone="subdued">
            {t("preview.incomplete")}
          </Text>
        )}
        {settings.tiers.length > 1 ? (
          <TierChoice settings={settings} tierId={model.tierId} onChange={setTierId} />
        ) : null}
        <div
          lang={language}
          role="img"
          aria-label={t("preview.label", {
            line: [model.productLine, ...model.ruleLines, ...model.capLines].join(". "),
            balance: model.balance,
          })}
        >
          <div aria-hidden="true">
            <BlockStack gap="400">
              <ProductLine model={model} words={words} />
              <Panel model={model} words={words} />
            </BlockStack>
          </div>
        </div>
      </BlockStack>
    </Card>
  );
}

function TierChoice(props: { settings: ProgramSettings; tierId: string; onChange(id: string): void }) {
  const { t, locale } = useAdmin();
  return (
    <Select
      label={t("preview.tier")}
      labelInline
      value={props.tierId}
      options={props.settings.tiers.map((tier) => ({ value: tier.id, label: tier.name[locale] }))}
      onChange={props.onChange}
    />
  );
}

function ProductLine({ model, words }: { model: PreviewModel; words: Words }) {
  return (
    <Box borderWidth="025" borderColor="border" borderRadius="200" padding="300">
      <InlineStack gap="300" blockAlign="center" wrap={false}>
        <Box background="bg-surface-tertiary" borderRadius="200" minWidth="64px" minHeight="64px" />
        <BlockStack gap="100">
          <Text as="span">{words.t("preview.product")}</Text>
          <Text as="span" fontWeight="semibold">
            {model.price}
          </Text>
          <Text as="span" variant="bodySm">
            {model.productLine}
          </Text>
        </BlockStack>
      </InlineStack>
      {model.ruleLines.length + model.capLines.length > 0 ? (
        <Box paddingBlockStart="200">
          <BlockStack gap="050">
            {[...model.ruleLines, ...model.capLines].map((line) => (
              <Text as="span" key={line} variant="bodySm" tone="subdued">
                {line}
              </Text>
            ))}
          </BlockStack>
        </Box>
      ) : null}
    </Box>
  );
}

function Panel({ model, words }: { model: PreviewModel; words: Words }) {
  return (
    <Box borderWidth="025" borderColor="border" borderRadius="300" overflowX="hidden" overflowY="hidden">
      <Box background="bg-surface-secondary" padding="400">
        <BlockStack gap="100">
          <InlineStack align="space-between" blockAlign="center">
            <Text as="span" variant="bodySm">
              {words.t("preview.balance")}
            </Text>
            {model.tier ? (
              <InlineStack gap="100" blockAlign="center" align="start">
                <TierSeal shape={model.tier.shape} color={model.tier.color} size={16} />
                <Text as="span" variant="bodySm" fontWeight="semibold">
                  {model.tier.name}
                </Text>
              </InlineStack>
            ) : null}
          </InlineStack>
          <Text as="span" variant="headingLg">
            {model.balance}
          </Text>
          {model.worth ? (
            <Text as="span" variant="bodySm" tone="subdued">
              {model.worth}
            </Text>
          ) : null}
          {model.nextTier ? (
            <Text as="span" variant="bodySm" tone="subdued">
              {model.nextTier}
            </Text>
          ) : null}
        </BlockStack>
      </Box>
      <Box padding="400">
        <BlockStack gap="300">
          {model.rewards.length === 0 ? (
            <Text as="span" variant="bodySm" tone="subdued">
              {words.t("preview.noRewards")}
            </Text>
          ) : null}
          {model.rewards.map((reward) => (
            <BlockStack key={reward.id} gap="100">
              <InlineStack align="space-between" gap="200" wrap={false}>
                <Text as="span">{reward.title}</Text>
                <Text as="span" variant="bodySm" tone={reward.affordable ? "base" : "subdued"}>
                  {reward.cost}
                </Text>
              </InlineStack>
              {reward.affordable ? null : (
                <ProgressBar progress={reward.progress} size="small" tone="primary" />
              )}
            </BlockStack>
          ))}
          {model.referral ? (
            <>
              <Divider />
              <Text as="span" variant="bodySm">
                {model.referral}
              </Text>
            </>
          ) : null}
        </BlockStack>
      </Box>
    </Box>
  );
}
