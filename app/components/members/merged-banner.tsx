import { Banner, Text } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";

/** On the page of a member whose customer was merged into another: where everything went, and the way there. */
export function MergedBanner({ keptId }: { keptId: string }) {
  const { t } = useAdmin();
  return (
    <Banner
      tone="info"
      title={t("member.merged.title")}
      action={{ content: t("member.merged.open"), url: `/app/members/${keptId}` }}
    >
      <Text as="p">{t("member.merged.text")}</Text>
    </Banner>
  );
}
