/**
 * Browsers that block third-party storage (a private window, for one) throw at the mere mention of sessionStorage in a
 * frame, and Remix uses it to find routes and scroll positions. A page's own memory stands in: nothing of ours has to
 * outlive the page.
 */
function isBlocked(): boolean {
  try {
    return window.sessionStorage === null;
  } catch {
    return true;
  }
}

function memoryStorage(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    getItem: (key) => kept.get(key) ?? null,
    key: (index) => [...kept.keys()][index] ?? null,
    removeItem: (key) => void kept.delete(key),
    setItem: (key, value) => void kept.set(key, String(value)),
  };
}

/** Puts it in place; on the server, and where storage works, nothing happens. */
export function installSessionStorageFallback(): void {
  if (typeof window === "undefined" || !isBlocked()) return;
  Object.defineProperty(window, "sessionStorage", { value: memoryStorage(), configurable: true });
}
