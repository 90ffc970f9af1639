/** Something that has to come after everything before it that shares one of its keys. */
export interface Sequenced {
  keys: readonly string[];
}

/**
 * Splits a sequence into waves: what is in one wave shares no key, and whatever shares a key with something earlier is in
 * a later wave than that. So settling wave after wave ends where settling one after another does, when the keys of an
 * order are all that its settlement reads or writes beside its own row.
 */
export function planWaves<Entry extends Sequenced>(sequence: readonly Entry[]): Entry[][] {
  const next = new Map<string, number>();
  const waves: Entry[][] = [];
  for (const entry of sequence) {
    const wave = Math.max(0, ...entry.keys.map((key) => next.get(key) ?? 0));
    for (const key of entry.keys) next.set(key, wave + 1);
    const members = waves[wave];
    if (members) members.push(entry);
    else waves[wave] = [entry];
  }
  return waves;
}
