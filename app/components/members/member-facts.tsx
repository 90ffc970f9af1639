import { BlockStack, Card, InlineStack, Link, Text } from "@shopify/polaris";
import type { MemberDetail } from "#app/loyalty/insights/read-member.server.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";

/** Who this is to Shopify, since when, and whether the storefront is up to date. */
export function MemberFacts({ member }: { member: MemberDetail }) {
  const words = useAdmin();
  const { t } = words;
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("member.facts")}
        </Text>
        <BlockStack gap="150">
          <Fact label={t("member.joined")} value={words.date(member.joinedAt)} />
          {member.lastActiveAt ? (
            <Fact label={t("member.active")} value={words.date(member.lastActiveAt)} />
          ) : null}
          <Fact label={t("member.lifetime")} value={words.points(member.lifetime)} />
          <Fact label={t("member.referralCode")} value={member.referralCode} />
        </BlockStack>
        <Text as="p" variant="bodySm" tone="subdued">
          {t(member.projected ? "member.projected" : "member.notProjected")}
        </Text>
        {member.customerId ? (
          <Link url={`shopify://admin/customers/${member.customerId}`} target="_top">
            {t("member.openCustomer")}
          </Link>
        ) : null}
      </BlockStack>
    </Card>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <InlineStack align="space-between" gap="200">
      <Text as="span" tone="subdued">
        {label}
      </Text>
      <Text as="span" numeric>
        {value}
      </Text>
    </InlineStack>
  );
}
