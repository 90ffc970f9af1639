import type { HeadersFunction, LinksFunction, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import {
  isRouteErrorResponse,
  Link,
  Outlet,
  useLoaderData,
  useNavigation,
  useRouteError,
  useRouteLoaderData,
} from "@remix-run/react";
import { NavMenu, useAppBridge } from "@shopify/app-bridge-react";
import { AppProvider } from "@shopify/shopify-app-remix/react";
import polarisStyles from "@shopify/polaris/build/esm/styles.css?url";
import polarisEn from "@shopify/polaris/locales/en.json";
import polarisKo from "@shopify/polaris/locales/ko.json";
import { useEffect } from "react";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { requireAdmin } from "#app/platform/http/admin.server.ts";
import { AdminProvider, useAdmin } from "#app/components/shared/admin-context.tsx";
import type { AdminShop } from "#app/components/shared/admin-context.tsx";
import { ErrorPage } from "#app/components/shared/error-page.tsx";
import { installSessionStorageFallback } from "#app/components/shared/session-storage-fallback.ts";
import type { loader as rootLoader } from "#app/root.tsx";
import { FALLBACK_SHOP } from "#app/components/shared/fallback-shop.ts";

// Before Remix looks for its routes.
installSessionStorageFallback();

export const links: LinksFunction = () => [{ rel: "stylesheet", href: polarisStyles }];
export const meta: MetaFunction = () => [{ title: "Dangol" }];
export const headers: HeadersFunction = ({ errorHeaders, loaderHeaders }) => errorHeaders ?? loaderHeaders;

export async function loader({ request }: LoaderFunctionArgs) {
  const { services, shopId, locale, shop } = await requireAdmin(request);
  const { settings } = await liveProgram(services.db, shopId);
  const admin: AdminShop = {
    shopId,
    name: shop.name,
    apiKey: services.config.shopify.apiKey,
    locale,
    currency: shop.currency,
    currencyExponent: shop.currencyExponent,
    timeZone: shop.timeZone,
    pointsName: settings.pointsName,
    pointsShort: settings.pointsShort,
  };
  return { admin, polaris: locale === "ko" ? polarisKo : polarisEn };
}

export default function AppLayout() {
  const { admin, polaris } = useLoaderData<typeof loader>();
  return (
    <AppProvider isEmbeddedApp={false} apiKey={admin.apiKey} i18n={polaris}>
      <AdminProvider shop={admin}>
        <AppNavigation />
        <LoadingBar />
        <main>
          <Outlet />
        </main>
      </AdminProvider>
    </AppProvider>
  );
}

/** The admin's own navigation, filled in by App Bridge. */
function AppNavigation() {
  const { t } = useAdmin();
  return (
    <NavMenu>
      <Link to="/app" rel="home">
        {t("nav.home")}
      </Link>
      <Link to="/app/program">{t("nav.program")}</Link>
      <Link to="/app/campaigns">{t("nav.campaigns")}</Link>
      <Link to="/app/members">{t("nav.members")}</Link>
      <Link to="/app/history">{t("nav.history")}</Link>
      <Link to="/app/activity">{t("nav.activity")}</Link>
    </NavMenu>
  );
}

/** Shows the admin's loading bar while a page is on its way. */
function LoadingBar() {
  const bridge = useAppBridge();
  const { state } = useNavigation();
  const busy = state !== "idle";
  useEffect(() => {
    bridge.loading(busy);
    return () => bridge.loading(false);
  }, [bridge, busy]);
  return null;
}

/** When the layout itself failed there is no shop to speak for; who may not come in is told so by the document. */
export function ErrorBoundary() {
  const error = useRouteError();
  const root = useRouteLoaderData<typeof rootLoader>("root");
  if (isRouteErrorResponse(error) && error.status !== 404 && error.status < 500) throw error;
  const locale = root?.locale ?? "en";
  return (
    <AppProvider isEmbeddedApp={false} apiKey="" i18n={locale === "ko" ? polarisKo : polarisEn}>
      <AdminProvider shop={{ ...FALLBACK_SHOP, locale }}>
        <ErrorPage />
      </AdminProvider>
    </AppProvider>
  );
}
