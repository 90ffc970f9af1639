import { BlockStack, Modal, Text, TextField } from "@shopify/polaris";
import type { ReactNode } from "react";
import { useAdmin } from "#app/components/shared/admin-context.tsx";

/** A dialog that changes something of a member by hand; what the server refused is said at its top. */
export function FormModal(props: {
  open: boolean;
  title: string;
  action: string;
  destructive?: boolean;
  busy: boolean;
  problem?: string | undefined;
  onClose(): void;
  onSubmit(): void;
  children: ReactNode;
}) {
  const { open, title, action, destructive = false, busy, problem, onClose, onSubmit, children } = props;
  const { t } = useAdmin();
  return (
    <Modal
      open={open}
      onClose={onClose}
      title={title}
      primaryAction={{ content: action, destructive, loading: busy, onAction: onSubmit }}
      secondaryActions={[{ content: t("common.cancel"), onAction: onClose }]}
    >
      <Modal.Section>
        <BlockStack gap="400">
          {problem ? (
            <Text as="p" tone="critical">
              {problem}
            </Text>
          ) : null}
          {children}
        </BlockStack>
      </Modal.Section>
    </Modal>
  );
}

/** Why it is done: kept with what was done. */
export function ReasonField(props: { value: string; onChange(value: string): void; missing: boolean }) {
  const { value, onChange, missing } = props;
  const { t } = useAdmin();
  return (
    <TextField
      label={t("adjust.reason")}
      value={value}
      onChange={onChange}
      autoComplete="off"
      maxLength={200}
      {...(missing ? { error: t("adjust.error.reason_missing") } : {})}
    />
  );
}
