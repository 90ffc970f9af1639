import { BlockStack, List, Text } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";

/** What the merchant may not have meant; nothing where there is none. */
export function WarningList({ warnings }: { warnings: readonly string[] }) {
  const { t } = useAdmin();
  if (warnings.length === 0) return null;
  return (
    <BlockStack gap="200">
      <Text as="h3" variant="headingSm">
        {t("campaign.warn.title")}
      </Text>
      <List>
        {warnings.map((warning) => (
          <List.Item key={warning}>{warning}</List.Item>
        ))}
      </List>
    </BlockStack>
  );
}
