const SAMPLE_MS = 50;

/**
 * Watches the memory of this process while the work is done, floors and seeding left out.
 *
 * @returns what the work gave, and the most that the process held above what it held before, in MB
 */
export async function watchMemory<T>(work: () => Promise<T>): Promise<{ result: T; grownMb: number }> {
  const before = process.memoryUsage.rss();
  let peak = before;
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(look, SAMPLE_MS);
  try {
    const result = await work();
    look();
    return { result, grownMb: Math.round((peak - before) / 2 ** 20) };
  } finally {
    clearInterval(timer);
  }
}
