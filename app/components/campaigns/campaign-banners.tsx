import { Banner, Text } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import type { CampaignView } from "./campaign-views.ts";
import { wallText } from "./campaign-words.ts";
import type { CampaignOutcome } from "./run-campaign-action.server.ts";

/** What came of the last attempt, and what a change of this campaign would mean now. */
export function CampaignBanners(props: {
  campaign: CampaignView;
  answer: CampaignOutcome | undefined;
  dirty: boolean;
  /** The revision that typing began on. */
  typedOn: number | null;
  onTheirs(): void;
  onMine(revision: number | null): void;
}) {
  const { campaign, answer, dirty, typedOn, onTheirs, onMine } = props;
  const { t } = useAdmin();
  const stored = answer?.outcome === "gone" ? null : (answer?.revision ?? campaign.revision);
  const settled = typedOn === stored || (!dirty && answer?.outcome !== "gone");
  if (answer?.outcome === "campaign_changed" && !settled) {
    return (
      <Banner
        tone="warning"
        title={answer.problem ?? ""}
        action={{ content: t("campaign.problem.changed.theirs"), onAction: onTheirs }}
        secondaryAction={{ content: t("campaign.problem.changed.mine"), onAction: () => onMine(stored) }}
      >
        <Text as="p">{t("campaign.problem.changed.text")}</Text>
      </Banner>
    );
  }
  if (answer?.outcome === "gone" && !answer.done && !settled) {
    return (
      <Banner
        tone="warning"
        title={answer.problem ?? ""}
        action={{ content: t("campaign.problem.changed.mine"), onAction: () => onMine(null) }}
      />
    );
  }
  const other = answer && !answer.done && !answer.issues ? answer : undefined;
  if (other && other.outcome !== "campaign_changed" && other.outcome !== "gone") {
    return <Banner tone="warning" title={other.problem ?? ""} />;
  }
  return <PhaseBanner campaign={campaign} />;
}

function PhaseBanner({ campaign }: { campaign: CampaignView }) {
  const words = useAdmin();
  const { t } = words;
  const { phase, settings, status } = campaign;
  switch (phase) {
    case "draft":
      return null;
    case "scheduled":
      return (
        <Banner tone="info" title={t("campaign.scheduled.title", { date: wallText(settings.starts, words) })}>
          <Text as="p">{t("campaign.scheduled.text")}</Text>
        </Banner>
      );
    case "live":
      return (
        <Banner tone="info" title={t("campaign.live.title")}>
          <Text as="p">{t("campaign.live.text")}</Text>
        </Banner>
      );
    case "exhausted":
      return (
        <Banner tone="warning" title={t("campaign.exhausted.title")}>
          <Text as="p">{t("campaign.exhausted.text")}</Text>
        </Banner>
      );
    case "ended":
      return (
        <Banner tone="info" title={t("campaign.ended.title")}>
          <Text as="p">{t(status === "ended" ? "campaign.ended.text" : "campaign.over.text")}</Text>
        </Banner>
      );
  }
}
