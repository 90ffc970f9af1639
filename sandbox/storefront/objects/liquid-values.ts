import { currencyExponent } from "#sandbox/money.ts";
import { LIQUID_PRICE_SCALE } from "#sandbox/storefront/liquid/format-money.ts";
import { LiquidFloat } from "#sandbox/storefront/liquid/liquid-number.ts";
import type { Metafield } from "#sandbox/store/types.ts";

/** A price as Liquid has it: the amount times 100, whatever the currency. */
export function toLiquidPrice(minor: number, currency: string): number {
  return Math.round((minor * LIQUID_PRICE_SCALE) / 10 ** currencyExponent(currency));
}

/** Ids are numbers in Liquid; those a JavaScript number cannot hold stay text, and print the same. */
export function toLiquidId(id: string): number | string {
  const number = Number(id);
  return Number.isSafeInteger(number) ? number : id;
}

function parseMetafieldValue(type: string, value: string): unknown {
  if (type === "json" || type.startsWith("list.") || type === "money" || type === "rating")
    return JSON.parse(value);
  if (type === "number_integer") return Number(value);
  if (type === "number_decimal") return new LiquidFloat(Number(value));
  if (type === "boolean") return value === "true";
  return value;
}

/** Metafields by namespace and key; those of the app are found under `$app`, as its own blocks read them. */
export function buildMetafields(metafields: Iterable<Metafield>): Record<string, Record<string, unknown>> {
  const namespaces: Record<string, Record<string, unknown>> = {};
  for (const metafield of metafields) {
    const namespace = metafield.namespace.replace(/^app--\d+(--)?/, (_match, dash?: string) =>
      dash ? "$app:" : "$app",
    );
    const keys = (namespaces[namespace] ??= {});
    keys[metafield.key] = {
      value: parseMetafieldValue(metafield.type, metafield.value),
      type: metafield.type,
    };
  }
  return namespaces;
}
