import { BlockStack, Card, InlineStack, ProgressBar, Text } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { TierSeal } from "#app/components/shared/tier-seal.tsx";
import type { SealShape } from "#app/components/shared/tier-seal.tsx";

export interface TierStory {
  name: { en: string; ko: string };
  shape: SealShape;
  color: string;
  multiplier: string;
  since: string | null;
  /** An instant of the last day it is good for; null when it never ends. */
  until: string | null;
  locked: boolean;
  spentMinor: number;
  next: { name: { en: string; ko: string }; remainingMinor: number; thresholdMinor: number } | null;
}

/** The tier, how far it is to the next one, and how long this one lasts. */
export function TierCard({ tier }: { tier: TierStory | null }) {
  const words = useAdmin();
  const { t, locale } = words;
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("member.tier")}
        </Text>
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
                {t("member.tier.spent", { money: words.money(tier.spentMinor) })}
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
                    money: words.money(tier.next.remainingMinor),
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
export function progressOf(next: { remainingMinor: number; thresholdMinor: number }): number {
  if (next.thresholdMinor <= 0) return 100;
  return Math.round(((next.thresholdMinor - next.remainingMinor) / next.thresholdMinor) * 100);
}
