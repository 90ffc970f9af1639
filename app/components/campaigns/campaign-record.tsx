import { BlockStack, Card, Text } from "@shopify/polaris";
import type { Tier } from "#app/loyalty/program/settings.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { DividedList } from "#app/components/shared/divided-list.tsx";
import type { CampaignStory } from "./campaign-history.ts";
import type { CampaignView } from "./campaign-views.ts";
import { campaignRows, campaignSentence } from "./campaign-words.ts";

/** Who did what to it, and when. */
export function CampaignChangesCard({ stories }: { stories: CampaignStory[] }) {
  const words = useAdmin();
  const { t } = words;
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("campaign.changes.title")}
        </Text>
        <DividedList>
          {stories.map((story) => (
            <BlockStack key={story.eventId} gap="050">
              <Text as="p" fontWeight="medium">
                {story.text}
              </Text>
              {story.changes.map((change) => (
                <Text as="p" key={change} breakWord>
                  {change}
                </Text>
              ))}
              <Text as="p" variant="bodySm" tone="subdued">
                {t("audit.by", { actor: story.by, at: words.dateTime(story.at) })}
              </Text>
            </BlockStack>
          ))}
        </DividedList>
      </BlockStack>
    </Card>
  );
}

/** What an ended campaign was: to be read, no longer to be changed. */
export function CampaignRecordCard({ campaign, tiers }: { campaign: CampaignView; tiers: readonly Tier[] }) {
  const words = useAdmin();
  const { t } = words;
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="p">{campaignSentence(campaign.settings, tiers, words)}</Text>
        <BlockStack gap="300">
          {campaignRows(campaign.settings, tiers, words).map(({ key, value }) => (
            <BlockStack key={key} gap="050">
              <Text as="h2" variant="bodySm" tone="subdued">
                {t(key)}
              </Text>
              <Text as="p" breakWord>
                {value}
              </Text>
            </BlockStack>
          ))}
        </BlockStack>
      </BlockStack>
    </Card>
  );
}
