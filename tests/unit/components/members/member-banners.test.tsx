import { AppProvider } from "@shopify/polaris";
import polarisEn from "@shopify/polaris/locales/en.json";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { MemberBanners } from "#app/components/members/member-banners.tsx";
import { AdminProvider } from "#app/components/shared/admin-context.tsx";
import { FALLBACK_SHOP } from "#app/components/shared/fallback-shop.ts";

test.each([
  ["en", "Merged into another member"],
  ["ko", "다른 회원과 합쳐졌어요"],
] as const)("the page of a merged member says so in %s and links to the kept one", (locale, title) => {
  const page = renderToStaticMarkup(
    <AppProvider i18n={polarisEn}>
      <AdminProvider shop={{ ...FALLBACK_SHOP, locale }}>
        <MemberBanners keptId="11111111-1111-1111-1111-111111111111" problem={undefined} />
      </AdminProvider>
    </AppProvider>,
  );
  expect(page).toContain(title);
  expect(page).toContain('href="/app/members/11111111-1111-1111-1111-111111111111"');
});
