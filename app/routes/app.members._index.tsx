import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useNavigate, useNavigation } from "@remix-run/react";
import { Card, EmptySearchResult, EmptyState, Page, Text } from "@shopify/polaris";
import { customerLabels, findCustomers } from "#app/loyalty/insights/customer-names.server.ts";
import type { CustomerLabels } from "#app/loyalty/insights/customer-names.server.ts";
import { memberListParams, readMemberListQuery } from "#app/loyalty/insights/member-list-query.ts";
import type { MemberListQuery } from "#app/loyalty/insights/member-list-query.ts";
import { readMembers } from "#app/loyalty/insights/read-members.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { requireAdmin } from "#app/platform/http/admin.server.ts";
import { MemberFilters } from "#app/components/members/member-filters.tsx";
import { MemberTable } from "#app/components/members/member-table.tsx";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { ErrorPage } from "#app/components/shared/error-page.tsx";
import { useSettled } from "#app/components/shared/use-settled.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { services, shopId, locale } = await requireAdmin(request);
  const query = readMemberListQuery(new URL(request.url).searchParams);
  const [program, customerIds] = await Promise.all([
    liveProgram(services.db, shopId),
    query.search === "" ? null : findCustomers(services, shopId, query.search),
  ]);
  const page = await readMembers(services.db, { shopId, query, customerIds });
  const { cursor: _cursor, ...asked } = query;
  return {
    query: asked,
    page,
    tiers: program.settings.tiers.map((tier) => ({
      id: tier.id,
      name: tier.name[locale],
      shape: tier.shape,
      color: tier.color,
    })),
    // Names come from Shopify after the table: it need not wait for them.
    labels: customerLabels(
      services,
      shopId,
      page.rows.map((row) => row.customerId),
    ),
  };
}

const NO_LABELS: CustomerLabels = {};

export default function Members() {
  const { query, page, tiers, labels } = useLoaderData<typeof loader>();
  const { t } = useAdmin();
  const names = useSettled<CustomerLabels>(labels, NO_LABELS);
  const navigate = useNavigate();
  const loading = useNavigation().state === "loading";
  const open = (next: Omit<MemberListQuery, "cursor">, cursor: Record<string, string> = {}) => {
    const params = memberListParams(next);
    for (const [name, value] of Object.entries(cursor)) params.set(name, value);
    navigate(`?${params.toString()}`, { replace: Object.keys(cursor).length === 0 });
  };
  const { after, before } = page;
  return (
    <Page
      title={t("members.title")}
      fullWidth
      secondaryActions={[{ content: t("import.open"), onAction: () => navigate("/app/import") }]}
    >
      <Card padding="0">
        <MemberFilters query={query} tiers={tiers} loading={loading} onChange={open} />
        <MemberTable
          rows={page.rows}
          labels={names}
          tiers={tiers}
          empty={<NoMembers filtered={memberListParams({ ...query, sort: "joined_desc" }).size > 0} />}
          pagination={{
            hasNext: after !== null,
            hasPrevious: before !== null,
            onNext: () => after !== null && open(query, { after }),
            onPrevious: () => before !== null && open(query, { before }),
          }}
        />
      </Card>
    </Page>
  );
}

function NoMembers({ filtered }: { filtered: boolean }) {
  const { t } = useAdmin();
  if (filtered) {
    return (
      <EmptySearchResult
        title={t("members.none.title")}
        description={t("members.none.text")}
        withIllustration
      />
    );
  }
  return (
    <EmptyState heading={t("members.empty.title")} image="">
      <Text as="p">{t("members.empty.text")}</Text>
    </EmptyState>
  );
}

export { ErrorPage as ErrorBoundary };
