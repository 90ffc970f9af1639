import { useFetcher } from "@remix-run/react";
import { useEffect, useState } from "react";
import type { StatementItem } from "./statement-line.ts";

export interface StatementPage {
  items: StatementItem[];
  next: number | null;
}

/** The statement as far as it was read; older pages are added below, and a new first page starts over. */
export function useStatement(memberId: string, first: StatementPage) {
  const { data, load, state } = useFetcher<StatementPage>();
  const [older, setOlder] = useState<StatementPage[]>([]);
  const newest = first.items[0]?.seq ?? 0;
  useEffect(() => setOlder([]), [memberId, newest]);
  useEffect(() => {
    if (data) setOlder((before) => (before.includes(data) ? before : [...before, data]));
  }, [data]);
  const last = older.at(-1) ?? first;
  const { next } = last;
  const seen = new Map([first, ...older].flatMap((page) => page.items).map((item) => [item.seq, item]));
  return {
    items: [...seen.values()].sort((one, other) => other.seq - one.seq),
    hasMore: next !== null,
    loading: state !== "idle",
    onMore: () => {
      if (next !== null) load(`/app/members/${memberId}/statement?before=${next}`);
    },
  };
}
