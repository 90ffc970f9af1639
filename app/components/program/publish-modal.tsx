import { Badge, BlockStack, Text, TextField } from "@shopify/polaris";
import { useState } from "react";
import type { ReactNode } from "react";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { AskDialog } from "#app/components/shared/ask-dialog.tsx";
import type { Change } from "./describe-changes.ts";

interface PublishModalProps {
  changes: Change[];
  busy: boolean;
  problem: string | undefined;
  /** What publishing would do to the points and members there are. */
  effects: ReactNode;
  onClose(): void;
  onPublish(note: string): void;
}

/** Shows exactly what will change and for whom, before it does. Drawn only while it is open: each begins with an empty note. */
export function PublishModal({ changes, busy, problem, effects, onClose, onPublish }: PublishModalProps) {
  const { t } = useAdmin();
  const [note, setNote] = useState("");
  return (
    <AskDialog
      open
      title={t("publish.title")}
      confirm={t("publish.confirm")}
      busy={busy}
      problem={problem}
      onClose={onClose}
      onConfirm={() => onPublish(note)}
    >
      <ChangeList changes={changes} />
      {effects}
      <TextField
        label={t("publish.note")}
        value={note}
        onChange={setNote}
        autoComplete="off"
        maxLength={200}
        helpText={t("publish.note.help")}
      />
    </AskDialog>
  );
}

/** Each difference, and from when and for whom it counts. */
export function ChangeList({ changes }: { changes: Change[] }) {
  const { t } = useAdmin();
  if (changes.length === 0) return <Text as="p">{t("publish.same")}</Text>;
  return (
    <BlockStack gap="300" as="ul">
      {changes.map((change) => (
        <li key={change.text} style={{ listStyle: "none" }}>
          <BlockStack gap="050" inlineAlign="start">
            <Badge>{t(`program.section.${change.section}`)}</Badge>
            <Text as="p">{change.text}</Text>
            <Text as="p" variant="bodySm" tone="subdued">
              {change.effect}
            </Text>
          </BlockStack>
        </li>
      ))}
    </BlockStack>
  );
}
