/** Liquid prices are the amount times 100 in every currency, KRW and KWD included. */
export const LIQUID_PRICE_SCALE = 100;

function group(digits: string, separator: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, separator);
}

function formatAmount(cents: number, decimals: number, thousands: string, decimal: string): string {
  const sign = cents < 0 ? "-" : "";
  const fixed = (Math.abs(cents) / LIQUID_PRICE_SCALE).toFixed(decimals);
  const [whole = "0", fraction] = fixed.split(".");
  return `${sign}${group(whole, thousands)}${fraction ? `${decimal}${fraction}` : ""}`;
}

const amountFormats: Record<string, (cents: number) => string> = {
  amount: (cents) => formatAmount(cents, 2, ",", "."),
  amount_no_decimals: (cents) => formatAmount(cents, 0, ",", "."),
  amount_with_comma_separator: (cents) => formatAmount(cents, 2, ".", ","),
  amount_no_decimals_with_comma_separator: (cents) => formatAmount(cents, 0, ".", ","),
  amount_no_decimals_with_space_separator: (cents) => formatAmount(cents, 0, " ", ","),
  amount_with_space_separator: (cents) => formatAmount(cents, 2, " ", ","),
  amount_with_apostrophe_separator: (cents) => formatAmount(cents, 2, "'", "."),
};

/** Formats a Liquid price with the shop's money format, for instance `${{amount}}`. */
export function formatMoney(cents: number, moneyFormat: string): string {
  return moneyFormat.replace(
    /\{\{\s*(\w+)\s*\}\}/g,
    (match, name: string) => amountFormats[name]?.(cents) ?? match,
  );
}

/** As `formatMoney`, leaving out a fraction that is zero. */
export function formatMoneyWithoutTrailingZeros(cents: number, moneyFormat: string): string {
  return formatMoney(cents, moneyFormat).replace(/[.,]00(?!\d)/, "");
}
