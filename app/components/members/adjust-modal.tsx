import { Button, ButtonGroup, Text, TextField } from "@shopify/polaris";
import { useState } from "react";
import { ADJUSTMENT_REASON_MAX, parseAdjustment } from "#app/loyalty/members/parse-adjustment.ts";
import type { AdjustmentError } from "#app/loyalty/members/parse-adjustment.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { AskDialog } from "#app/components/shared/ask-dialog.tsx";
import { typedAdjustment } from "./typed-adjustment.ts";

export interface AdjustErrors {
  points?: AdjustmentError;
  reason?: AdjustmentError;
}

interface AdjustModalProps {
  open: boolean;
  available: number;
  busy: boolean;
  /** What the server found wrong with the last attempt. */
  errors: AdjustErrors;
  problem: string | undefined;
  onClose(): void;
  onSubmit(points: string, reason: string): void;
}

/** Adds or takes points: asks for a reason, and shows the balance after before anything is saved. */
export function AdjustModal({ open, available, busy, errors, problem, onClose, onSubmit }: AdjustModalProps) {
  const words = useAdmin();
  const { t } = words;
  const [sign, setSign] = useState<"+" | "-">("+");
  const [amount, setAmount] = useState("");
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const points = typedAdjustment(sign, amount);
  const parsed = parseAdjustment({ points, reason });
  const shown: AdjustErrors = parsed.ok ? errors : tried ? parsed.errors : {};
  const change = parseAdjustment({ points, reason: "-" });
  const after = change.ok ? available + change.points : null;
  const tooMuch = after !== null && sign === "-" && after < Math.min(0, available);
  const pointsError = shown.points
    ? t(`adjust.error.${shown.points}`)
    : tooMuch
      ? t("adjust.error.insufficient", { points: words.points(Math.max(0, available)) })
      : undefined;
  const submit = () => {
    setTried(true);
    if (parsed.ok && !tooMuch) onSubmit(String(points), reason);
  };
  return (
    <AskDialog
      open={open}
      title={t("adjust.title")}
      confirm={t("adjust.save")}
      busy={busy}
      problem={problem}
      onClose={onClose}
      onConfirm={submit}
    >
      <ButtonGroup variant="segmented">
        <Button pressed={sign === "+"} onClick={() => setSign("+")}>
          {t("adjust.add")}
        </Button>
        <Button pressed={sign === "-"} onClick={() => setSign("-")}>
          {t("adjust.take")}
        </Button>
      </ButtonGroup>
      <TextField
        label={t("adjust.points")}
        value={amount}
        onChange={setAmount}
        inputMode="numeric"
        autoComplete="off"
        autoFocus
        {...(pointsError ? { error: pointsError } : {})}
      />
      <TextField
        label={t("adjust.reason")}
        value={reason}
        onChange={setReason}
        autoComplete="off"
        maxLength={ADJUSTMENT_REASON_MAX}
        multiline={2}
        helpText={t("adjust.reason.help")}
        {...(shown.reason ? { error: t(`adjust.error.${shown.reason}`) } : {})}
      />
      <div aria-live="polite">
        <Text as="p" fontWeight="semibold">
          {after === null || tooMuch
            ? t("adjust.now", { balance: words.points(available) })
            : t("adjust.after", { before: words.points(available), after: words.points(after) })}
        </Text>
      </div>
    </AskDialog>
  );
}
