/**
 * Reads Shopify's order and refund webhooks (REST shape) into what settlement needs. Tolerant of what is missing or new,
 * strict about what points depend on: ids, money, quantities. Ids stay digit strings: a real one may have 18 digits.
 */
import { z } from "zod";
import { Malformed } from "#app/platform/errors.ts";
import { currencyExponent, parseMinor } from "../program/money.ts";
import { paymentsNamed } from "../earning/payments.ts";
import { buildLine } from "./build-line.ts";
import { isAmountOnly } from "./refund-adjustment.ts";
import type { OrderDocument, OrderLine, RefundDocument } from "./order.ts";

/** A string, a safe number, or a lossless number object; an unsafe number has already lost its digits and is refused. */
const digits = z
  .unknown()
  .refine((value) => typeof value !== "number" || Number.isSafeInteger(value))
  .transform((value) => String(value))
  .pipe(z.string().regex(/^[0-9]{1,20}$/));
const amount = z.unknown().transform((value) => String(value));
const count = amount.pipe(z.string().regex(/^[0-9]{1,9}$/)).transform(Number);
const instant = z.string().refine((text) => !Number.isNaN(Date.parse(text)));
const moneySet = z
  .object({ shop_money: z.object({ amount, currency_code: z.string() }) })
  .nullish()
  .catch(undefined);

const refundPayload = z.object({
  id: digits,
  order_id: digits.optional(),
  created_at: instant,
  refund_line_items: z
    .array(
      z.object({
        line_item_id: digits,
        quantity: count,
        subtotal: amount.optional(),
        subtotal_set: moneySet,
      }),
    )
    .default([]),
  order_adjustments: z
    .array(
      z.object({
        kind: z.string().nullish(),
        reason: z.string().nullish(),
        amount: amount.optional(),
        amount_set: moneySet,
      }),
    )
    .default([]),
  transactions: z
    .array(
      z.object({
        kind: z.string(),
        status: z.string(),
        amount: amount.optional(),
        currency: z.string().nullish().catch(null),
      }),
    )
    .default([]),
  duties: z.array(z.unknown()).nullish().catch(null),
  additional_fees: z.array(z.unknown()).nullish().catch(null),
  /** Always there, zero or not: it tells the shop's currency. */
  total_duties_set: moneySet,
  refund_shipping_lines: z
    .array(z.object({ subtotal_amount_set: moneySet }).catch({ subtotal_amount_set: undefined }))
    .default([]),
});

const linePayload = z.object({
  id: digits,
  product_id: digits.nullish().catch(null),
  variant_id: digits.nullish().catch(null),
  quantity: count,
  current_quantity: count.optional(),
  price: amount.optional(),
  price_set: moneySet,
  gift_card: z.boolean().default(false),
  discount_allocations: z.array(z.object({ amount: amount.optional(), amount_set: moneySet })).default([]),
  tax_lines: z.array(z.object({ price: amount.optional(), price_set: moneySet })).default([]),
  /** There, though it may be null, on a line that is a tip; on no other. */
  tip_payment_gateway: z.unknown().optional(),
  tip_payment_method: z.unknown().optional(),
});

const shippingPayload = z.object({
  is_removed: z.boolean().nullish().catch(null),
  price: amount.optional(),
  price_set: moneySet,
  discount_allocations: z.array(z.object({ amount: amount.optional(), amount_set: moneySet })).default([]),
  tax_lines: z.array(z.object({ price: amount.optional(), price_set: moneySet })).default([]),
});

const orderPayload = z.object({
  id: digits,
  name: z.string().default(""),
  currency: z.string().length(3),
  test: z.boolean().default(false),
  source_name: z.string().nullish(),
  created_at: instant,
  processed_at: instant.nullish(),
  updated_at: instant,
  cancelled_at: instant.nullish(),
  financial_status: z.enum([
    "pending",
    "authorized",
    "partially_paid",
    "paid",
    "partially_refunded",
    "refunded",
    "voided",
    "expired",
  ]),
  fulfillment_status: z.string().nullish(),
  taxes_included: z.boolean().default(false),
  customer: z.object({ id: digits }).nullish(),
  email: z.string().nullish(),
  contact_email: z.string().nullish(),
  discount_codes: z.array(z.object({ code: z.string() })).default([]),
  line_items: z.array(linePayload),
  shipping_lines: z.array(shippingPayload).default([]),
  payment_gateway_names: z.array(z.string()).default([]),
  refunds: z.array(refundPayload).default([]),
});

/** The order, the refunds it names, and the guest's e-mail when there is no customer (to be hashed, never stored). */
export interface ReadOrder {
  document: OrderDocument;
  refunds: RefundDocument[];
  guestEmail: string | null;
}

/** @throws Malformed when the payload is not an order (a refund under an order's topic, say) */
export function readOrderPayload(payload: unknown): ReadOrder {
  const parsed = orderPayload.safeParse(payload);
  if (!parsed.success) throw malformed("order", parsed.error);
  const order = parsed.data;
  const exponent = currencyExponent(order.currency);
  const refunds = order.refunds.map((refund) => readRefund(refund, exponent));
  return {
    document: {
      orderId: order.id,
      name: order.name,
      customerId: order.customer?.id ?? null,
      currency: order.currency,
      test: order.test,
      sourceName: order.source_name ?? "",
      processedAt: order.processed_at ?? order.created_at,
      updatedAt: order.updated_at,
      cancelledAt: order.cancelled_at ?? null,
      financialStatus: order.financial_status,
      fulfilled: order.fulfillment_status === "fulfilled",
      taxesIncluded: order.taxes_included,
      discountCodes: order.discount_codes.map((entry) => entry.code),
      lines: order.line_items.filter(isNoTip).map((line) => readLine(line, refunds, exponent)),
      shipping: readShipping(order.shipping_lines, exponent),
      payments: paymentsNamed(order.payment_gateway_names),
    },
    refunds,
    guestEmail: order.customer ? null : order.email || order.contact_email || null,
  };
}

