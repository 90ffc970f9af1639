import { GraphQLError } from "graphql";

/** A field a resource can be searched by. Instants and numbers compare; texts match whole or by prefix with `*`. */
export type SearchField<T> =
  | { kind: "text"; read: (item: T) => readonly (string | null)[] }
  | { kind: "number"; read: (item: T) => readonly (string | null)[] }
  | { kind: "instant"; read: (item: T) => readonly (string | null)[] };

export type SearchFields<T> = Readonly<Record<string, SearchField<T>>>;

type Test<T> = (item: T) => boolean;

/**
 * Shopify's search syntax: `field:value`, comparisons, quotes, `*` at the end, `-` and NOT, AND (also between plain
 * terms), OR, parentheses, and bare words that match the default texts. A field the sandbox lacks is an error.
 */
export function parseSearch<T>(
  query: string,
  fields: SearchFields<T>,
  defaultTexts: (item: T) => readonly (string | null)[],
): Test<T> {
  const tokens = tokenize(query);
  let position = 0;

  function parseOr(): Test<T> {
    const parts = [parseAnd()];
    while (tokens[position] === "OR") {
      position += 1;
      parts.push(parseAnd());
    }
    return parts.length === 1 && parts[0] !== undefined
      ? parts[0]
      : (item) => parts.some((part) => part(item));
  }

  function parseAnd(): Test<T> {
    const parts: Test<T>[] = [];
    while (position < tokens.length && tokens[position] !== "OR" && tokens[position] !== ")") {
      if (tokens[position] === "AND") position += 1;
      else parts.push(parseNot());
    }
    return (item) => parts.every((part) => part(item));
  }

  function parseNot(): Test<T> {
    const token = tokens[position] ?? "";
    position += 1;
    if (token === "NOT") {
      const inner = parseNot();
      return (item) => !inner(item);
    }
    if (token === "(") {
      const inner = parseOr();
      if (tokens[position] === ")") position += 1;
      return inner;
    }
    if (token.startsWith("-") && token.length > 1) {
      const inner = termTest(token.slice(1), fields, defaultTexts);
      return (item) => !inner(item);
    }
    return termTest(token, fields, defaultTexts);
  }

  return parseOr();
}

function tokenize(query: string): string[] {
  return [...query.matchAll(/\(|\)|(?:[^\s()"']|"[^"]*"|'[^']*')+/g)].map((match) => match[0]);
}

function termTest<T>(
  token: string,
  fields: SearchFields<T>,
  defaultTexts: (item: T) => readonly (string | null)[],
): Test<T> {
  const match = /^([a-z_]+):(.*)$/s.exec(token);
  if (match === null) return textTest(defaultTexts, `${unquote(token).replace(/\*$/, "")}*`, true);
  const name = match[1] ?? "";
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined) {
    const known = Object.keys(fields).join(", ");
    throw new GraphQLError(`The sandbox does not search by "${name}" here; it knows ${known}.`, {
      extensions: { code: "SANDBOX_NOT_IMPLEMENTED" },
    });
  }
  const compared = /^(>=|<=|>|<)?(.*)$/s.exec(match[2] ?? "");
  const value = unquote(compared?.[2] ?? "");
  const operator = compared?.[1] ?? "=";
  if (field.kind === "text")
    return value === "*" ? (item) => field.read(item).some(Boolean) : textTest(field.read, value, false);
  const parse = field.kind === "instant" ? parseInstant : parseNumber;
  const wanted = parse(value);
  return (item) => field.read(item).some((text) => text !== null && holds(operator, parse(text), wanted));
}

function unquote(text: string): string {
  return text.replace(/^(["'])(.*)\1$/s, "$2");
}

function textTest<T>(
  read: (item: T) => readonly (string | null)[],
  wanted: string,
  anyWord: boolean,
): Test<T> {
  const isPrefix = wanted.endsWith("*");
  const needle = wanted.replace(/\*$/, "").toLowerCase();
  return (item) =>
    read(item).some((text) => {
      if (text === null) return false;
      const hay = text.toLowerCase();
      if (!isPrefix) return hay === needle;
      return (
        hay.startsWith(needle) || (anyWord && hay.split(/[\s@.]+/).some((word) => word.startsWith(needle)))
      );
    });
}

function parseInstant(text: string): bigint {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new GraphQLError(`Not a date: ${text}`);
  // Shopify keeps and compares whole seconds.
  return BigInt(Math.floor(at / 1000));
}

function parseNumber(text: string): bigint {
  const digits = /^-?\d+/.exec(text)?.[0];
  if (digits === undefined) throw new GraphQLError(`Not a number: ${text}`);
  return BigInt(digits);
}

function holds(operator: string, actual: bigint, wanted: bigint): boolean {
  switch (operator) {
    case ">":
      return actual > wanted;
    case ">=":
      return actual >= wanted;
    case "<":
      return actual < wanted;
    case "<=":
      return actual <= wanted;
    default:
      return actual === wanted;
  }
}
