import { BlockStack, Text } from "@shopify/polaris";

/** A card's title, and a line below it on what the card is for. */
export function CardHeading({ title, help }: { title: string; help: string }) {
  return (
    <BlockStack gap="100">
      <Text as="h2" variant="headingMd">
        {title}
      </Text>
      <Text as="p" tone="subdued">
        {help}
      </Text>
    </BlockStack>
  );
}
