import { BlockStack, Button, Card, InlineStack, Text } from "@shopify/polaris";
import { useState } from "react";
import type { DataExport } from "#app/loyalty/insights/read-activity.server.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { DividedList } from "#app/components/shared/divided-list.tsx";
import { downloadJson } from "./download-json.ts";

/** Answers to customers who asked what is held on them. */
export function ExportsCard({ exports }: { exports: DataExport[] }) {
  const words = useAdmin();
  const { t } = words;
  const [problem, setProblem] = useState(false);
  const [busy, setBusy] = useState<string | null>(null);
  const download = async (requestId: string) => {
    setBusy(requestId);
    const done = await downloadJson(
      `/app/exports/${encodeURIComponent(requestId)}`,
      `dangol-${requestId}.json`,
    );
    setProblem(!done);
    setBusy(null);
  };
  return (
    <Card>
      <BlockStack gap="300">
        <BlockStack gap="050">
          <Text as="h2" variant="headingMd">
            {t("exports.title")}
          </Text>
          <Text as="p" variant="bodySm" tone="subdued">
            {t("exports.help")}
          </Text>
        </BlockStack>
        {problem ? (
          <Text as="p" tone="critical">
            {t("exports.problem")}
          </Text>
        ) : null}
        {exports.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("exports.empty")}
          </Text>
        ) : (
          <DividedList>
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
          </DividedList>
        )}
      </BlockStack>
    </Card>
  );
}
