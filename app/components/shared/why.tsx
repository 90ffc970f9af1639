import { Box, Button, Collapsible, InlineStack, Text } from "@shopify/polaris";
import { useId, useState } from "react";
import type { ReactNode } from "react";
import { useAdmin } from "./admin-context.tsx";

// Text cannot hold blocks, and a reason may be several lines.
const SMALL = {
  fontSize: "var(--p-font-size-300)",
  lineHeight: "var(--p-font-line-height-400)",
  color: "var(--p-color-text-secondary)",
} as const;

interface WhyProps {
  label?: string;
  /** What it is the reason of, for those who cannot see it beside the button. */
  subject: string;
  /** Stands before the button, on its line. */
  lead?: string;
  /** Stands at the other end of that line. */
  trail?: string;
  children: ReactNode;
}

/** A reason one tap away: closed at first, opened in place, told to assistive technology. */
export function Why({ label, subject, lead, trail, children }: WhyProps) {
  const { t } = useAdmin();
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <Box>
      <InlineStack align="space-between" blockAlign="center" gap="200">
        <InlineStack align="start" blockAlign="center" gap="200">
          {lead ? (
            <Text as="span" variant="bodySm" tone="subdued">
              {lead}
            </Text>
          ) : null}
          <Button
            variant="plain"
            size="micro"
            disclosure={open ? "up" : "down"}
            ariaExpanded={open}
            ariaControls={id}
            accessibilityLabel={`${label ?? t("common.why")}: ${subject}`}
            onClick={() => setOpen(!open)}
          >
            {label ?? t("common.why")}
          </Button>
        </InlineStack>
        {trail ? (
          <Text as="span" variant="bodySm" tone="subdued" numeric>
            {trail}
          </Text>
        ) : null}
      </InlineStack>
      <Collapsible id={id} open={open} transition={{ duration: "var(--p-motion-duration-100)" }}>
        <Box paddingBlockStart="100">
          <div style={SMALL}>{children}</div>
        </Box>
      </Collapsible>
    </Box>
  );
}
