import { BlockStack, Modal, Text } from "@shopify/polaris";
import type { ReactNode } from "react";
import { useAdmin } from "./admin-context.tsx";

/** Asks before something happens; what the server refused is said at its top. */
export function AskDialog(props: {
  open: boolean;
  title: string;
  /** What the button that does it says. */
  confirm: string;
  /** What the one that does not says; without it, cancel. */
  keep?: string;
  destructive?: boolean;
  busy: boolean;
  problem?: string | undefined;
  onClose(): void;
  onConfirm(): void;
  children: ReactNode;
}) {
  const { open, title, confirm, keep, destructive = false, busy, problem, onClose, onConfirm } = props;
  const { t } = useAdmin();
  return (
    <Modal
      open={open}
      onClose={onClose}
      title={title}
      primaryAction={{ content: confirm, destructive, loading: busy, onAction: onConfirm }}
      secondaryActions={[{ content: keep ?? t("common.cancel"), onAction: onClose }]}
    >
      <Modal.Section>
        <BlockStack gap="400">
          {problem ? (
            <Text as="p" tone="critical">
              {problem}
            </Text>
          ) : null}
          {props.children}
        </BlockStack>
      </Modal.Section>
    </Modal>
  );
}
