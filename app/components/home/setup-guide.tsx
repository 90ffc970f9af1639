import { Badge, BlockStack, Box, Button, Card, Icon, InlineStack, ProgressBar, Text } from "@shopify/polaris";
import { CheckCircleIcon, StatusIcon } from "@shopify/polaris-icons";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import type { SetupStep } from "./setup-steps.ts";

interface SetupGuideProps {
  steps: SetupStep[];
  onDismiss(): void;
  onCheckAgain(): void;
  checking: boolean;
}

/** What is left before shoppers can use the program; goes away when done, for good. */
export function SetupGuide({ steps, onDismiss, onCheckAgain, checking }: SetupGuideProps) {
  const { t } = useAdmin();
  const done = steps.filter((step) => step.done).length;
  const complete = done === steps.length;
  return (
    <Card>
      <BlockStack gap="400">
        <BlockStack gap="200">
          <InlineStack align="space-between" blockAlign="center" gap="200">
            <Text as="h2" variant="headingMd">
              {t(complete ? "setup.completeTitle" : "setup.title")}
            </Text>
            <InlineStack gap="300">
              {complete ? null : (
                <Button variant="plain" onClick={onCheckAgain} loading={checking}>
                  {t("setup.checkAgain")}
                </Button>
              )}
              <Button variant="plain" onClick={onDismiss}>
                {t(complete ? "setup.close" : "setup.dismiss")}
              </Button>
            </InlineStack>
          </InlineStack>
          <Text as="p" tone="subdued" id="setup-progress">
            {t("setup.progress", { done, total: steps.length })}
          </Text>
          <ProgressBar
            progress={(done / steps.length) * 100}
            size="small"
            tone="primary"
            ariaLabelledBy="setup-progress"
          />
        </BlockStack>
        <BlockStack gap="300" as="ul">
          {steps.map((step) => (
            <SetupRow key={step.id} step={step} first={step.id === steps.find((entry) => !entry.done)?.id} />
          ))}
        </BlockStack>
      </BlockStack>
    </Card>
  );
}

function SetupRow({ step, first }: { step: SetupStep; first: boolean }) {
  const { t } = useAdmin();
  return (
    <Box as="li">
      <InlineStack gap="300" blockAlign="start" wrap={false}>
        <Box>
          <Icon source={step.done ? CheckCircleIcon : StatusIcon} tone={step.done ? "success" : "subdued"} />
        </Box>
        <BlockStack gap="150" inlineAlign="start">
          <InlineStack gap="200" blockAlign="center">
            <Text as="h3" variant="bodyMd" fontWeight="semibold">
              {t(`setup.${step.id}.title`)}
            </Text>
            {step.done ? <Badge tone="success">{t("setup.done")}</Badge> : null}
          </InlineStack>
          {step.done ? null : (
            <>
              <Text as="p" tone="subdued">
                {t(`setup.${step.id}.text`)}
              </Text>
              <Button
                url={step.url}
                variant={first ? "primary" : "secondary"}
                {...(step.external ? { target: "_top" as const } : {})}
              >
                {t(`setup.${step.id}.action`)}
              </Button>
            </>
          )}
        </BlockStack>
      </InlineStack>
    </Box>
  );
}
