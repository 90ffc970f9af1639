import { BlockStack, Card, Text } from "@shopify/polaris";
import { Children } from "react";
import type { ReactNode } from "react";
import { DividedList } from "./divided-list.tsx";

/** A card of entries below a title, or what to say where there are none. */
export function ListCard(props: {
  title: string;
  help?: string;
  empty: string;
  /** The entries, each with its key. */
  children: ReactNode;
  /** Above the entries, such as what went wrong with one. */
  above?: ReactNode;
  /** Below them, such as a button for more. */
  below?: ReactNode;
}) {
  const { title, help, empty, children, above, below } = props;
  const heading = (
    <Text as="h2" variant="headingMd">
      {title}
    </Text>
  );
  return (
    <Card>
      <BlockStack gap="300">
        {help ? (
          <BlockStack gap="050">
            {heading}
            <Text as="p" variant="bodySm" tone="subdued">
              {help}
            </Text>
          </BlockStack>
        ) : (
          heading
        )}
        {above}
        {Children.count(children) === 0 ? (
          <Text as="p" tone="subdued">
            {empty}
          </Text>
        ) : (
          <DividedList>{children}</DividedList>
        )}
        {below}
      </BlockStack>
    </Card>
  );
}
