import { isIPv4, isIPv6 } from "node:net";

/** The network an address is in: /24 of IPv4, /48 of IPv6. Null when it is no address. */
export function ipPrefix(address: string): string | null {
  const text = address.trim().replace(/^::ffff:(?=\d+\.)/iu, "");
  if (isIPv4(text)) return `${text.split(".").slice(0, 3).join(".")}.0/24`;
  if (!isIPv6(text)) return null;
  const [head = "", tail] = text.toLowerCase().split("%", 1)[0]?.split("::") ?? [];
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array.from({ length: zeros }, () => "0"), ...right];
  return `${groups
    .slice(0, 3)
    .map((group) => group.replace(/^0+(?=.)/u, ""))
    .join(":")}::/48`;
}
