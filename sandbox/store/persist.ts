import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Delivery } from "#sandbox/webhooks/types.ts";
import type { State } from "./types.ts";

const SAVE_DELAY_MS = 400;
/** A big state is written more rarely: saving may take a tenth of the time. */
const REST_PER_WORK = 9;

export interface Saved {
  state: State;
  deliveries: Delivery[];
}

/** What was saved, or undefined when there is nothing. A file that cannot be read is an error that names it. */
export function loadState(file: string): Saved | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return decode(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new Error(`The sandbox cannot read its data in ${file}; remove the file to start anew`, { cause });
  }
}

/** Writes the state a moment after it changed, at once on `flush`; always a whole file or the old one. */
export function createSaver(
  file: string,
  read: () => Saved,
): { changed(): void; flush(): void; close(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let dirty = false;
  let lastTookMs = 0;
  mkdirSync(dirname(file), { recursive: true });
  const spare = `${file}.next`;

  function schedule(): void {
    if (timer !== undefined || writing !== undefined || !dirty) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        dirty = false;
        const started = performance.now();
        const text = encode(read());
        lastTookMs = performance.now() - started;
        writing = writeFile(spare, text)
          .then(() => rename(spare, file))
          .catch((error: unknown) => console.error(`sandbox: could not write ${file}: ${String(error)}`))
          .finally(() => {
            writing = undefined;
            schedule();
          });
      },
      Math.max(SAVE_DELAY_MS, lastTookMs * REST_PER_WORK),
    );
    timer.unref();
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    dirty = false;
    writeFileSync(spare, encode(read()));
    renameSync(spare, file);
  }

  return {
    changed() {
      dirty = true;
      schedule();
    },
    flush,
    async close() {
      clearTimeout(timer);
      timer = undefined;
      const due = dirty;
      dirty = false;
      await writing;
      if (due || dirty) flush();
    },
  };
}

/** JSON, with maps written as `{"$map": [[key, value]…]}`. */
export function encode(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner instanceof Map ? { $map: [...inner] } : inner,
  );
}

function decode(text: string): Saved {
  return JSON.parse(text, (_key, inner: unknown) => {
    if (typeof inner === "object" && inner !== null && "$map" in inner && Array.isArray(inner.$map)) {
      return new Map(inner.$map as [unknown, unknown][]);
    }
    return inner;
  }) as Saved;
}
