import { Text } from "@shopify/polaris";
import { useState } from "react";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { AskDialog } from "#app/components/shared/ask-dialog.tsx";
import { ReasonField } from "./reason-field.tsx";

interface BlockModalProps {
  open: boolean;
  blocked: boolean;
  busy: boolean;
  onClose(): void;
  onSubmit(reason: string): void;
}

/** Says exactly what blocking does, or undoing it, and asks for the reason. */
export function BlockModal({ open, blocked, busy, onClose, onSubmit }: BlockModalProps) {
  const { t } = useAdmin();
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const missing = reason.trim() === "";
  const submit = () => {
    setTried(true);
    if (!missing) onSubmit(reason.trim());
  };
  return (
    <AskDialog
      open={open}
      title={t(blocked ? "unblock.title" : "block.title")}
      confirm={t(blocked ? "unblock.confirm" : "block.confirm")}
      destructive={!blocked}
      busy={busy}
      onClose={onClose}
      onConfirm={submit}
    >
      <Text as="p">{t(blocked ? "unblock.text" : "block.text")}</Text>
      <ReasonField value={reason} onChange={setReason} missing={tried && missing} />
    </AskDialog>
  );
}
