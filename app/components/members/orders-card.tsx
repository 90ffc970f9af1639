import { BlockStack, Card, Divider, Text } from "@shopify/polaris";
import { Fragment } from "react";
import type { OrderStory } from "#app/loyalty/insights/explain-order.ts";
import { OrderRow } from "#app/components/home/recent-orders.tsx";
import { useAdmin } from "#app/components/shared/admin-context.tsx";

/** The member's orders, each with why it has its points. */
export function OrdersCard({ orders }: { orders: OrderStory[] }) {
  const { t } = useAdmin();
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("member.orders")}
        </Text>
        {orders.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("member.orders.empty")}
          </Text>
        ) : (
          orders.map((order, index) => (
            <Fragment key={order.orderId}>
              {index > 0 ? <Divider /> : null}
              <OrderRow order={order} />
            </Fragment>
          ))
        )}
      </BlockStack>
    </Card>
  );
}
