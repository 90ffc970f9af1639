import { BlockStack, Button, InlineStack, Text } from "@shopify/polaris";
import { useState } from "react";
import type { DataExport } from "#app/loyalty/insights/read-activity.server.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { downloadFile } from "#app/components/shared/download-file.ts";
import { ListCard } from "#app/components/shared/list-card.tsx";

/** Answers to customers who asked what is held on them. */
export function ExportsCard({ exports }: { exports: DataExport[] }) {
  const words = useAdmin();
  const { t } = words;
  const [problem, setProblem] = useState(false);
  const [busy, setBusy] = useState<string | null>(null);
  const download = async (requestId: string) => {
    setBusy(requestId);
    const done = await downloadFile(
      `/app/exports/${encodeURIComponent(requestId)}`,
      `dangol-${requestId}.json`,
    );
    setProblem(!done);
    setBusy(null);
  };
  const failed = problem ? (
    <Text as="p" tone="critical">
      {t("exports.problem")}
    </Text>
  ) : null;
  return (
    <ListCard title={t("exports.title")} help={t("exports.help")} empty={t("exports.empty")} above={failed}>
      {exports.map((entry) => (
        <InlineStack key={entry.requestId} align="space-between" blockAlign="center" gap="200">
          <BlockStack gap="050">
            <Text as="span" fontWeight="medium">
              {t("member.number", { id: entry.customerId })}
            </Text>
            <Text as="span" variant="bodySm" tone="subdued">
              {entry.downloadedAt
                ? t("exports.downloaded", { date: words.date(entry.downloadedAt) })
                : t("exports.asked", { date: words.date(entry.createdAt) })}
            </Text>
          </BlockStack>
          <Button
            loading={busy === entry.requestId}
            onClick={() => void download(entry.requestId)}
            accessibilityLabel={`${t("exports.download")}: ${entry.customerId}`}
          >
            {t("exports.download")}
          </Button>
        </InlineStack>
      ))}
    </ListCard>
  );
}
