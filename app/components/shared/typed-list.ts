import { narrow } from "./typed-values.ts";

/** Separated by commas or lines; each once. A Shopify gid or the address of an admin page stands for the id at its end. */
export function listOf(text: string): string[] {
  const entries = text.split(/[,，、\n]/u).map((entry) => {
    const trimmed = entry.trim();
    // Words are left as they are; only what is all digits is an id.
    const plain = /^[\d０-９]+$/u.test(trimmed) ? narrow(trimmed) : trimmed;
    return (
      /(?:^gid:\/\/shopify\/|\/(?:products|collections|variants)\/)[^?#]*?(\d{1,20})(?:[?#].*)?$/u.exec(
        plain,
      )?.[1] ?? plain
    );
  });
  return [...new Set(entries.filter((entry) => entry !== ""))];
}
