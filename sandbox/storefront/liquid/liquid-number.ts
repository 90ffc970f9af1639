/**
 * Numbers as Shopify's (Ruby) Liquid has them: integers and floats are different kinds, so that `10 | divided_by: 4`
 * is 2, `10 | divided_by: 4.0` is 2.5, and a float prints its fraction even when that is zero.
 */
export class LiquidFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  valueOf(): number {
    return this.value;
  }

  toString(): string {
    return Number.isInteger(this.value) ? `${this.value}.0` : String(this.value);
  }

  toJSON(): number {
    return this.value;
  }

  // liquidjs asks these of a value it compares; all five make it "comparable".
  equals(other: unknown): boolean {
    return Number(other) === this.value;
  }

  gt(other: unknown): boolean {
    return this.value > Number(other);
  }

  geq(other: unknown): boolean {
    return this.value >= Number(other);
  }

  lt(other: unknown): boolean {
    return this.value < Number(other);
  }

  leq(other: unknown): boolean {
    return this.value <= Number(other);
  }
}

export interface Operand {
  value: number;
  isFloat: boolean;
}

/** Reads anything as a number the way Ruby Liquid does: text without a fraction is its leading integer, or 0. */
export function toOperand(input: unknown): Operand {
  if (input instanceof LiquidFloat) return { value: input.value, isFloat: true };
  if (typeof input === "number") return { value: input, isFloat: !Number.isInteger(input) };
  if (typeof input === "bigint") return { value: Number(input), isFloat: false };
  if (typeof input !== "string") return { value: 0, isFloat: false };
  const text = input.trim();
  if (/^-?\d+\.\d+$/.test(text)) return { value: Number(text), isFloat: true };
  return { value: Number.parseInt(text, 10) || 0, isFloat: false };
}

/** Wraps a result, and drops the noise binary fractions leave (Shopify calculates in decimals). */
export function toLiquidNumber(value: number, isFloat: boolean): number | LiquidFloat {
  if (!isFloat) return Math.trunc(value);
  return new LiquidFloat(Number(value.toPrecision(15)));
}

/** Rounds half away from zero, as Ruby does; without digits the result is an integer. */
export function roundNumber(input: unknown, digits = 0): number | LiquidFloat {
  const { value, isFloat } = toOperand(input);
  const factor = 10 ** digits;
  const scaled = Number((Math.abs(value) * factor).toPrecision(15));
  const rounded = (Math.sign(value) * Math.round(scaled)) / factor;
  return digits > 0 ? toLiquidNumber(rounded, isFloat) : rounded || 0;
}
