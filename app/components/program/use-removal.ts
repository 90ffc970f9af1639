import { useState } from "react";

interface Removed<Entry> {
  entry: Entry;
  index: number;
}

/**
 * The entry that was removed last, so that it can be had back where it stood. It is no longer offered once an entry of its
 * id is there: the form was set back meanwhile.
 */
export function useRemoval<Entry extends { id: string }>(entries: readonly Entry[]) {
  const [last, setLast] = useState<Removed<Entry> | null>(null);
  const removed = last && entries.every(({ id }) => id !== last.entry.id) ? last : null;
  return { removed, remember: (entry: Entry, index: number) => setLast({ entry, index }) };
}

/** Set apart from every id there ever was, also of entries that are gone: codes and members still name those. */
export function newSuffix(): string {
  return crypto.randomUUID().slice(0, 8);
}
