import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { BlockStack, InlineGrid, Page } from "@shopify/polaris";
import { judgeHealth, missingScopes } from "#app/loyalty/insights/judge-health.ts";
import { pointValue } from "#app/loyalty/insights/point-value.ts";
import { grantedScopes } from "#app/loyalty/insights/granted-scopes.server.ts";
import { readFigures } from "#app/loyalty/insights/read-figures.server.ts";
import { readHealth } from "#app/loyalty/insights/read-health.server.ts";
import { readRecentOrders } from "#app/loyalty/insights/read-recent-orders.server.ts";
import { readSetup, saveSetup, saveThemeBlocks } from "#app/loyalty/insights/setup-guide.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { requireAdmin } from "#app/platform/http/admin.server.ts";
import { FigureGrid, LiabilityCard } from "#app/components/home/figure-grid.tsx";
import { liabilityOf, periodFigures } from "#app/components/home/figures.ts";
import { homeAction } from "#app/components/home/home-actions.ts";
import { RecentOrders } from "#app/components/home/recent-orders.tsx";
import { SetupGuide } from "#app/components/home/setup-guide.tsx";
import { setupSteps } from "#app/components/home/setup-steps.ts";
import { StatusLine } from "#app/components/home/status-line.tsx";
import { useThemeBlocks } from "#app/components/home/use-theme-blocks.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { readForm } from "#app/components/shared/admin-replies.server.ts";
import { ErrorPage } from "#app/components/shared/error-page.tsx";

const ORDERS_SHOWN = 6;

export async function loader({ request }: LoaderFunctionArgs) {
  const { services, shopId } = await requireAdmin(request);
  const { db } = services;
  const now = services.now();
  const [figures, health, orders, setup, program, granted] = await Promise.all([
    readFigures(db, { shopId, now }),
    readHealth(db, { shopId, now }),
    readRecentOrders(db, { shopId, limit: ORDERS_SHOWN }),
    readSetup(db, shopId),
    liveProgram(db, shopId),
    grantedScopes(services, shopId),
  ]);
  const missing = missingScopes(services.config.shopify.scopes, granted);
  return {
    now: now.toISOString(),
    health: judgeHealth({ ...health, now: now.toISOString(), missingScopes: missing }),
    figures,
    orders,
    setup,
    value: pointValue(program.settings),
  };
}

export async function action({ request }: ActionFunctionArgs) {
  const { services, shopId } = await requireAdmin(request);
  const form = await readForm(request, homeAction);
  if (form.intent === "theme-blocks") {
    await saveThemeBlocks(services.db, {
      shopId,
      widget: form.widget === "on",
      product: form.product === "on",
    });
    return { outcome: "saved" };
  }
  await saveSetup(services.db, { shopId, step: "guideDismissed", done: true });
  return { outcome: "dismissed" };
}

export default function Home() {
  const { now, health, figures, orders, setup, value } = useLoaderData<typeof loader>();
  const words = useAdmin();
  const { checkAgain, checking } = useThemeBlocks(setup);
  const dismissal = useFetcher<typeof action>();
  const hidden = setup.guideDismissed || dismissal.state !== "idle";
  const dismiss = () => {
    void dismissal.submit(
      { intent: "dismiss-guide", idempotencyKey: crypto.randomUUID() },
      { method: "post" },
    );
  };
  return (
    <Page title={words.t("home.title")}>
      <BlockStack gap="400">
        <StatusLine health={health} now={now} />
        {hidden ? null : (
          <SetupGuide
            steps={setupSteps(setup, words.shop)}
            onDismiss={dismiss}
            onCheckAgain={checkAgain}
            checking={checking}
          />
        )}
        <FigureGrid figures={periodFigures(figures, words)} />
        <InlineGrid columns={{ xs: 1, md: ["twoThirds", "oneThird"] }} gap="400" alignItems="start">
          <RecentOrders orders={orders} />
          <LiabilityCard liability={liabilityOf(figures, value, words)} />
        </InlineGrid>
      </BlockStack>
    </Page>
  );
}

export { ErrorPage as ErrorBoundary };
export { shouldRevalidate } from "#app/components/shared/revalidate.ts";
