import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useNavigate, useSearchParams } from "@remix-run/react";
import { Card, EmptySearchResult, EmptyState, Page, Tabs, Text } from "@shopify/polaris";
import { listCampaigns } from "#app/loyalty/earning/campaigns/read-campaigns.server.ts";
import { requireAdmin } from "#app/platform/http/admin.server.ts";
import { CampaignTable } from "#app/components/campaigns/campaign-table.tsx";
import { CAMPAIGN_PHASES, campaignView } from "#app/components/campaigns/campaign-views.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { ErrorPage } from "#app/components/shared/error-page.tsx";

export async function loader({ request }: LoaderFunctionArgs) {
  const { services, shopId } = await requireAdmin(request);
  const now = services.now();
  const rows = await listCampaigns(services.db, shopId);
  return { campaigns: rows.map((row) => campaignView(row, now)) };
}

export default function Campaigns() {
  const { campaigns } = useLoaderData<typeof loader>();
  const { t } = useAdmin();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  // Only what there is can be chosen, and what was chosen stays.
  const phase = CAMPAIGN_PHASES.find((entry) => entry === params.get("phase")) ?? null;
  const count = (of: string) => campaigns.filter((campaign) => campaign.phase === of).length;
  const views = [null, ...CAMPAIGN_PHASES.filter((entry) => entry === phase || count(entry) > 0)];
  const rows = campaigns.filter((campaign) => phase === null || campaign.phase === phase);
  const create = { content: t("campaigns.new"), onAction: () => navigate("/app/campaigns/new") };
  if (campaigns.length === 0) {
    return (
      <Page title={t("campaigns.title")}>
        <Card>
          <EmptyState heading={t("campaigns.empty.title")} image="" action={create}>
            <Text as="p">{t("campaigns.empty.text")}</Text>
          </EmptyState>
        </Card>
      </Page>
    );
  }
  return (
    <Page title={t("campaigns.title")} fullWidth primaryAction={create}>
      <Card padding="0">
        <Tabs
          tabs={views.map((view) => ({
            id: `phase-${view ?? "all"}`,
            panelID: "campaigns-panel",
            content: t(view === null ? "campaigns.view.all" : `campaign.phase.${view}`),
          }))}
          selected={views.indexOf(phase)}
          onSelect={(index) => {
            const view = views[index];
            setParams(view ? { phase: view } : {}, { replace: true, preventScrollReset: true });
          }}
        />
        <div role="tabpanel" id="campaigns-panel" aria-labelledby={`phase-${phase ?? "all"}`}>
          <CampaignTable
            rows={rows}
            empty={
              <EmptySearchResult
                title={t("campaigns.none.title")}
                description={t("campaigns.none.text")}
                withIllustration
              />
            }
          />
        </div>
      </Card>
    </Page>
  );
}

export { ErrorPage as ErrorBoundary };
