import { createContext, useContext } from "react";
import type { ReactNode } from "react";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { FieldsContext } from "#app/components/program/editor-context.tsx";
import type { CampaignFormState } from "./use-campaign-form.ts";

interface CampaignEditorValue {
  state: CampaignFormState;
  program: ProgramSettings;
}

const CampaignContext = createContext<CampaignEditorValue | null>(null);

/** Gives the sections of the editor their form, and the shared fields theirs. */
export function CampaignEditorProvider({
  state,
  program,
  children,
}: CampaignEditorValue & { children: ReactNode }) {
  const { shop } = useAdmin();
  return (
    <CampaignContext.Provider value={{ state, program }}>
      <FieldsContext.Provider value={{ touch: state.touch, errorAt: state.errorAt, currency: shop.currency }}>
        {children}
      </FieldsContext.Provider>
    </CampaignContext.Provider>
  );
}

/** The campaign being edited; only inside its provider. */
export function useCampaignEditor(): CampaignEditorValue {
  const value = useContext(CampaignContext);
  if (!value) throw new Error("useCampaignEditor is used outside its provider");
  return value;
}
