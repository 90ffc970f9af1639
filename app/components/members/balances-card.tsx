import { BlockStack, Card, InlineGrid, Text } from "@shopify/polaris";
import type { MemberDetail } from "#app/loyalty/insights/read-member.server.ts";
import { worthOf } from "#app/loyalty/insights/point-value.ts";
import type { PointValue } from "#app/loyalty/insights/point-value.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";

interface BalancesCardProps {
  member: MemberDetail;
  value: PointValue | null;
  expiring: { points: number; expiresAt: string } | null;
}

/** What the member has, where, and what becomes of it next. */
export function BalancesCard({ member, value, expiring }: BalancesCardProps) {
  const words = useAdmin();
  const { t } = words;
  const owed = Math.max(0, -member.available);
  const pots = [
    { label: t("member.available"), points: Math.max(0, member.available), strong: true },
    { label: t("member.pending"), points: member.pending },
    { label: t("member.held"), points: member.held },
    ...(owed > 0 ? [{ label: t("member.owed"), points: owed }] : []),
  ];
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("member.balances")}
        </Text>
        <InlineGrid columns={{ xs: 2, sm: 4 }} gap="400">
          {pots.map((pot) => (
            <BlockStack key={pot.label} gap="050">
              <Text as="h3" variant="bodySm" tone="subdued">
                {pot.label}
              </Text>
              <Text as="p" variant="headingLg" numeric>
                {/* A figure and its unit stay on one line. */}
                <span style={{ wordBreak: "keep-all" }}>{words.points(pot.points)}</span>
              </Text>
              {pot.strong && value ? (
                <Text as="p" variant="bodySm" tone="subdued">
                  {t("member.worth", { money: words.money(worthOf(pot.points, value)) })}
                </Text>
              ) : null}
            </BlockStack>
          ))}
        </InlineGrid>
        {owed > 0 ? <Text as="p">{t("member.owed.help", { points: words.points(owed) })}</Text> : null}
        {expiring ? (
          <Text as="p" tone="subdued">
            {t("member.expiring", {
              points: words.points(expiring.points),
              date: words.date(expiring.expiresAt),
            })}
          </Text>
        ) : null}
      </BlockStack>
    </Card>
  );
}
