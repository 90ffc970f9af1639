import { Badge, BlockStack, Button, InlineStack, Text } from "@shopify/polaris";
import type { BadgeProps } from "@shopify/polaris";
import { useState } from "react";
import type { MemberCode } from "#app/loyalty/insights/read-member.server.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { AskDialog } from "#app/components/shared/ask-dialog.tsx";
import { ListCard } from "#app/components/shared/list-card.tsx";
import { codeFate } from "./code-fate.ts";

const TONES: Partial<Record<MemberCode["status"], BadgeProps["tone"]>> = {
  ready: "success",
  requested: "attention",
  failed: "critical",
};

interface CodesCardProps {
  codes: MemberCode[];
  busy: boolean;
  onCancel(redemptionId: string): void;
}

/** The member's codes; an unused one can be cancelled, and the points go back. */
export function CodesCard({ codes, busy, onCancel }: CodesCardProps) {
  const words = useAdmin();
  const { t } = words;
  const [asking, setAsking] = useState<MemberCode | null>(null);
  return (
    <>
      <ListCard title={t("codes.title")} empty={t("codes.empty")}>
        {codes.map((code) => (
          <CodeRow key={code.redemptionId} code={code} onAsk={() => setAsking(code)} />
        ))}
      </ListCard>
      <AskDialog
        open={asking !== null}
        title={t("codes.cancel.title", { code: asking?.code ?? "" })}
        confirm={t("codes.cancel.confirm")}
        keep={t("codes.cancel.keep")}
        destructive
        busy={busy}
        onClose={() => setAsking(null)}
        onConfirm={() => {
          if (asking) onCancel(asking.redemptionId);
          setAsking(null);
        }}
      >
        <Text as="p">{t("codes.cancel.text", { points: words.points(asking?.points ?? 0) })}</Text>
      </AskDialog>
    </>
  );
}

function CodeRow({ code, onAsk }: { code: MemberCode; onAsk(): void }) {
  const words = useAdmin();
  const { t, locale } = words;
  const tone = TONES[code.status];
  const open = (code.status === "ready" || code.status === "requested") && code.closing === null;
  return (
    <BlockStack gap="100">
      <InlineStack align="space-between" gap="200" blockAlign="center">
        <Text as="span" fontWeight="semibold" breakWord>
          {code.title?.[locale] ?? code.rewardId}
        </Text>
        <Badge {...(tone ? { tone } : {})}>
          {t(code.closing ? "codes.status.closing" : `codes.status.${code.status}`)}
        </Badge>
      </InlineStack>
      <Text as="p" variant="bodySm" breakWord>
        <code>{code.code}</code> · {words.points(code.points)}
      </Text>
      <Text as="p" variant="bodySm" tone="subdued">
        {codeFate(code, words)}
      </Text>
      {open ? (
        <InlineStack>
          <Button
            variant="plain"
            tone="critical"
            onClick={onAsk}
            accessibilityLabel={`${t("codes.cancel.action")}: ${code.code}`}
          >
            {t("codes.cancel.action")}
          </Button>
        </InlineStack>
      ) : null}
    </BlockStack>
  );
}
