import type { Liquid } from "liquidjs";
import { roundNumber, toLiquidNumber, toOperand } from "./liquid-number.ts";
import type { LiquidFloat } from "./liquid-number.ts";

type Result = number | LiquidFloat;
type Operation = (left: number, right: number) => number;

function arithmetic(operation: Operation) {
  return (input: unknown, argument: unknown): Result => {
    const left = toOperand(input);
    const right = toOperand(argument);
    return toLiquidNumber(operation(left.value, right.value), left.isFloat || right.isFloat);
  };
}

function divide(input: unknown, argument: unknown): Result {
  const left = toOperand(input);
  const right = toOperand(argument);
  if (right.value === 0 && !right.isFloat) throw new Error("divided by 0");
  if (left.isFloat || right.isFloat) return toLiquidNumber(left.value / right.value, true);
  return Math.floor(left.value / right.value);
}

function modulo(input: unknown, argument: unknown): Result {
  const left = toOperand(input);
  const right = toOperand(argument);
  if (right.value === 0) throw new Error("divided by 0");
  const rest = left.value - right.value * Math.floor(left.value / right.value);
  return toLiquidNumber(rest, left.isFloat || right.isFloat);
}

function pick(choose: Operation) {
  return (input: unknown, argument: unknown): Result => {
    const left = toOperand(input);
    const right = toOperand(argument);
    const chosen = choose(left.value, right.value);
    return toLiquidNumber(chosen, chosen === left.value ? left.isFloat : right.isFloat);
  };
}

/** Replaces liquidjs's arithmetic with Shopify's. */
export function registerMathFilters(engine: Liquid): void {
  engine.registerFilter(
    "plus",
    arithmetic((left, right) => left + right),
  );
  engine.registerFilter(
    "minus",
    arithmetic((left, right) => left - right),
  );
  engine.registerFilter(
    "times",
    arithmetic((left, right) => left * right),
  );
  engine.registerFilter("divided_by", divide);
  engine.registerFilter("modulo", modulo);
  engine.registerFilter("at_least", pick(Math.max));
  engine.registerFilter("at_most", pick(Math.min));
  engine.registerFilter("floor", (input: unknown) => Math.floor(toOperand(input).value));
  engine.registerFilter("ceil", (input: unknown) => Math.ceil(toOperand(input).value));
  engine.registerFilter("round", (input: unknown, digits?: unknown) =>
    roundNumber(input, toOperand(digits).value),
  );
  engine.registerFilter("abs", (input: unknown) => {
    const { value, isFloat } = toOperand(input);
    return toLiquidNumber(Math.abs(value), isFloat);
  });
}
