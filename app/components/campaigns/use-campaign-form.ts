import { useCallback, useMemo, useRef, useState } from "react";
import type { CampaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import { issueText } from "#app/components/shared/field-issues.ts";
import type { FieldIssue } from "#app/components/shared/field-issues.ts";
import type { Words } from "#app/components/shared/words.ts";
import { campaignToForm } from "./campaign-form.ts";
import type { CampaignForm } from "./campaign-form.ts";
import { settingsFromCampaignForm } from "./campaign-issues.ts";
import type { CampaignFacts } from "./campaign-issues.ts";

export interface CampaignFormState {
  form: CampaignForm;
  set(part: Partial<CampaignForm>): void;
  /** The last form that was complete: what sentences and the preview speak of. */
  settings: CampaignSettings;
  /** Whether what is typed now is it. */
  complete: boolean;
  issues: FieldIssue[];
  dirty: boolean;
  showing: boolean;
  /** How often errors were asked for: each time the merchant is led to the first. */
  attempts: number;
  /** The revision that was looked at when typing began; null where nothing is stored yet. */
  revision: number | null;
  touch(path: string): void;
  errorAt(path: string): string | undefined;
  /** Shows every error at once, as after an attempt to save. */
  showAll(): void;
  /** What the server refused; forgotten with the next change. */
  refused(issues: FieldIssue[]): void;
  /** Forgets what is typed for what is stored. */
  reset(stored: CampaignSettings, revision: number | null): void;
  /** Keeps what is typed, over another revision than the one it was begun on. */
  rebase(revision: number | null): void;
  /** Takes back the last reset that was asked for by hand. */
  restore(form: CampaignForm): void;
}

/** Holds what is typed; it is only lost by `reset`. */
export function useCampaignForm(
  stored: { settings: CampaignSettings; revision: number | null },
  facts: CampaignFacts,
  words: Words,
): CampaignFormState {
  const { exponent } = facts;
  const [base, setBase] = useState(stored);
  const [form, setForm] = useState<CampaignForm>(() => campaignToForm(stored.settings, exponent));
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [showing, setShowing] = useState(false);
  const [attempts, setAttempts] = useState(0);
  const [fromServer, setFromServer] = useState<FieldIssue[]>([]);
  const lastComplete = useRef(stored.settings);

  const read = useMemo(() => settingsFromCampaignForm(form, facts), [form, facts]);
  if (read.ok) lastComplete.current = read.settings;
  const issues = read.ok ? fromServer : read.issues;
  const dirty = useMemo(
    () => JSON.stringify(form) !== JSON.stringify(campaignToForm(base.settings, exponent)),
    [form, base, exponent],
  );
  const reset = useCallback(
    (settings: CampaignSettings, revision: number | null) => {
      setBase({ settings, revision });
      setForm(campaignToForm(settings, exponent));
      setTouched(new Set());
      setShowing(false);
      setFromServer([]);
      lastComplete.current = settings;
    },
    [exponent],
  );
  const touch = useCallback((path: string) => setTouched((before) => new Set(before).add(path)), []);
  const showAll = useCallback(() => {
    setShowing(true);
    setAttempts((count) => count + 1);
  }, []);
  const refused = useCallback(
    (found: FieldIssue[]) => {
      setFromServer(found);
      showAll();
    },
    [showAll],
  );
  const rebase = useCallback((revision: number | null) => setBase((before) => ({ ...before, revision })), []);
  return {
    form,
    set: (part) => {
      setFromServer([]);
      setForm((before) => ({ ...before, ...part }));
    },
    settings: lastComplete.current,
    complete: read.ok,
    issues,
    dirty,
    showing,
    attempts,
    revision: base.revision,
    touch,
    errorAt: (path) => {
      if (!showing && !touched.has(path)) return undefined;
      const issue = issues.find((entry) => entry.path === path);
      return issue ? issueText(issue, words) : undefined;
    },
    showAll,
    refused,
    reset,
    rebase,
    restore: setForm,
  };
}
