/** What every benchmark prints: a figure of ours, the floor's figure of the same run, and their ratio. */
export interface Result {
  name: string;
  value: number;
  unit: string;
  /** The same work done as barely as PostgreSQL or Node allows, measured in turns with ours. */
  floor: number;
  ratio: number;
  note: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export interface Load {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** Runs `count` pieces of work, `concurrency` at a time. */
export async function drive(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<void>,
): Promise<Load> {
  const started = performance.now();
  const times = await timesOf(count, concurrency, work);
  const seconds = (performance.now() - started) / 1000;
  return { perSecond: count / seconds, p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) };
}

/** The milliseconds that each of `count` pieces of work took, `concurrency` at a time. */
export async function timesOf(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<void>,
): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < count) {
        const index = next;
        next += 1;
        const before = performance.now();
        await work(index);
        times.push(performance.now() - before);
      }
    }),
  );
  return times;
}

/**
 * Runs the two sides in turns after one warm-up of each, so that neither has the machine's better minute; every second
 * turn begins with the other side, so that neither always has what the other left behind.
 */
export async function interleave(
  rounds: number,
  ours: (round: number) => Promise<Load>,
  floor: (round: number) => Promise<Load>,
): Promise<{ ours: Load[]; floor: Load[] }> {
  await ours(-1);
  await floor(-1);
  const result: { ours: Load[]; floor: Load[] } = { ours: [], floor: [] };
  for (let round = 0; round < rounds; round += 1) {
    const oursFirst = round % 2 === 0;
    if (oursFirst) result.ours.push(await ours(round));
    result.floor.push(await floor(round));
    if (!oursFirst) result.ours.push(await ours(round));
  }
  return result;
}

/**
 * How ours compares with the floor: the median of the ratios of rounds that ran side by side, which a neighbour's busy
 * minute slows alike, with the quartiles as its spread.
 */
export function ratioOf(
  loads: { ours: readonly Load[]; floor: readonly Load[] },
  key: keyof Load = "perSecond",
): { ratio: number; spread: string } {
  const ratios = loads.ours.map((load, index) => load[key] / (loads.floor[index]?.[key] ?? Number.NaN));
  const [low, high] = [round(percentile(ratios, 0.25)), round(percentile(ratios, 0.75))];
  return {
    ratio: round(median(ratios)),
    spread: `half of ${ratios.length} rounds between ${low} and ${high}`,
  };
}

export function pick(loads: readonly Load[], key: keyof Load): number {
  return median(loads.map((load) => load[key]));
}

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
