import type { MemberDetail } from "#app/loyalty/insights/read-member.server.ts";
import { AdjustModal } from "./adjust-modal.tsx";
import { BlockModal } from "./block-modal.tsx";
import { ReinstateModal } from "./reinstate-modal.tsx";
import type { MemberOutcome } from "./run-member-action.server.ts";
import type { Giving } from "./statement-card.tsx";
import { TierModal } from "./tier-modal.tsx";

/** Which of them is open; with the entry of the statement where it is about one. */
export type MemberDialog = "adjust" | "block" | "tier" | { reinstate: Giving } | null;

interface MemberDialogsProps {
  dialog: MemberDialog;
  member: Pick<MemberDetail, "available" | "state">;
  tier: { id: string; locked: boolean } | null;
  tierChoices: { id: string; name: { en: string; ko: string } }[];
  busy: boolean;
  /** What came of the last attempt in this dialog. */
  answer: MemberOutcome | undefined;
  onClose(): void;
  send(fields: Record<string, string>): void;
}

/** What the member's page asks before it changes something. Each begins empty, and knows only of its own refusals. */
export function MemberDialogs(props: MemberDialogsProps) {
  const { dialog, member, tier, tierChoices, busy, answer, onClose, send } = props;
  const blocked = member.state === "blocked";
  const asking = { busy, onClose };
  const problemOf = (intent: MemberOutcome["intent"]) =>
    answer?.intent === intent ? answer.problem : undefined;
  if (dialog === null) return null;
  if (dialog === "adjust") {
    return (
      <AdjustModal
        {...asking}
        open
        available={member.available}
        errors={(answer?.intent === "adjust" && answer.errors) || {}}
        problem={problemOf("adjust")}
        onSubmit={(points, reason) => send({ intent: "adjust", points, reason })}
      />
    );
  }
  if (dialog === "block") {
    return (
      <BlockModal
        {...asking}
        open
        blocked={blocked}
        onSubmit={(reason) => send({ intent: blocked ? "unblock" : "block", reason })}
      />
    );
  }
  if (dialog === "tier") {
    if (!tier) return null;
    return (
      <TierModal
        {...asking}
        open
        current={tier}
        choices={tierChoices}
        problem={problemOf("set-tier")}
        onSubmit={(fields) => send({ intent: "set-tier", ...fields })}
      />
    );
  }
  const giving = dialog.reinstate;
  return (
    <ReinstateModal
      {...asking}
      giving={giving}
      available={member.available}
      problem={problemOf("reinstate")}
      onSubmit={(reason) => send({ intent: "reinstate", seq: String(giving.seq), reason })}
    />
  );
}
