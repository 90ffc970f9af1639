import { Text } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { AskDialog } from "#app/components/shared/ask-dialog.tsx";
import { ReasonField, useReason } from "./reason-field.tsx";

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
  const reason = useReason();
  return (
    <AskDialog
      open={open}
      title={t(blocked ? "unblock.title" : "block.title")}
      confirm={t(blocked ? "unblock.confirm" : "block.confirm")}
      destructive={!blocked}
      busy={busy}
      onClose={onClose}
      onConfirm={() => reason.submit(onSubmit)}
    >
      <Text as="p">{t(blocked ? "unblock.text" : "block.text")}</Text>
      <ReasonField {...reason.field} />
    </AskDialog>
  );
}
