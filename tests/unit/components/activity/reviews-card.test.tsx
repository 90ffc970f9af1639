import { AppProvider } from "@shopify/polaris";
import polarisEn from "@shopify/polaris/locales/en.json";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { ReviewsCard } from "#app/components/activity/reviews-card.tsx";
import { AdminProvider } from "#app/components/shared/admin-context.tsx";
import { FALLBACK_SHOP } from "#app/components/shared/fallback-shop.ts";
import { REVIEW_REASONS, type ReviewReason } from "#app/loyalty/referrals/referral-reasons.ts";
import type { CustomerLabels } from "#app/loyalty/insights/customer-names.server.ts";

const HOSTILE = `"><img src=x onerror=alert(1)>{{ shop }}`;

function shown(
  reasons: readonly ReviewReason[],
  over: { locale?: "en" | "ko"; labels?: CustomerLabels; more?: number; customerId?: string | null } = {},
): string {
  const { locale = "en", labels = {}, more = 0, customerId = "7" } = over;
  const shop = { ...FALLBACK_SHOP, locale, currency: "USD", currencyExponent: 2 };
  return renderToStaticMarkup(
    <AppProvider i18n={polarisEn}>
      <AdminProvider shop={shop}>
        <ReviewsCard
          reviews={reasons.map((reason) => ({
            referralId: reason,
            reason,
            advocateId: "m",
            customerId,
            orderName: "#1042",
            orderId: "9001",
            orderedAt: "2026-11-20T17:00:00Z",
          }))}
          more={more}
          labels={labels}
          points={500}
          busy={false}
          onReward={() => {}}
          onRefuse={() => {}}
        />
      </AdminProvider>
    </AppProvider>,
  );
}

test.each(["en", "ko"] as const)("each reason is told in words, with what may be done (%s)", (locale) => {
  const html = shown(REVIEW_REASONS, { locale });
  const said = REVIEW_REASONS.map((reason) => shown([reason], { locale }));
  expect(new Set(said).size).toBe(REVIEW_REASONS.length);
  expect(html).not.toMatch(/reviews\.|same_address|too_many/u);
  expect(html).toContain("#1042");
  expect(html).toMatch(locale === "en" ? /Reward 500P.*Refuse/su : /500P 적립.*거절/su);
});

test("the member is called as Shopify calls them today, by number without it, and not at all once forgotten", () => {
  expect(shown(["too_many"], { labels: { "7": { name: "Mina Park", email: null } } })).toContain("Mina Park");
  expect(shown(["too_many"])).toContain("7");
  expect(shown(["too_many"], { customerId: null })).not.toContain("null");
  // T41
  expect(shown(["too_many"], { labels: { "7": { name: HOSTILE, email: null } } })).not.toContain(
    "<img src=x",
  );
});

test("says how many more wait", () => {
  expect(shown(["too_many"], { more: 1 })).toContain("1 more is waiting.");
  expect(shown(["too_many"], { more: 12 })).toContain("12 more are waiting.");
  expect(shown(["too_many"])).not.toContain("waiting");
});
