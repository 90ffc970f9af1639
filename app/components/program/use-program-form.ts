import { useCallback, useMemo, useRef, useState } from "react";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { issueText } from "#app/components/shared/field-issues.ts";
import type { FieldIssue } from "#app/components/shared/field-issues.ts";
import type { Words } from "#app/components/shared/words.ts";
import { formFromSettings } from "./program-form.ts";
import type { ProgramForm } from "./program-form.ts";
import { settingsFromForm } from "./program-issues.ts";
import type { ProgramEditor } from "./editor-context.tsx";

export interface ProgramFormState {
  editor: ProgramEditor;
  issues: FieldIssue[];
  dirty: boolean;
  /** Shows every error at once, as after an attempt to save. */
  showAll(): void;
  showing: boolean;
  /** How often that was asked for. */
  attempts: number;
  /** What of the server's was looked at when typing began. */
  mark: string;
  reset(stored: StoredProgram): void;
  /** Keeps what is typed, over something else of the server's than it was begun on. */
  rebase(stored: StoredProgram): void;
}

/** What the server has: the draft, or the live program where there is none, and what it is known by. */
export interface StoredProgram {
  settings: ProgramSettings;
  mark: string;
}

export interface FormContext {
  exponent: number;
  currency: string;
  now: string;
  words: Words;
}

/** Holds what is typed; it is only lost by `reset`. */
export function useProgramForm(stored: StoredProgram, context: FormContext): ProgramFormState {
  const { exponent, currency, now, words } = context;
  const [base, setBase] = useState(stored);
  const [form, setForm] = useState<ProgramForm>(() => formFromSettings(stored.settings, exponent));
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [showing, setShowing] = useState(false);
  const [attempts, setAttempts] = useState(0);
  const lastComplete = useRef(stored.settings);

  const read = useMemo(() => settingsFromForm(form, exponent), [form, exponent]);
  if (read.ok) lastComplete.current = read.settings;
  const issues = read.ok ? [] : read.issues;
  const dirty = useMemo(
    () => JSON.stringify(form) !== JSON.stringify(formFromSettings(base.settings, exponent)),
    [form, base, exponent],
  );

  const touch = useCallback((path: string) => setTouched((before) => new Set(before).add(path)), []);
  const reset = useCallback(
    (next: StoredProgram) => {
      setBase(next);
      setForm(formFromSettings(next.settings, exponent));
      setTouched(new Set());
      setShowing(false);
    },
    [exponent],
  );
  const errorAt = (path: string): string | undefined => {
    if (!showing && !touched.has(path)) return undefined;
    const issue = issues.find((entry) => entry.path === path);
    return issue ? issueText(issue, words) : undefined;
  };
  const editor: ProgramEditor = {
    form,
    change: setForm,
    touch,
    errorAt,
    wrongUnder: (path) => showing && issues.some((issue) => issue.path.startsWith(`${path}.`)),
    settings: lastComplete.current,
    exponent,
    currency,
    now,
  };
  const showAll = () => {
    setShowing(true);
    setAttempts((count) => count + 1);
  };
  return { editor, issues, dirty, showAll, showing, attempts, mark: base.mark, reset, rebase: setBase };
}
