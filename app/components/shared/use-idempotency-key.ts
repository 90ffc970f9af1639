import { useCallback, useState } from "react";

/** A key for one intention: kept over retries of the same post, renewed once it was done. */
export function useIdempotencyKey(): [string, () => void] {
  const [key, setKey] = useState(newKey);
  return [key, useCallback(() => setKey(newKey()), [])];
}

function newKey(): string {
  // On the server the key is never posted; the browser makes its own when the page comes to life.
  return typeof window === "undefined" ? "server" : crypto.randomUUID();
}
