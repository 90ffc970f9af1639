import { Badge, BlockStack, Box, Button, Card, InlineStack, Text } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { DividedList } from "#app/components/shared/divided-list.tsx";
import { Why } from "#app/components/shared/why.tsx";
import type { Change } from "./describe-changes.ts";
import { ChangeList } from "./publish-modal.tsx";

export interface VersionStory {
  version: number;
  status: "live" | "retired";
  publishedAt: string;
  by: string;
  note: string | null;
  /** Against the version before it; null for the first. */
  changes: Change[] | null;
}

/** Every published version, newest first; any of them can be taken up again as a draft. */
export function VersionsCard({
  versions,
  onRestore,
}: {
  versions: VersionStory[];
  onRestore(version: number): void;
}) {
  const { t } = useAdmin();
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("versions.title")}
        </Text>
        <DividedList>
          {versions.map((version) => (
            <VersionRow
              key={version.version}
              version={version}
              onRestore={() => onRestore(version.version)}
            />
          ))}
        </DividedList>
      </BlockStack>
    </Card>
  );
}

function VersionRow({ version, onRestore }: { version: VersionStory; onRestore(): void }) {
  const words = useAdmin();
  const { t } = words;
  const name = t("versions.name", { version: version.version });
  return (
    <Box>
      <InlineStack align="space-between" blockAlign="start" gap="200">
        <BlockStack gap="050">
          <InlineStack gap="200" blockAlign="center" align="start">
            <Text as="h3" variant="bodyMd" fontWeight="semibold">
              {name}
            </Text>
            {version.status === "live" ? <Badge tone="success">{t("versions.live")}</Badge> : null}
          </InlineStack>
          <Text as="p" variant="bodySm" tone="subdued">
            {t("versions.published", { at: words.dateTime(version.publishedAt), by: version.by })}
          </Text>
          {version.note ? <Text as="p">{version.note}</Text> : null}
        </BlockStack>
        {version.status === "retired" ? (
          <Button
            variant="plain"
            onClick={onRestore}
            accessibilityLabel={`${t("versions.restore")}: ${name}`}
          >
            {t("versions.restore")}
          </Button>
        ) : null}
      </InlineStack>
      {version.changes ? (
        <Why label={t("versions.changes", { count: version.changes.length })} subject={name}>
          <ChangeList changes={version.changes} />
        </Why>
      ) : null}
    </Box>
  );
}
