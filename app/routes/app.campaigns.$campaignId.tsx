import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import type { ShouldRevalidateFunctionArgs } from "@remix-run/react";
import { useLoaderData, useNavigate } from "@remix-run/react";
import { SaveBar } from "@shopify/app-bridge-react";
import { BlockStack, Layout, Page } from "@shopify/polaris";
import { useCallback, useMemo, useState } from "react";
import { z } from "zod";
import { readCampaign } from "#app/loyalty/earning/campaigns/read-campaigns.server.ts";
import { readAudit } from "#app/loyalty/insights/read-audit.server.ts";
import { requireAdmin } from "#app/platform/http/admin.server.ts";
import { campaignAction } from "#app/components/campaigns/campaign-actions.ts";
import { CampaignBanners } from "#app/components/campaigns/campaign-banners.tsx";
import { CostCard, PhaseBadge } from "#app/components/campaigns/campaign-cost.tsx";
import { CampaignEditor } from "#app/components/campaigns/campaign-editor.tsx";
import { campaignStories } from "#app/components/campaigns/campaign-history.ts";
import { CampaignDialogs } from "#app/components/campaigns/campaign-modals.tsx";
import type { CampaignDialog } from "#app/components/campaigns/campaign-modals.tsx";
import { CampaignChangesCard, CampaignRecordCard } from "#app/components/campaigns/campaign-record.tsx";
import { campaignView } from "#app/components/campaigns/campaign-views.ts";
import { campaignWarnings } from "#app/components/campaigns/campaign-warnings.ts";
import { readCampaignSurroundings } from "#app/components/campaigns/read-campaign-page.server.ts";
import { runCampaignAction } from "#app/components/campaigns/run-campaign-action.server.ts";
import type { CampaignOutcome } from "#app/components/campaigns/run-campaign-action.server.ts";
import { useCampaignPage } from "#app/components/campaigns/use-campaign-page.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { notFound, readForm } from "#app/components/shared/admin-replies.server.ts";
import { ErrorPage } from "#app/components/shared/error-page.tsx";
import { shouldRevalidate as readAgain } from "#app/components/shared/revalidate.ts";

export async function loader({ request, params }: LoaderFunctionArgs) {
  const call = await requireAdmin(request);
  const { services, shopId } = call;
  const campaignId = params["campaignId"] ?? "";
  const row = await readCampaign(services.db, shopId, campaignId);
  if (!row) return notFound();
  const [around, audit] = await Promise.all([
    readCampaignSurroundings(call, campaignId),
    readAudit(services.db, shopId, `campaign:${row.campaignId}`),
  ]);
  return { campaign: campaignView(row, services.now()), audit, ...around };
}

export async function action({ request, params }: ActionFunctionArgs) {
  const call = await requireAdmin(request);
  const form = await readForm(request, campaignAction);
  const campaignId = z.uuid().safeParse(params["campaignId"]);
  if (!campaignId.success) return notFound();
  return runCampaignAction(call, campaignId.data, form, true);
}

/** What is gone cannot be read again, and what was typed must not go with it. */
export function shouldRevalidate(args: ShouldRevalidateFunctionArgs): boolean {
  if (args.actionStatus === 404 || args.formData?.get("intent") === "delete") return false;
  return readAgain(args);
}

export default function Campaign() {
  const { campaign, audit, program, value, others, nowReading } = useLoaderData<typeof loader>();
  const words = useAdmin();
  const { t, locale } = words;
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<CampaignDialog>(null);
  const { settings, revision, spentPoints, phase, status } = campaign;
  const stored = useMemo(() => ({ settings, revision }), [settings, revision]);
  const onDone = useCallback(
    ({ outcome }: CampaignOutcome, reset: () => void) => {
      setDialog(null);
      if (outcome === "deleted" || outcome === "gone") navigate("/app/campaigns");
      else reset();
    },
    [navigate],
  );
  const page = useCampaignPage({ stored, program, spentPoints, onDone });
  const { state, answer, busy, problem, drop, send, save, discard, go } = page;
  const warnings = campaignWarnings(state.settings, {
    stacking: program.earn.stacking,
    tiers: program.tiers,
    others,
    nowReading,
    published: status !== "draft",
    words,
  });
  const close = () => {
    setDialog(null);
    drop();
  };
  const draft = status === "draft";
  const ask = (which: CampaignDialog) => ({
    destructive: true,
    disabled: busy,
    onAction: () => setDialog(which),
  });
  const secondaryActions = [
    {
      content: t("campaign.duplicate"),
      onAction: () => go(`/app/campaigns/new?from=${campaign.campaignId}`),
    },
    ...(draft ? [{ content: t("campaign.delete"), ...ask("delete") }] : []),
    ...(status === "published" && phase !== "ended" ? [{ content: t("campaign.end"), ...ask("end") }] : []),
  ];
  const cost = draft ? null : <CostCard campaign={campaign} value={value} />;
  const changes = <CampaignChangesCard stories={campaignStories(audit, program.tiers, words)} />;
  return (
    <Page
      title={settings.name[locale]}
      titleMetadata={<PhaseBadge phase={phase} />}
      backAction={{ content: t("campaigns.title"), onAction: () => go("/app/campaigns") }}
      {...(draft
        ? {
            primaryAction: {
              content: t("campaign.publish"),
              disabled: state.dirty || busy,
              onAction: () => setDialog("publish"),
            },
          }
        : {})}
      secondaryActions={secondaryActions}
    >
      <SaveBar id="campaign-save-bar" open={state.dirty}>
        <button variant="primary" onClick={save} {...(busy ? { loading: "" } : {})}>
          {t("common.save")}
        </button>
        <button onClick={discard}>{t("common.discard")}</button>
      </SaveBar>
      <BlockStack gap="400">
        <CampaignBanners
          campaign={campaign}
          answer={dialog ? undefined : answer}
          dirty={state.dirty}
          typedOn={state.revision}
          onTheirs={() => state.reset(settings, revision)}
          onMine={state.rebase}
        />
        {status === "ended" ? (
          <Layout>
            <Layout.Section>
              <BlockStack gap="400">
                <CampaignRecordCard campaign={campaign} tiers={program.tiers} />
                {changes}
              </BlockStack>
            </Layout.Section>
            <Layout.Section variant="oneThird">{cost}</Layout.Section>
          </Layout>
        ) : (
          <CampaignEditor
            state={state}
            program={program}
            spentPoints={spentPoints}
            warnings={warnings}
            aside={cost}
            below={changes}
          />
        )}
      </BlockStack>
      <CampaignDialogs
        dialog={dialog}
        asking={{ busy, problem: answer?.intent === dialog ? problem : undefined, onClose: close, campaign }}
        revision={state.revision}
        publishing={{ tiers: program.tiers, nowReading, value, warnings }}
        send={send}
      />
    </Page>
  );
}

export { ErrorPage as ErrorBoundary };
