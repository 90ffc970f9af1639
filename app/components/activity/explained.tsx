import { BlockStack, InlineStack, Text } from "@shopify/polaris";
import type { ReactNode } from "react";
import type { Explanation } from "./explain-failure.ts";

/** What failed, what was done about it, and the one thing to do. */
export function Explained({ explanation, children }: { explanation: Explanation; children: ReactNode }) {
  return (
    <BlockStack gap="150">
      <Text as="p">{explanation.what}</Text>
      <Text as="p" tone="subdued">
        {explanation.done} {explanation.todo}
      </Text>
      {children ? (
        <InlineStack align="start" gap="200">
          {children}
        </InlineStack>
      ) : null}
    </BlockStack>
  );
}
