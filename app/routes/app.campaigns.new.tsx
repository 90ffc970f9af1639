import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useNavigate } from "@remix-run/react";
import { SaveBar } from "@shopify/app-bridge-react";
import { Banner, BlockStack, Page } from "@shopify/polaris";
import { useCallback, useMemo } from "react";
import { readCampaign } from "#app/loyalty/earning/campaigns/read-campaigns.server.ts";
import { requireAdmin } from "#app/platform/http/admin.server.ts";
import { adminTranslator } from "#app/platform/i18n/admin-translator.ts";
import { newCampaignAction } from "#app/components/campaigns/campaign-actions.ts";
import { CampaignEditor } from "#app/components/campaigns/campaign-editor.tsx";
import { copyOfCampaign, newCampaign } from "#app/components/campaigns/campaign-form.ts";
import { campaignWarnings } from "#app/components/campaigns/campaign-warnings.ts";
import { readCampaignSurroundings } from "#app/components/campaigns/read-campaign-page.server.ts";
import { runCampaignAction } from "#app/components/campaigns/run-campaign-action.server.ts";
import type { CampaignOutcome } from "#app/components/campaigns/run-campaign-action.server.ts";
import { useCampaignPage } from "#app/components/campaigns/use-campaign-page.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { notFound, readForm } from "#app/components/shared/admin-replies.server.ts";
import { ErrorPage } from "#app/components/shared/error-page.tsx";

export async function loader({ request }: LoaderFunctionArgs) {
  const call = await requireAdmin(request);
  const { services, shopId, shop } = call;
  const now = services.now();
  const from = new URL(request.url).searchParams.get("from");
  const source = from === null ? null : await readCampaign(services.db, shopId, from);
  if (from !== null && !source) return notFound();
  const copied = (text: string, locale: "en" | "ko") =>
    adminTranslator(locale)("campaign.copyName", { name: text }).slice(0, 80);
  const settings = source
    ? copyOfCampaign(
        source.settings,
        { en: copied(source.settings.name.en, "en"), ko: copied(source.settings.name.ko, "ko") },
        now,
        shop.timeZone,
      )
    : newCampaign(now, shop.timeZone);
  return { settings, copy: source !== null, ...(await readCampaignSurroundings(call, null)) };
}

export async function action({ request }: ActionFunctionArgs) {
  const call = await requireAdmin(request);
  const form = await readForm(request, newCampaignAction);
  return runCampaignAction(call, form.idempotencyKey, { ...form, revision: "" }, false);
}

export default function NewCampaign() {
  const { settings, copy, program, others, nowReading } = useLoaderData<typeof loader>();
  const words = useAdmin();
  const { t } = words;
  const navigate = useNavigate();
  const stored = useMemo(() => ({ settings, revision: null }), [settings]);
  const onDone = useCallback(
    ({ campaignId }: CampaignOutcome) => navigate(`/app/campaigns/${campaignId}`, { replace: true }),
    [navigate],
  );
  const page = useCampaignPage({ stored, program, spentPoints: 0, onDone });
  const { state, answer, busy, problem, save, go } = page;
  // A copy is worth saving as it is; to discard it is to leave.
  const unsaved = (state.dirty || copy) && answer?.done !== true;
  const discard = () => (copy ? navigate("/app/campaigns") : page.discard());
  const context = { stacking: program.earn.stacking, tiers: program.tiers, others, nowReading, words };
  return (
    <Page
      title={t("campaign.new.title")}
      backAction={{ content: t("campaigns.title"), onAction: () => go("/app/campaigns") }}
    >
      <SaveBar id="campaign-save-bar" open={unsaved}>
        <button variant="primary" onClick={save} {...(busy ? { loading: "" } : {})}>
          {t("common.save")}
        </button>
        <button onClick={discard}>{t("common.discard")}</button>
      </SaveBar>
      <BlockStack gap="400">
        {problem ? <Banner tone="warning" title={problem} /> : null}
        <CampaignEditor
          state={state}
          program={program}
          spentPoints={0}
          warnings={campaignWarnings(state.settings, { ...context, published: false })}
        />
      </BlockStack>
    </Page>
  );
}

export { ErrorPage as ErrorBoundary };
export { shouldRevalidate } from "#app/components/shared/revalidate.ts";
