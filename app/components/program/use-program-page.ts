import { useFetcher } from "@remix-run/react";
import { useEffect, useState } from "react";
import { useAnswer } from "#app/components/shared/use-answer.ts";
import { useIdempotencyKey } from "#app/components/shared/use-idempotency-key.ts";
import { useOutcomeToast } from "#app/components/shared/use-outcome.ts";
import type { ProgramOutcome } from "./run-program-action.server.ts";
import { useProgramForm } from "./use-program-form.ts";
import type { FormContext, StoredProgram } from "./use-program-form.ts";

/** What the page is asking before it does something; with the version that is to become the draft. */
export type ProgramDialog = "publish" | "discard" | { restore: number } | null;

/** What the program's page does with its form: post it, take the answer in, ask before something is replaced. */
export function useProgramPage(stored: StoredProgram, context: FormContext) {
  const fetcher = useFetcher<ProgramOutcome>();
  const [key, renewKey] = useIdempotencyKey();
  const [dialog, setDialog] = useState<ProgramDialog>(null);
  const state = useProgramForm(stored, context);
  const [answer, drop] = useAnswer(fetcher.data);
  const busy = fetcher.state !== "idle";
  useOutcomeToast(fetcher.data);

  // What was typed is replaced only when the server has taken it, once for each answer, and by what the server then has.
  const { reset } = state;
  const { data } = fetcher;
  const [taken, setTaken] = useState<ProgramOutcome | undefined>(undefined);
  const fresh = !busy && data?.done === true && taken !== data;
  useEffect(() => {
    if (!fresh) return;
    setTaken(data);
    reset(stored);
    renewKey();
    setDialog(null);
  }, [fresh, data, stored, reset, renewKey]);

  // Where nothing is typed, what somebody else saved meanwhile is what is looked at; else it is asked whose counts.
  const behind = !busy && !fresh && state.mark !== stored.mark;
  useEffect(() => {
    if (behind && !state.dirty) reset(stored);
  }, [behind, state.dirty, stored, reset]);

  const send = (fields: Record<string, string>) => {
    if (!busy) void fetcher.submit({ idempotencyKey: key, ...fields }, { method: "post" });
  };
  return {
    state,
    busy,
    dialog,
    open: setDialog,
    close: () => {
      setDialog(null);
      drop();
    },
    /** Somebody else changed what was typed upon: nothing can be saved before it is said whose counts. */
    contested: behind && state.dirty,
    /** What was refused, for the dialog that asked for it or, where none is open, for the page. */
    problemOf: (intent: ProgramOutcome["intent"] | null) =>
      answer && (intent === null ? dialog === null : answer.intent === intent) ? answer.problem : undefined,
    send,
    save: () => {
      state.showAll();
      if (state.issues.length > 0) return;
      send({ intent: "save-draft", form: JSON.stringify(state.editor.form), seen: state.mark });
    },
    /** Forgets what was typed for what is stored. */
    takeTheirs: () => {
      reset(stored);
      drop();
    },
    /** Keeps what was typed, to be saved over what is stored. */
    keepMine: () => {
      state.rebase(stored);
      drop();
    },
  };
}
