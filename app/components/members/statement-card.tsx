import { BlockStack, Box, Button, Card, Divider, InlineStack, Text } from "@shopify/polaris";
import { Fragment } from "react";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { Why } from "#app/components/shared/why.tsx";
import { statementLine } from "./statement-line.ts";
import type { StatementItem, StatementLine } from "./statement-line.ts";

interface StatementCardProps {
  items: StatementItem[];
  hasMore: boolean;
  loading: boolean;
  onMore(): void;
}

/** Every movement like a bank's statement: dated, signed, with the balance after it, and why one tap away. */
export function StatementCard({ items, hasMore, loading, onMore }: StatementCardProps) {
  const words = useAdmin();
  const { t } = words;
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("statement.title")}
        </Text>
        {items.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("statement.empty")}
          </Text>
        ) : (
          <BlockStack gap="300" as="ul">
            {items.map((item, index) => (
              <Fragment key={item.seq}>
                {index > 0 ? <Divider /> : null}
                <StatementRow line={statementLine(item, words)} />
              </Fragment>
            ))}
          </BlockStack>
        )}
        {hasMore ? (
          <InlineStack align="center">
            <Button onClick={onMore} loading={loading}>
              {t("statement.more")}
            </Button>
          </InlineStack>
        ) : null}
      </BlockStack>
    </Card>
  );
}

function StatementRow({ line }: { line: StatementLine }) {
  const { t } = useAdmin();
  return (
    <Box as="li">
      <InlineStack align="space-between" blockAlign="start" gap="300" wrap={false}>
        <BlockStack gap="050">
          <Text as="span" fontWeight="medium" breakWord>
            {line.title}
          </Text>
          <Text as="span" variant="bodySm" tone="subdued">
            {line.at}
          </Text>
        </BlockStack>
        <div style={{ textAlign: "end", flex: "none" }}>
          <BlockStack gap="050">
            <Text as="span" numeric fontWeight="semibold">
              {line.amount}
            </Text>
            <Text as="span" variant="bodySm" tone="subdued" numeric>
              {t("statement.balance", { balance: line.balance })}
            </Text>
          </BlockStack>
        </div>
      </InlineStack>
      <Why subject={`${line.title}, ${line.at}`}>
        <BlockStack gap="050">
          {line.why.map((reason) => (
            <span key={reason}>{reason}</span>
          ))}
        </BlockStack>
      </Why>
    </Box>
  );
}
