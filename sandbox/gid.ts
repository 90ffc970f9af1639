/** `gid://shopify/Customer/1` taken apart; undefined when it is not one. */
export function parseGid(text: string): { type: string; id: string } | undefined {
  const match = /^gid:\/\/shopify\/([A-Za-z]+)\/(\d+)(?:\?.*)?$/.exec(text);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { type: match[1], id: match[2] };
}

/** The digits of a gid of one of these types, or of a plain id; undefined otherwise. */
export function idOf(text: string, ...types: string[]): string | undefined {
  if (/^\d+$/.test(text)) return text;
  const parsed = parseGid(text);
  return parsed !== undefined && types.includes(parsed.type) ? parsed.id : undefined;
}
