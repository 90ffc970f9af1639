import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { Badge, BlockStack, Layout, Page } from "@shopify/polaris";
import { useEffect, useState } from "react";
import { customerLabels } from "#app/loyalty/insights/customer-names.server.ts";
import type { CustomerLabels } from "#app/loyalty/insights/customer-names.server.ts";
import { readMemberPage } from "#app/loyalty/insights/read-member-page.server.ts";
import { requireAdmin } from "#app/platform/http/admin.server.ts";
import { AuditCard } from "#app/components/members/audit-card.tsx";
import { BalancesCard } from "#app/components/members/balances-card.tsx";
import { CodesCard } from "#app/components/members/codes-card.tsx";
import { LotsCard } from "#app/components/members/lots-card.tsx";
import { memberAction } from "#app/components/members/member-actions.ts";
import { MemberBanners } from "#app/components/members/member-banners.tsx";
import { MemberDialogs } from "#app/components/members/member-dialogs.tsx";
import type { MemberDialog } from "#app/components/members/member-dialogs.tsx";
import { MemberFacts } from "#app/components/members/member-facts.tsx";
import { memberName } from "#app/components/members/member-table.tsx";
import { OrdersCard } from "#app/components/members/orders-card.tsx";
import { runMemberAction } from "#app/components/members/run-member-action.server.ts";
import type { MemberOutcome } from "#app/components/members/run-member-action.server.ts";
import { StatementCard } from "#app/components/members/statement-card.tsx";
import { TierCard } from "#app/components/members/tier-card.tsx";
import { useStatement } from "#app/components/members/use-statement.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { notFound, readForm } from "#app/components/shared/admin-replies.server.ts";
import { ErrorPage } from "#app/components/shared/error-page.tsx";
import { useAnswer } from "#app/components/shared/use-answer.ts";
import { useIdempotencyKey } from "#app/components/shared/use-idempotency-key.ts";
import { useOutcomeToast } from "#app/components/shared/use-outcome.ts";
import { useSettled } from "#app/components/shared/use-settled.ts";

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { services, shopId, shop } = await requireAdmin(request);
  const memberId = params["memberId"] ?? "";
  const args = { shopId, memberId, timeZone: shop.timeZone, now: services.now() };
  const page = (await readMemberPage(services.db, args)) ?? notFound();
  return { ...page, labels: customerLabels(services, shopId, [page.member.customerId]) };
}

export async function action({ request, params }: ActionFunctionArgs) {
  const call = await requireAdmin(request);
  return runMemberAction(call, params["memberId"] ?? "", await readForm(request, memberAction));
}

const NO_LABELS: CustomerLabels = {};

export default function Member() {
  const { labels, ...page } = useLoaderData<typeof loader>();
  const { member } = page;
  const words = useAdmin();
  const { t } = words;
  const names = useSettled<CustomerLabels>(labels, NO_LABELS);
  const name = memberName(member, names, words);
  const email = names[member.customerId ?? ""]?.email ?? null;
  const fetcher = useFetcher<MemberOutcome>();
  const [key, renewKey] = useIdempotencyKey();
  const [dialog, setDialog] = useState<MemberDialog>(null);
  const statement = useStatement(member.memberId, page.statement);
  const [answer, drop] = useAnswer(fetcher.data);
  const busy = fetcher.state !== "idle";
  useOutcomeToast(fetcher.data);
  useEffect(() => {
    if (!fetcher.data?.done) return;
    setDialog(null);
    renewKey();
  }, [fetcher.data, renewKey]);
  const close = () => {
    setDialog(null);
    drop();
  };
  const send = (fields: Record<string, string>) => {
    void fetcher.submit({ idempotencyKey: key, ...fields }, { method: "post" });
  };
  const living = member.state === "active" || member.state === "blocked";
  const blocked = member.state === "blocked";
  return (
    <Page
      title={name}
      {...(email && email !== name ? { subtitle: email } : {})}
      backAction={{ content: t("members.title"), url: "/app/members" }}
      titleMetadata={blocked ? <Badge tone="attention">{t("member.state.blocked")}</Badge> : null}
      {...(living
        ? {
            primaryAction: { content: t("adjust.action"), onAction: () => setDialog("adjust") },
            secondaryActions: [
              {
                content: t(blocked ? "unblock.action" : "block.action"),
                destructive: !blocked,
                onAction: () => setDialog("block"),
              },
            ],
          }
        : {})}
    >
      <Layout>
        <MemberBanners keptId={member.mergedInto} problem={dialog === null ? answer?.problem : undefined} />
        <Layout.Section>
          <BlockStack gap="400">
            <BalancesCard member={member} value={page.value} expiring={page.expiring} />
            <StatementCard
              {...statement}
              reinstatable={page.reinstatable}
              busy={busy}
              onReinstate={(giving) => setDialog({ reinstate: giving })}
            />
            <OrdersCard orders={page.orders} />
          </BlockStack>
        </Layout.Section>
        <Layout.Section variant="oneThird">
          <BlockStack gap="400">
            <TierCard tier={page.tier} {...(living ? { onChange: () => setDialog("tier") } : {})} />
            <CodesCard
              codes={page.codes}
              busy={busy}
              onCancel={(redemptionId) => send({ intent: "cancel-code", redemptionId })}
            />
            <LotsCard lots={page.lots} />
            <MemberFacts member={member} />
            <AuditCard entries={page.audit} tierNames={page.tierNames} />
          </BlockStack>
        </Layout.Section>
      </Layout>
      <MemberDialogs
        dialog={dialog}
        member={member}
        tier={page.tier}
        tierChoices={page.tierChoices}
        busy={busy}
        answer={answer}
        onClose={close}
        send={send}
      />
    </Page>
  );
}

export { ErrorPage as ErrorBoundary };
export { shouldRevalidate } from "#app/components/shared/revalidate.ts";
