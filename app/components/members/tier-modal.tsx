import { Checkbox, Select } from "@shopify/polaris";
import { useState } from "react";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { AskDialog } from "#app/components/shared/ask-dialog.tsx";
import { ReasonField, useReason } from "./reason-field.tsx";

interface TierModalProps {
  open: boolean;
  current: { id: string; locked: boolean };
  choices: { id: string; name: { en: string; ko: string } }[];
  busy: boolean;
  problem: string | undefined;
  onClose(): void;
  onSubmit(fields: { tierId: string; locked: string; reason: string }): void;
}

/** Puts a member into a tier by hand, locks it or lets it go, and asks for the reason. */
export function TierModal({ open, current, choices, busy, problem, onClose, onSubmit }: TierModalProps) {
  const { t, locale } = useAdmin();
  const [tierId, setTierId] = useState(current.id);
  const [locked, setLocked] = useState(current.locked);
  const reason = useReason();
  return (
    <AskDialog
      open={open}
      title={t("tierSet.title")}
      confirm={t("tierSet.confirm")}
      busy={busy}
      problem={problem}
      onClose={onClose}
      onConfirm={() => reason.submit((text) => onSubmit({ tierId, locked: String(locked), reason: text }))}
    >
      <Select
        label={t("tierSet.tier")}
        value={tierId}
        options={choices.map(({ id, name }) => ({ value: id, label: name[locale] }))}
        onChange={setTierId}
      />
      <Checkbox
        label={t("tierSet.locked")}
        helpText={t("tierSet.locked.help")}
        checked={locked}
        onChange={setLocked}
      />
      <ReasonField {...reason.field} />
    </AskDialog>
  );
}
