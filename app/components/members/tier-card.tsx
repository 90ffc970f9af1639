import { BlockStack, Button, Card, InlineStack, ProgressBar, Text } from "@shopify/polaris";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { tierAmountText } from "#app/components/program/program-sentences.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { TierSeal } from "#app/components/shared/tier-seal.tsx";
import type { SealShape } from "#app/components/shared/tier-seal.tsx";

export interface TierStory {
  id: string;
  name: { en: string; ko: string };
  shape: SealShape;
  color: string;
  multiplier: string;
  since: string | null;
  /** An instant of the last day it is good for; null when it never ends. */
  until: string | null;
  locked: boolean;
  basis: ProgramSettings["tierRules"]["basis"];
  window: ProgramSettings["tierRules"]["window"];
  /** What counts towards the next tier, in the unit of the basis, as are the amounts of `next`. */
  progress: number;
  next: { name: { en: string; ko: string }; remaining: number; threshold: number } | null;
}

/** The tier, how far it is to the next one, and how long this one lasts. */
export function TierCard({ tier, onChange }: { tier: TierStory | null; onChange?: () => void }) {
  const words = useAdmin();
  const { t, locale } = words;
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="center">
          <Text as="h2" variant="headingMd">
            {t("member.tier")}
          </Text>
          {tier !== null && onChange ? (
            <Button variant="plain" onClick={onChange}>
              {t("tierSet.action")}
            </Button>
          ) : null}
        </InlineStack>
        {tier === null ? (
          <Text as="p" tone="subdued">
            {t("member.tier.none")}
          </Text>
        ) : (
          <>
            <InlineStack gap="200" blockAlign="center">
              <TierSeal shape={tier.shape} color={tier.color} size={24} />
              <Text as="p" variant="headingMd">
                {tier.name[locale]}
              </Text>
              <Text as="span" tone="subdued">
                ×{tier.multiplier}
              </Text>
            </InlineStack>
            <BlockStack gap="100">
              <Text as="p" tone="subdued">
                {t(`member.tier.progress.${tier.window}`, {
                  amount: tierAmountText(tier.progress, tier.basis, words),
                })}
              </Text>
              {tier.since ? (
                <Text as="p" tone="subdued">
                  {t("member.tier.since", { date: words.date(tier.since) })}
                </Text>
              ) : null}
              {tier.until ? (
                <Text as="p" tone="subdued">
                  {t("member.tier.until", { date: words.date(tier.until) })}
                </Text>
              ) : null}
              {tier.locked ? <Text as="p">{t("member.tier.locked")}</Text> : null}
            </BlockStack>
            {tier.next ? (
              <BlockStack gap="150">
                <ProgressBar
                  progress={progressOf(tier.next)}
                  size="small"
                  tone="primary"
                  ariaLabelledBy="tier-next"
                />
                <Text as="p" id="tier-next">
                  {t("member.tier.next", {
                    money: tierAmountText(tier.next.remaining, tier.basis, words),
                    tier: tier.next.name[locale],
                  })}
                </Text>
              </BlockStack>
            ) : (
              <Text as="p" tone="subdued">
                {t("member.tier.top")}
              </Text>
            )}
          </>
        )}
      </BlockStack>
    </Card>
  );
}

/** How far along, in percent, towards the threshold of the next tier. */
export function progressOf(next: { remaining: number; threshold: number }): number {
  if (next.threshold <= 0) return 100;
  return Math.round(((next.threshold - next.remaining) / next.threshold) * 100);
}
