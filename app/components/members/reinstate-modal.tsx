import { BlockStack, Text } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { AskDialog } from "#app/components/shared/ask-dialog.tsx";
import { ReasonField, useReason } from "./reason-field.tsx";
import type { Giving } from "./statement-card.tsx";

/** Says what comes back and what the balance is then, before expired points are given back, and asks for the reason. */
export function ReinstateModal(props: {
  giving: Giving;
  available: number;
  busy: boolean;
  problem: string | undefined;
  onClose(): void;
  onSubmit(reason: string): void;
}) {
  const { giving, available, busy, problem, onClose, onSubmit } = props;
  const words = useAdmin();
  const { t } = words;
  const reason = useReason();
  return (
    <AskDialog
      open
      title={t("reinstate.title", { points: words.points(giving.points) })}
      confirm={t("reinstate.action")}
      busy={busy}
      problem={problem}
      onClose={onClose}
      onConfirm={() => reason.submit(onSubmit)}
    >
      <BlockStack gap="100">
        <Text as="p">{t("reinstate.text", { date: words.date(giving.expiredAt) })}</Text>
        <Text as="p" fontWeight="semibold">
          {t("reinstate.after", {
            before: words.points(available),
            after: words.points(available + giving.points),
          })}
        </Text>
      </BlockStack>
      <ReasonField {...reason.field} />
    </AskDialog>
  );
}
