import { BlockStack, Box, Card, InlineStack, Link, Text } from "@shopify/polaris";
import type { OrderStory } from "#app/loyalty/insights/explain-order.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { DividedList } from "#app/components/shared/divided-list.tsx";
import { orderWhy } from "./order-words.ts";

/** The orders settled last, each with why it has its points. */
export function RecentOrders({ orders }: { orders: OrderStory[] }) {
  const { t } = useAdmin();
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("home.orders.title")}
        </Text>
        {orders.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("home.orders.empty")}
          </Text>
        ) : (
          <DividedList>
            {orders.map((order) => (
              <OrderRow key={order.orderId} order={order} linked />
            ))}
          </DividedList>
        )}
      </BlockStack>
    </Card>
  );
}

/** One order: its name, day and points, and the arithmetic under it. */
export function OrderRow({ order, linked = false }: { order: OrderStory; linked?: boolean }) {
  const words = useAdmin();
  const name = order.name ?? order.orderId;
  const at = order.processedAt ?? order.settledAt;
  return (
    <Box>
      <InlineStack align="space-between" gap="200" wrap={false}>
        <InlineStack gap="200" align="start">
          {linked && order.memberId ? (
            <Link url={`/app/members/${order.memberId}`} monochrome removeUnderline>
              <Text as="span" fontWeight="semibold">
                {name}
              </Text>
            </Link>
          ) : (
            <Text as="span" fontWeight="semibold">
              {name}
            </Text>
          )}
          {at ? (
            <Text as="span" tone="subdued">
              {words.date(at)}
            </Text>
          ) : null}
        </InlineStack>
        <Text as="span" numeric fontWeight="semibold">
          {words.signed(order.pointsHeld)}
        </Text>
      </InlineStack>
      <Text as="p" variant="bodySm" tone="subdued">
        {orderWhy(order, words)}
      </Text>
    </Box>
  );
}
