import { Banner, Layout, Text } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";

interface MemberBannersProps {
  /** Who was kept, where this member's customer was merged into another. */
  keptId: string | null;
  /** What went wrong with what was asked last. */
  problem: string | undefined;
}

/** What is to be said first on a member's page: where everything of a merged member went, and what went wrong. */
export function MemberBanners({ keptId, problem }: MemberBannersProps) {
  const { t } = useAdmin();
  return (
    <>
      {keptId === null ? null : (
        <Layout.Section variant="fullWidth">
          <Banner
            tone="info"
            title={t("member.merged.title")}
            action={{ content: t("member.merged.open"), url: `/app/members/${keptId}` }}
          >
            <Text as="p">{t("member.merged.text")}</Text>
          </Banner>
        </Layout.Section>
      )}
      {problem === undefined ? null : (
        <Layout.Section variant="fullWidth">
          <Banner tone="critical" title={problem} />
        </Layout.Section>
      )}
    </>
  );
}
