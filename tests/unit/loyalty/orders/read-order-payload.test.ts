import { describe, expect, it } from "vitest";
import { readOrderPayload, readRefundPayload } from "#app/loyalty/orders/read-order-payload.ts";
import { orderPayload, refundPayload } from "#tests/support/order-payload.ts";

const adjustment = (over: object) => ({
  ...refundPayload(),
  order_adjustments: [{ amount: "-5.00", ...over }],
});

describe("reading a refund", () => {
  it.each([
    ["by kind, as before 2024-10", { kind: "refund_discrepancy" }, 500],
    ["by reason, as since", { reason: "refund_discrepancy" }, 500],
    ["by reason, as an enum", { reason: "REFUND_DISCREPANCY" }, 500],
    ["not while it is pending", { reason: "pending_refund_discrepancy" }, 0],
    ["nor under an older kind", { kind: "refund_discrepancy", reason: "Pending refund discrepancy" }, 0],
    ["not when it is shipping", { kind: "shipping_refund" }, 0],
    ["not when it balances a full return", { reason: "Full return balancing adjustment" }, 0],
    ["whatever the reason: the customer's wish", { reason: "Customer" }, 500],
    ["whatever the reason: damage", { reason: "DAMAGE" }, 500],
    ["whatever the reason: restocking", { reason: "restock" }, 500],
    ["without a reason", {}, 500],
    ["below zero when lines came back for less", { kind: "refund_discrepancy", amount: "5.00" }, -500],
  ])("money for no line counts %s", (_, over, expected) => {
    expect(readRefundPayload(adjustment(over), 2).refund.amountMinor).toBe(expected);
  });

  it("takes the money from the transactions when nothing else names it", () => {
    const bare = {
      ...refundPayload(),
      transactions: [{ kind: "refund", status: "success", amount: "41.94" }],
    };
    expect(readRefundPayload(bare, 2).refund.amountMinor).toBe(4194);
    const failed = {
      ...refundPayload(),
      transactions: [{ kind: "refund", status: "failure", amount: "41.94" }],
    };
    expect(readRefundPayload(failed, 2).refund.amountMinor).toBe(0);
  });
});

describe("reading an order", () => {
  it("counts lines after edits and before refunds", () => {
    const refund = refundPayload({ lines: [{ lineId: "9001", quantity: 1, subtotal: "10.00" }] });
    const payload = orderPayload({
      lines: [{ price: "10.00", quantity: 4, currentQuantity: 2, discount: "4.00" }],
      refunds: [refund],
    });
    const [line] = readOrderPayload(payload).document.lines;
    // Four ordered, one edited away, one refunded: three count, and three quarters of the discount.
    expect(line).toMatchObject({ quantity: 3, priceMinor: 3_000, discountMinor: 300 });
  });

  it("T07 refuses a refund under an order's topic and an order under a refund's", () => {
    expect(() => readOrderPayload(refundPayload())).toThrow("not_an_order");
    expect(() => readRefundPayload(orderPayload(), 2)).toThrow("not_an_order_refund");
  });

  it("T15 refuses an id that a float has rounded, and an amount that is not of its currency", () => {
    expect(() => readOrderPayload({ ...orderPayload(), id: 820982911946154508 })).toThrow("not_an_order");
    expect(() => readOrderPayload(orderPayload({ currency: "KRW", lines: [{ price: "10.50" }] }))).toThrow(
      "not_an_amount",
    );
  });

  it("T15 gets along without what is missing, and with what is new", () => {
    const { line_items: _, ...rest } = orderPayload({ customerId: null });
    const bare = {
      ...rest,
      line_items: [{ id: "1", quantity: 1, price: "5.00" }],
      shiny_new_field: { a: 1 },
    };
    expect(readOrderPayload(bare).document).toMatchObject({
      customerId: null,
      lines: [{ quantity: 1, priceMinor: 500 }],
    });
  });
});
