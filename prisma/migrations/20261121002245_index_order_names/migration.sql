-- Indexes the names of orders. Why: the admin finds members by an order's name ("#1001"); without it that read every order
-- of the shop. Locks: writes to order_state wait while the index is built (seconds a million orders). Roll forward: only.

CREATE INDEX "order_state_name_idx" ON "order_state" ("shop_id", "name");
