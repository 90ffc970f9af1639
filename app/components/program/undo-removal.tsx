import { Box, Button, InlineStack, Text } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";

/** What was just taken out of a list, with a way back. Nothing is final before it is published anyway. */
export function UndoRemoval({ text, onUndo }: { text: string; onUndo(): void }) {
  const { t } = useAdmin();
  return (
    <div role="status">
      <Box background="bg-surface-secondary" padding="300" borderRadius="200">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <Text as="p">{text}</Text>
          <Button variant="plain" onClick={onUndo}>
            {t("common.undo")}
          </Button>
        </InlineStack>
      </Box>
    </div>
  );
}
