import { List, Text } from "@shopify/polaris";
import { worthOf } from "#app/loyalty/insights/point-value.ts";
import type { PointValue } from "#app/loyalty/insights/point-value.ts";
import type { Tier } from "#app/loyalty/program/settings.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { AskDialog } from "#app/components/shared/ask-dialog.tsx";
import type { CampaignView } from "./campaign-views.ts";
import { campaignSentence, wallText } from "./campaign-words.ts";
import { ReachLine } from "./reach-line.tsx";
import { WarningList } from "./warning-list.tsx";

export type CampaignDialog = "publish" | "end" | "delete" | null;

interface Asking {
  open: boolean;
  busy: boolean;
  problem: string | undefined;
  campaign: CampaignView;
  onClose(): void;
  onConfirm(): void;
}

interface Publishing {
  tiers: readonly Tier[];
  nowReading: string;
  value: PointValue | null;
  warnings: string[];
}

/** The three that ask before something happens; at most one is open. */
export function CampaignDialogs(props: {
  dialog: CampaignDialog;
  asking: Omit<Asking, "open" | "onConfirm">;
  publishing: Publishing;
  /** What is looked at: nothing that nobody has seen is published. */
  revision: number | null;
  send(fields: Record<string, string>): void;
}) {
  const { dialog, asking, publishing, send } = props;
  const revision = String(props.revision);
  switch (dialog) {
    case "publish":
      return (
        <PublishCampaign
          {...asking}
          {...publishing}
          open
          onConfirm={() => send({ intent: "publish", revision })}
        />
      );
    case "end":
      return <EndCampaign {...asking} open onConfirm={() => send({ intent: "end" })} />;
    case "delete":
      return <DeleteCampaign {...asking} open onConfirm={() => send({ intent: "delete" })} />;
    case null:
      return null;
  }
}

/** Says exactly what will happen, before it does. */
function PublishCampaign(props: Asking & Publishing) {
  const { campaign, tiers, nowReading, value, warnings, ...asking } = props;
  const words = useAdmin();
  const { t, locale } = words;
  const { settings } = campaign;
  const { starts, ends, budget, name } = settings;
  const facts = [
    starts > nowReading
      ? t("campaign.publish.later", { date: wallText(starts, words) })
      : t("campaign.publish.now"),
    ends === null ? t("campaign.publish.open") : t("campaign.publish.ends", { date: wallText(ends, words) }),
    ...(budget === null ? [] : [mostText(budget)]),
    t("campaign.publish.past"),
  ];

  function mostText(points: number): string {
    if (!value) return t("campaign.publish.most", { points: words.points(points) });
    return t("campaign.publish.mostWorth", {
      points: words.points(points),
      money: words.money(worthOf(points, value)),
    });
  }

  return (
    <AskDialog
      {...asking}
      title={t("campaign.publish.title", { name: name[locale] })}
      confirm={t("campaign.publish.confirm")}
    >
      <Text as="p">{campaignSentence(settings, tiers, words)}</Text>
      <ReachLine settings={settings} />
      <List>
        {facts.map((fact) => (
          <List.Item key={fact}>{fact}</List.Item>
        ))}
      </List>
      <WarningList warnings={warnings} />
    </AskDialog>
  );
}

/** Ending is final: what stays and what stops. */
function EndCampaign(props: Asking) {
  const { campaign, ...asking } = props;
  const words = useAdmin();
  const { t, locale } = words;
  const { spentPoints, members, settings } = campaign;
  return (
    <AskDialog
      {...asking}
      title={t("campaign.end.title", { name: settings.name[locale] })}
      confirm={t("campaign.end.confirm")}
      destructive
    >
      <Text as="p">
        {spentPoints > 0
          ? t("campaign.end.text", {
              points: words.points(spentPoints),
              members: t("campaigns.members", { count: members }),
            })
          : t("campaign.end.textNone")}
      </Text>
      <Text as="p">{t("campaign.end.final")}</Text>
    </AskDialog>
  );
}

function DeleteCampaign(props: Asking) {
  const { campaign, ...asking } = props;
  const { t, locale } = useAdmin();
  return (
    <AskDialog
      {...asking}
      title={t("campaign.delete.title", { name: campaign.settings.name[locale] })}
      confirm={t("campaign.delete.confirm")}
      destructive
    >
      <Text as="p">{t("campaign.delete.text")}</Text>
    </AskDialog>
  );
}
