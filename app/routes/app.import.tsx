import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { Banner, BlockStack, Page } from "@shopify/polaris";
import { listImports, readProblems, readProgressOf } from "#app/loyalty/importing/points-import.server.ts";
import { requireAdmin } from "#app/platform/http/admin.server.ts";
import { ImportCard, isWorking } from "#app/components/importing/import-card.tsx";
import type { ImportView } from "#app/components/importing/import-card.tsx";
import { ImportForm } from "#app/components/importing/import-form.tsx";
import { runImportAction } from "#app/components/importing/run-import-action.server.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { ErrorPage } from "#app/components/shared/error-page.tsx";
import { useLookAgain } from "#app/components/shared/use-look-again.ts";
import { useOutcomeToast } from "#app/components/shared/use-outcome.ts";
import type { ActionOutcome } from "#app/components/shared/use-outcome.ts";

const SHOWN = 5;
const PROBLEMS_SHOWN = 5;
/** How often the figures are read while lines are read, checked or posted. */
const LOOK_AGAIN_MS = 1_500;

export async function loader({ request }: LoaderFunctionArgs) {
  const { services, shopId } = await requireAdmin(request);
  const { db } = services;
  const imports = await listImports(db, shopId, SHOWN);
  const views = await Promise.all(
    imports.map(async ({ createdAt, ...found }): Promise<ImportView> => {
      const { importId, status, profile, fileName, reason, allowDebt } = found;
      const [progress, problems] = await Promise.all([
        readProgressOf(db, shopId, importId),
        readProblems(db, { shopId, importId, after: 0, limit: PROBLEMS_SHOWN }),
      ]);
      const at = createdAt.toISOString();
      return { importId, status, profile, fileName, reason, allowDebt, createdAt: at, progress, problems };
    }),
  );
  return { views };
}

export async function action({ request }: ActionFunctionArgs) {
  return runImportAction(await requireAdmin(request), request);
}

export default function Import() {
  const { views } = useLoaderData<typeof loader>();
  const { t } = useAdmin();
  const fetcher = useFetcher<ActionOutcome>();
  useOutcomeToast(fetcher.data);
  const busy = fetcher.state !== "idle";
  useLookAgain(
    views.some(({ status }) => isWorking(status)),
    LOOK_AGAIN_MS,
  );
  return (
    <Page title={t("import.title")} backAction={{ content: t("nav.members"), url: "/app/members" }}>
      <BlockStack gap="400">
        {fetcher.data?.problem ? <Banner tone="critical">{fetcher.data.problem}</Banner> : null}
        <ImportForm
          busy={busy && fetcher.formEncType === "multipart/form-data"}
          onUpload={(form) => void fetcher.submit(form, { method: "post", encType: "multipart/form-data" })}
        />
        {views.map((view) => (
          <ImportCard
            key={view.importId}
            view={view}
            busy={busy}
            onAct={(intent, importId) => void fetcher.submit({ intent, importId }, { method: "post" })}
          />
        ))}
      </BlockStack>
    </Page>
  );
}

export { ErrorPage as ErrorBoundary };
export { shouldRevalidate } from "#app/components/shared/revalidate.ts";
