import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { Banner, BlockStack, Page } from "@shopify/polaris";
import { BackfillCard } from "#app/components/history/backfill-card.tsx";
import { historyAction } from "#app/components/history/history-actions.ts";
import { readHistory } from "#app/components/history/read-history.server.ts";
import { ReconciliationCard } from "#app/components/history/reconciliation-card.tsx";
import { ResettleCard } from "#app/components/history/resettle-card.tsx";
import { runHistoryAction } from "#app/components/history/run-history-action.server.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { readForm } from "#app/components/shared/admin-replies.server.ts";
import { ErrorPage } from "#app/components/shared/error-page.tsx";
import { useLookAgain } from "#app/components/shared/use-look-again.ts";
import type { ActionOutcome } from "#app/components/shared/use-outcome.ts";
import { useOutcomeToast } from "#app/components/shared/use-outcome.ts";
import { requireAdmin } from "#app/platform/http/admin.server.ts";

/** How often progress is read while something is under way. */
const REFRESH_MS = 2_000;

export async function loader({ request }: LoaderFunctionArgs) {
  const { services, shopId } = await requireAdmin(request);
  return readHistory(services, shopId);
}

export async function action({ request }: ActionFunctionArgs) {
  const call = await requireAdmin(request);
  return runHistoryAction(call, await readForm(request, historyAction));
}

export default function History() {
  const { now, backfill, failures, allOrders, chosen, runs, differences, resettlement, underWay } =
    useLoaderData<typeof loader>();
  const { t } = useAdmin();
  const fetcher = useFetcher<ActionOutcome>();
  useOutcomeToast(fetcher.data);
  useLookAgain(underWay, REFRESH_MS);
  const intent = fetcher.formData?.get("intent");
  const doing = (prefix: string) => typeof intent === "string" && intent.startsWith(prefix);
  const post = (fields: Record<string, string>) => {
    void fetcher.submit({ idempotencyKey: crypto.randomUUID(), ...fields }, { method: "post" });
  };
  return (
    <Page title={t("history.title")}>
      <BlockStack gap="400">
        {fetcher.data?.problem ? <Banner tone="warning" title={fetcher.data.problem} /> : null}
        <BackfillCard
          run={backfill}
          failures={failures}
          allOrders={allOrders}
          chosen={chosen}
          busy={doing("backfill")}
          post={post}
        />
        <ReconciliationCard
          runs={runs}
          differences={differences}
          now={now}
          busy={doing("reconcile")}
          post={post}
        />
        <ResettleCard run={resettlement} busy={doing("resettle")} post={post} />
      </BlockStack>
    </Page>
  );
}

export { ErrorPage as ErrorBoundary };
export { shouldRevalidate } from "#app/components/shared/revalidate.ts";