/** @throws Malformed when the payload is not a refund of an order */
export function readRefundPayload(
  payload: unknown,
  exponent: number,
): { orderId: string; refund: RefundDocument } {
  const parsed = refundPayload.extend({ order_id: digits }).safeParse(payload);
  if (!parsed.success) throw malformed("refund", parsed.error);
  return { orderId: parsed.data.order_id, refund: readRefund(parsed.data, exponent) };
}

function malformed(what: string, error: z.ZodError): Malformed {
  // Paths only: the values may be personal.
  const paths = error.issues.slice(0, 5).map((issue) => issue.path.join("."));
  return new Malformed(`not_an_${what === "order" ? "order" : "order_refund"}`, { data: { paths } });
}

/** A tip is no goods: it earns nothing, and nothing of it is taken back. */
function isNoTip(line: z.infer<typeof linePayload>): boolean {
  return !("tip_payment_gateway" in line) && !("tip_payment_method" in line);
}

function readLine(
  line: z.infer<typeof linePayload>,
  refunds: readonly RefundDocument[],
  exponent: number,
): OrderLine {
  return buildLine(
    {
      lineId: line.id,
      productId: line.product_id ?? null,
      variantId: line.variant_id ?? null,
      quantity: line.quantity,
      currentQuantity: line.current_quantity ?? null,
      unitMinor: minorOf(line.price_set, line.price, exponent),
      discountMinor: line.discount_allocations.reduce(
        (sum, entry) => sum + minorOf(entry.amount_set, entry.amount, exponent),
        0,
      ),
      taxMinor: line.tax_lines.reduce(
        (sum, entry) => sum + minorOf(entry.price_set, entry.price, exponent),
        0,
      ),
      giftCard: line.gift_card,
    },
    refunds,
  );
}

function readShipping(
  lines: readonly z.infer<typeof shippingPayload>[],
  exponent: number,
): NonNullable<OrderDocument["shipping"]> {
  const shipping = { priceMinor: 0, discountMinor: 0, taxMinor: 0 };
  for (const line of lines) {
    // Taken off by an edit: it was not paid for.
    if (line.is_removed) continue;
    shipping.priceMinor += minorOf(line.price_set, line.price, exponent);
    for (const entry of line.discount_allocations) {
      shipping.discountMinor += minorOf(entry.amount_set, entry.amount, exponent);
    }
    for (const entry of line.tax_lines) shipping.taxMinor += minorOf(entry.price_set, entry.price, exponent);
  }
  return shipping;
}

function readRefund(refund: z.infer<typeof refundPayload>, exponent: number): RefundDocument {
  return {
    refundId: refund.id,
    createdAt: refund.created_at,
    lines: refund.refund_line_items.map((line) => ({
      lineId: line.line_item_id,
      quantity: line.quantity,
      subtotalMinor: minorOf(line.subtotal_set, line.subtotal, exponent),
    })),
    amountMinor: amountOnly(refund, exponent),
    shippingMinor: shippingBack(refund, exponent),
  };
}

/** Refunded shipping has a list of its own; payloads before 2024-10 have it among the adjustments. */
function shippingBack(refund: z.infer<typeof refundPayload>, exponent: number): number {
  const listed = refund.refund_shipping_lines.reduce(
    (sum, entry) =>
      sum + (entry.subtotal_amount_set ? minorOf(entry.subtotal_amount_set, undefined, exponent) : 0),
    0,
  );
  if (refund.refund_shipping_lines.length > 0) return Math.max(0, listed);
  return Math.max(
    0,
    refund.order_adjustments
      .filter((entry) => entry.kind === "shipping_refund")
      .reduce((sum, entry) => sum - minorOf(entry.amount_set, entry.amount, exponent), 0),
  );
}

/**
 * Money of a refund that is for no line: its adjustments. It is below zero where the lines came back for less than their
 * price, because some of it had been given back before. Payloads before 2024-10 name the kind of an adjustment, later ones
 * its reason. A payload that names nothing else shows the money only in its transactions.
 */
function amountOnly(refund: z.infer<typeof refundPayload>, exponent: number): number {
  const adjusted = refund.order_adjustments
    .filter(({ kind, reason }) => isAmountOnly(kind, reason))
    .reduce((sum, entry) => sum - minorOf(entry.amount_set, entry.amount, exponent), 0);
  const named = [
    refund.refund_line_items,
    refund.refund_shipping_lines,
    refund.order_adjustments,
    refund.duties ?? [],
    refund.additional_fees ?? [],
  ];
  if (named.some((list) => list.length > 0)) return adjusted;
  const shopCurrency = refund.total_duties_set?.shop_money.currency_code;
  return refund.transactions
    .filter((entry) => entry.kind === "refund" && entry.status === "success")
    .filter(({ currency }) => !currency || !shopCurrency || currency === shopCurrency)
    .reduce((sum, entry) => sum + minorOf(undefined, entry.amount, exponent), 0);
}

function minorOf(set: z.infer<typeof moneySet>, plain: string | undefined, exponent: number): number {
  const text = set?.shop_money.amount ?? plain;
  const minor = text === undefined ? null : parseMinor(text, exponent);
  if (minor === null) throw new Malformed("not_an_amount", { data: { exponent } });
  return minor;
}
