/** Numbers that look random and are the same for the same seed and step, whatever was drawn in other steps. */
export interface Random {
  /** 0 … below − 1. */
  int(below: number): number;
  between(least: number, most: number): number;
  chance(share: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** One of them, as often as its weight says. */
  weighted<T>(list: readonly (readonly [number, T])[]): T;
}

export function randomOf(seed: number, step: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(step + 1, 0xc2b2ae35);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  const pick = <T>(list: readonly T[]): T => {
    if (list.length === 0) throw new Error("nothing to pick from");
    return list[int(list.length)] as T;
  };
  return {
    int,
    pick,
    between: (least, most) => least + int(most - least + 1),
    chance: (share) => next() < share,
    weighted: (list) => {
      let at = next() * list.reduce((sum, [weight]) => sum + weight, 0);
      return (list.find(([weight]) => (at -= weight) < 0) ?? list.at(-1)!)[1];
    },
  };
}
