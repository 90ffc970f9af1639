import { BlockStack, Card, Text } from "@shopify/polaris";
import type { OrderStory } from "#app/loyalty/insights/explain-order.ts";
import { OrderRow } from "#app/components/home/recent-orders.tsx";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { DividedList } from "#app/components/shared/divided-list.tsx";

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
          <DividedList>
            {orders.map((order) => (
              <OrderRow key={order.orderId} order={order} />
            ))}
          </DividedList>
        )}
      </BlockStack>
    </Card>
  );
}
