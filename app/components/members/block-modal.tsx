import { Text } from "@shopify/polaris";
import { useState } from "react";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { FormModal, ReasonField } from "./form-modal.tsx";

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
    <FormModal
      open={open}
      title={t(blocked ? "unblock.title" : "block.title")}
      action={t(blocked ? "unblock.confirm" : "block.confirm")}
      destructive={!blocked}
      busy={busy}
      onClose={onClose}
      onSubmit={submit}
    >
      <Text as="p">{t(blocked ? "unblock.text" : "block.text")}</Text>
      <ReasonField value={reason} onChange={setReason} missing={tried && missing} />
    </FormModal>
  );
}
