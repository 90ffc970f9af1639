import { useEffect, useSyncExternalStore } from "react";
import { RESOURCES_PER_CALL, refKey } from "#app/loyalty/insights/resource-title.ts";
import type { ResourceKind, ResourceTitle, ResourceTitleMap } from "#app/loyalty/insights/resource-title.ts";

/** What this page has been told so far. Only effects and events write it, so it is empty on the server. */
const known = new Map<string, ResourceTitle>();
const asked = new Set<string>();
const untold = new Set<string>();
const listeners = new Set<() => void>();
let waiting: string[] = [];
let version = 0;

function changed(): void {
  version += 1;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function askWaiting(): Promise<void> {
  const keys = waiting;
  waiting = [];
  for (let from = 0; from < keys.length; from += RESOURCES_PER_CALL) {
    const batch = keys.slice(from, from + RESOURCES_PER_CALL);
    const titles = await readTitles(batch);
    for (const key of batch) {
      const title = titles[key];
      if (title) known.set(key, title);
      else untold.add(key);
    }
    changed();
  }
}

async function readTitles(keys: readonly string[]): Promise<ResourceTitleMap> {
  try {
    const reply = await fetch(`/app/resources?refs=${keys.join(",")}`);
    return reply.ok ? ((await reply.json()) as ResourceTitleMap) : {};
  } catch {
    // The page shows ids instead, as when Shopify does not answer.
    return {};
  }
}

/** Keeps what the picker said, so that nobody asks again. */
export function rememberTitles(titles: ResourceTitleMap): void {
  for (const [key, title] of Object.entries(titles)) {
    known.set(key, title);
    asked.add(key);
    untold.delete(key);
  }
  changed();
}

export interface ResourceTitles {
  /** Undefined while it is on its way, and when it is not to be had. */
  titleOf(id: string): ResourceTitle | undefined;
  /** Whether some could not be had. */
  incomplete: boolean;
}

/** What chosen things are called: asked for once a page, all fields of the page together. What is no id is not asked for. */
export function useResourceTitles(kind: ResourceKind, ids: readonly string[]): ResourceTitles {
  useSyncExternalStore(
    subscribe,
    () => version,
    () => 0,
  );
  const keys = ids.filter((id) => /^\d{1,20}$/u.test(id)).map((id) => refKey({ kind, id }));
  const list = keys.join(",");
  useEffect(() => {
    const fresh = list.split(",").filter((key) => key !== "" && !asked.has(key));
    if (fresh.length === 0) return;
    if (waiting.length === 0) queueMicrotask(() => void askWaiting());
    for (const key of fresh) {
      asked.add(key);
      waiting.push(key);
    }
  }, [list]);
  return {
    titleOf: (id) => known.get(refKey({ kind, id })),
    incomplete: keys.some((key) => untold.has(key)),
  };
}
