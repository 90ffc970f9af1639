/**
 * Waits for work up to a limit. Work that takes longer, or fails, goes on (or has ended) without us: its error goes to
 * `onError`, and the caller answers with what it knows. Only for work that a job will finish anyway.
 */
export async function withPatience<T>(
  work: Promise<T>,
  limitMs: number,
  onError: (error: unknown) => void,
): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const handled = work.catch((error: unknown) => {
    onError(error);
    return undefined;
  });
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  try {
    return await Promise.race([handled, limit]);
  } finally {
    clearTimeout(timer);
  }
}
