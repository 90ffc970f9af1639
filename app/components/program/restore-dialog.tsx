import { Text } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { AskDialog } from "#app/components/shared/ask-dialog.tsx";

/** Asks before an earlier version takes the place of the draft there is, or of what is typed. */
export function RestoreDialog(props: {
  version: number;
  /** How many changes the draft holds; null where there is no draft. */
  changes: number | null;
  dirty: boolean;
  busy: boolean;
  problem: string | undefined;
  onClose(): void;
  onConfirm(): void;
}) {
  const { version, changes, dirty, busy, problem, onClose, onConfirm } = props;
  const { t } = useAdmin();
  return (
    <AskDialog
      open
      title={t("restore.title", { version: String(version) })}
      confirm={t("versions.restore")}
      destructive
      busy={busy}
      problem={problem}
      onClose={onClose}
      onConfirm={onConfirm}
    >
      {changes === null ? null : <Text as="p">{t("restore.draft", { count: changes })}</Text>}
      {dirty ? <Text as="p">{t("restore.typed")}</Text> : null}
    </AskDialog>
  );
}
