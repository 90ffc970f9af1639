import { createContext, useContext } from "react";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import type { ProgramForm } from "./program-form.ts";

/** What any field of a form needs to know of it, whichever editor it stands in. */
export interface FieldsOfForm {
  /** Marks a field as left, so that its error may be shown. */
  touch(path: string): void;
  /** What to write beside the field at that path of the settings; nothing while it is being typed for the first time. */
  errorAt(path: string): string | undefined;
  currency: string;
}

export interface ProgramEditor extends FieldsOfForm {
  form: ProgramForm;
  change(edit: (form: ProgramForm) => ProgramForm): void;
  /** Whether anything under that path is wrong and is to be shown. */
  wrongUnder(path: string): boolean;
  /** The last form that was complete: what sentences and the preview speak of. */
  settings: ProgramSettings;
  exponent: number;
  now: string;
}

export const FieldsContext = createContext<FieldsOfForm | null>(null);

/** The form that a field stands in; only inside its provider. */
export function useFields(): FieldsOfForm {
  const value = useContext(FieldsContext);
  if (!value) throw new Error("useFields is used outside its provider");
  return value;
}

export const ProgramEditorContext = createContext<ProgramEditor | null>(null);

/** The editor of the page; only inside its provider. */
export function useProgramEditor(): ProgramEditor {
  const value = useContext(ProgramEditorContext);
  if (!value) throw new Error("useProgramEditor is used outside its provider");
  return value;
}
