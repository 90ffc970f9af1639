/** Since version 2026-04: https://shopify.dev/changelog/reduced-metafield-value-sizes */
const MAX_JSON_BYTES = 131_072;
const INTEGER_LIMIT = 9_007_199_254_740_991n;

/** Says what is wrong with a value of a type, in Shopify's words; undefined when nothing is. */
const CHECKS: Readonly<Record<string, (value: string) => string | undefined>> = {
  single_line_text_field: (value) =>
    /[\r\n]/.test(value) ? "Value must be a single line text string." : undefined,
  multi_line_text_field: () => undefined,
  number_integer: checkInteger,
  number_decimal: (value) =>
    /^-?\d{1,13}(\.\d{1,9})?$/.test(value) ? undefined : "Value must be a decimal.",
  boolean: (value) => (value === "true" || value === "false" ? undefined : "Value must be true or false."),
  json: checkJson,
  date: (value) => (/^\d{4}-\d{2}-\d{2}$/.test(value) ? undefined : "Value must be in YYYY-MM-DD format."),
  date_time: (value) =>
    Number.isNaN(Date.parse(value)) ? "Value must be in YYYY-MM-DDTHH:MM:SS format." : undefined,
  url: (value) => (URL.canParse(value) ? undefined : "Value must be a valid URL."),
  color: (value) => (/^#[0-9a-fA-F]{6}$/.test(value) ? undefined : "Value must be a hex color code."),
  money: checkJson,
  "list.single_line_text_field": checkJson,
  "list.number_integer": checkJson,
};

/** Whether the sandbox knows a metafield type. */
export function isMetafieldType(type: string): boolean {
  return Object.hasOwn(CHECKS, type);
}

/** What is wrong with a value of a type; undefined when nothing is. */
export function checkMetafieldValue(type: string, value: string): string | undefined {
  return CHECKS[type]?.(value);
}

function checkInteger(value: string): string | undefined {
  if (!/^-?\d{1,19}$/.test(value)) return "Value must be an integer.";
  const number = BigInt(value);
  return number > INTEGER_LIMIT || number < -INTEGER_LIMIT
    ? "Value must be between -9007199254740991 and 9007199254740991."
    : undefined;
}

function checkJson(value: string): string | undefined {
  if (Buffer.byteLength(value) > MAX_JSON_BYTES) return "Value can't exceed 128 KB.";
  try {
    JSON.parse(value);
    return undefined;
  } catch {
    return "Value is invalid JSON.";
  }
}
