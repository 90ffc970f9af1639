import { BlockStack, Modal, Text, TextField } from "@shopify/polaris";
import { useState } from "react";
import { useAdmin } from "#app/components/shared/admin-context.tsx";

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
    <Modal
      open={open}
      onClose={onClose}
      title={t(blocked ? "unblock.title" : "block.title")}
      primaryAction={{
        content: t(blocked ? "unblock.confirm" : "block.confirm"),
        destructive: !blocked,
        loading: busy,
        onAction: submit,
      }}
      secondaryActions={[{ content: t("common.cancel"), onAction: onClose }]}
    >
      <Modal.Section>
        <BlockStack gap="400">
          <Text as="p">{t(blocked ? "unblock.text" : "block.text")}</Text>
          <TextField
            label={t("adjust.reason")}
            value={reason}
            onChange={setReason}
            autoComplete="off"
            maxLength={200}
            {...(tried && missing ? { error: t("adjust.error.reason_missing") } : {})}
          />
        </BlockStack>
      </Modal.Section>
    </Modal>
  );
}
