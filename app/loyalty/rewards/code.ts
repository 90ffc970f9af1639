/**
 * Letters and digits that are told apart when read aloud or copied from a phone: no 0/O, 1/I/L, 2/Z, 5/S, 8/B, 6/G
 * pairs, and no vowels, so that no code spells a word.
 */
export const CODE_ALPHABET = "CDFHJKMNPQRTVWXY23456789";
const SYMBOLS = 16;
const GROUP = 4;

/** Random bytes a code is made from: far more than it keeps, so that no symbol is likelier than another. */
export const CODE_BYTES = 24;

/** What a code still holds of its random bytes: log2(24) for each of 16 symbols, 73 bits. */
export const CODE_ENTROPY_BITS = SYMBOLS * Math.log2(CODE_ALPHABET.length);

/**
 * A discount code such as `K7QF-3MXD-9RWC-H4TP`, from random bytes and nothing else: it tells neither shop nor customer
 * nor how many there are.
 */
export function codeFromBytes(bytes: Uint8Array): string {
  if (bytes.length < CODE_BYTES) throw new RangeError(`A code needs ${CODE_BYTES} random bytes.`);
  let number = 0n;
  for (const byte of bytes) number = number * 256n + BigInt(byte);
  const radix = BigInt(CODE_ALPHABET.length);
  let code = "";
  for (let position = 0; position < SYMBOLS; position += 1) {
    if (position > 0 && position % GROUP === 0) code += "-";
    code += CODE_ALPHABET.charAt(Number(number % radix));
    number /= radix;
  }
  return code;
}

/** Shopify compares codes without regard to case, and shoppers add spaces: one spelling for looking a code up. */
export function normaliseCode(code: string): string {
  return code.trim().toUpperCase();
}
