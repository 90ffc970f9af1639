import type { ProgramSettings } from "./settings.ts";

export interface CachedProgram {
  version: number;
  settings: ProgramSettings;
}

/** Shops times the few versions in use at once; beyond it the longest unused go. */
const CAPACITY = 2000;
const cache = new Map<string, { stamp: string; program: CachedProgram }>();

/**
 * A version as it was parsed before.
 *
 * @param stamp changes whenever the stored row does, so that a draft which was edited is never taken for its former self
 */
export function cachedProgram(shopId: string, version: number, stamp: string): CachedProgram | null {
  const key = `${shopId}:${version}`;
  const known = cache.get(key);
  if (known?.stamp !== stamp) return null;
  cache.delete(key);
  cache.set(key, known);
  return known.program;
}

/** Keeps a parsed version; it is shared from now on, and therefore frozen. */
export function cacheProgram(
  shopId: string,
  version: number,
  stamp: string,
  settings: ProgramSettings,
): CachedProgram {
  const program = deepFreeze({ version, settings });
  cache.set(`${shopId}:${version}`, { stamp, program });
  for (const key of cache.keys()) {
    if (cache.size <= CAPACITY) break;
    cache.delete(key);
  }
  return program;
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
