import { useFetcher, useNavigate } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { useEffect, useMemo, useRef } from "react";
import type { CampaignSettings } from "#app/loyalty/earning/campaigns/campaign-settings.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { leadToField } from "#app/components/shared/lead-to-field.ts";
import { useAnswer } from "#app/components/shared/use-answer.ts";
import { useIdempotencyKey } from "#app/components/shared/use-idempotency-key.ts";
import { useOutcomeToast } from "#app/components/shared/use-outcome.ts";
import type { CampaignOutcome } from "./run-campaign-action.server.ts";
import { useCampaignForm } from "./use-campaign-form.ts";
import type { CampaignFormState } from "./use-campaign-form.ts";

export interface CampaignPage {
  state: CampaignFormState;
  answer: CampaignOutcome | undefined;
  busy: boolean;
  /** What went wrong, unless the fields say it themselves. */
  problem: string | undefined;
  /** Forgets what was answered: its dialog is closed. */
  drop(): void;
  send(fields: Record<string, string>): void;
  /** Saves what is complete; otherwise shows what is not. */
  save(): void;
  /** Forgets what is typed, with a way back. */
  discard(): void;
  /** Leaves the page, after asking where something is unsaved. */
  go(address: string): void;
}

/** What both pages of the editor do with their form: post it, take the answer in, ask before it is left. */
export function useCampaignPage(args: {
  stored: { settings: CampaignSettings; revision: number | null };
  program: ProgramSettings;
  spentPoints: number;
  /** Once for each thing that was done. */
  onDone(answer: CampaignOutcome, reset: () => void): void;
}): CampaignPage {
  const { stored, program, spentPoints, onDone } = args;
  const words = useAdmin();
  const { t, shop } = words;
  const bridge = useAppBridge();
  const navigate = useNavigate();
  const fetcher = useFetcher<CampaignOutcome>();
  const [key, renewKey] = useIdempotencyKey();
  const facts = useMemo(
    () => ({ exponent: shop.currencyExponent, tierIds: program.tiers.map((tier) => tier.id), spentPoints }),
    [shop.currencyExponent, program.tiers, spentPoints],
  );
  const state = useCampaignForm(stored, facts, words);
  const { data } = fetcher;
  const [answer, drop] = useAnswer(data);
  const busy = fetcher.state !== "idle";
  useOutcomeToast(data);

  const taken = useRef<CampaignOutcome | undefined>(undefined);
  const { reset, refused } = state;
  // What was typed is replaced only when the server has taken it, and by what the server then has.
  useEffect(() => {
    if (busy || !data || taken.current === data) return;
    taken.current = data;
    if (data.issues) refused(data.issues);
    if (!data.done) return;
    renewKey();
    onDone(data, () => reset(stored.settings, stored.revision));
  }, [data, busy, stored, onDone, refused, renewKey, reset]);

  const { attempts, issues } = state;
  const ledTo = useRef(0);
  useEffect(() => {
    if (ledTo.current === attempts) return;
    ledTo.current = attempts;
    leadToField(issues);
  }, [attempts, issues]);

  // Nothing is typed: what somebody else saved meanwhile is what is looked at.
  const behind = !busy && !state.dirty && state.revision !== stored.revision;
  useEffect(() => {
    if (behind) reset(stored.settings, stored.revision);
  }, [behind, stored, reset]);

  const send = (fields: Record<string, string>) => {
    if (!busy) void fetcher.submit({ idempotencyKey: key, ...fields }, { method: "post" });
  };
  return {
    state,
    answer,
    busy,
    problem: answer && !answer.done && !answer.issues ? answer.problem : undefined,
    drop,
    send,
    save: () => {
      state.showAll();
      if (state.issues.length > 0) return;
      send({ intent: "save", form: JSON.stringify(state.form), revision: String(state.revision ?? "") });
    },
    discard: () => {
      const typed = state.form;
      reset(stored.settings, stored.revision);
      bridge.toast.show(t("campaign.toast.undone"), {
        action: t("common.undo"),
        onAction: () => state.restore(typed),
      });
    },
    go: (address) => void bridge.saveBar.leaveConfirmation().then(() => navigate(address)),
  };
}
