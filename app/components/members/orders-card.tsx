import type { OrderStory } from "#app/loyalty/insights/explain-order.ts";
import { OrderRow } from "#app/components/home/recent-orders.tsx";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { ListCard } from "#app/components/shared/list-card.tsx";

/** The member's orders, each with why it has its points. */
export function OrdersCard({ orders }: { orders: OrderStory[] }) {
  const { t } = useAdmin();
  return (
    <ListCard title={t("member.orders")} empty={t("member.orders.empty")}>
      {orders.map((order) => (
        <OrderRow key={order.orderId} order={order} />
      ))}
    </ListCard>
  );
}
