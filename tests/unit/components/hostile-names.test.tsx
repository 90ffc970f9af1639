import { AppProvider } from "@shopify/polaris";
import polarisEn from "@shopify/polaris/locales/en.json";
import { renderToStaticMarkup } from "react-dom/server";
import type { ReactNode } from "react";
import { expect, test } from "vitest";
import { AdminProvider } from "#app/components/shared/admin-context.tsx";
import { FALLBACK_SHOP } from "#app/components/shared/fallback-shop.ts";
import { AuditCard } from "#app/components/members/audit-card.tsx";
import { MemberTable } from "#app/components/members/member-table.tsx";
import { StatementCard } from "#app/components/members/statement-card.tsx";
import { TierCard } from "#app/components/members/tier-card.tsx";
import { ChangeList } from "#app/components/program/publish-modal.tsx";

const HOSTILE = `"><img src=x onerror=alert(1)><script>alert(1)</script>{{ shop }}{% raw %}`;
const LOCALIZED = { en: HOSTILE, ko: HOSTILE };
const AT = "2026-11-20T17:00:00Z";

function render(page: ReactNode): string {
  return renderToStaticMarkup(
    <AppProvider i18n={polarisEn}>
      <AdminProvider shop={FALLBACK_SHOP}>{page}</AdminProvider>
    </AppProvider>,
  );
}

// T41, the admin's part.
test.each<[string, ReactNode]>([
  [
    "a customer's name and a tier's",
    <MemberTable
      key="1"
      rows={[
        {
          memberId: "m",
          customerId: "1",
          state: "active",
          joinedAt: AT,
          tierId: "t",
          available: 1,
          pending: 0,
          held: 0,
          lastActiveAt: null,
        },
      ]}
      labels={{ "1": { name: HOSTILE, email: HOSTILE } }}
      tiers={[{ id: "t", name: HOSTILE, shape: "circle", color: HOSTILE }]}
      empty={null}
      pagination={{ hasNext: false, hasPrevious: false, onNext() {}, onPrevious() {} }}
    />,
  ],
  [
    "an order's name, a reward's title and a note",
    <StatementCard
      key="2"
      items={[
        {
          seq: 1,
          from: "issued",
          to: "available",
          points: 1,
          signedPoints: 1,
          availableAfter: 1,
          reason: "earn",
          source: "order",
          sourceId: "1",
          occurredAt: AT,
          actor: HOSTILE,
          note: HOSTILE,
          detail: { orderName: HOSTILE, title: LOCALIZED },
        },
      ]}
      hasMore={false}
      loading={false}
      onMore={() => {}}
      reinstatable={[{ seq: 1, points: 1 }]}
      busy={false}
      onReinstate={() => {}}
    />,
  ],
  [
    "a tier of the program",
    <TierCard
      key="3"
      tier={{
        id: "t",
        name: LOCALIZED,
        shape: "star",
        color: `red" onload="alert(1)`,
        multiplier: HOSTILE,
        since: null,
        until: null,
        locked: false,
        basis: "spent",
        window: "calendar_year",
        progress: 0,
        next: { name: LOCALIZED, remaining: 1, threshold: 2 },
      }}
    />,
  ],
  [
    "a reason in the audit log",
    <AuditCard
      key="4"
      entries={[
        { eventId: "e", at: AT, actor: HOSTILE, action: HOSTILE, before: null, after: null, reason: HOSTILE },
        {
          eventId: "f",
          at: AT,
          actor: HOSTILE,
          action: "tier.set",
          before: { tierId: HOSTILE },
          after: { tierId: "t" },
          reason: null,
        },
      ]}
      tierNames={{ t: LOCALIZED }}
    />,
  ],
  [
    "a difference between programs",
    <ChangeList key="5" changes={[{ section: "tiers", text: HOSTILE, effect: HOSTILE }]} />,
  ],
])("%s is only text", (_name, page) => {
  const html = render(page);
  expect(html).not.toMatch(/<script|<img|onload="|onerror=alert\(1\)>(?!&)<script/i);
  expect(html).toContain("&lt;script&gt;");
});
