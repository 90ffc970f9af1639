import { Box, Button, Collapsible } from "@shopify/polaris";
import { useId, useState } from "react";
import type { ReactNode } from "react";
import { useAdmin } from "./admin-context.tsx";

// Text cannot hold blocks, and a reason may be several lines.
const SMALL = {
  fontSize: "var(--p-font-size-300)",
  lineHeight: "var(--p-font-line-height-400)",
  color: "var(--p-color-text-secondary)",
} as const;

/** A reason one tap away: closed at first, opened in place, told to assistive technology. */
export function Why({ label, subject, children }: { label?: string; subject: string; children: ReactNode }) {
  const { t } = useAdmin();
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <Box>
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
      <Collapsible id={id} open={open} transition={{ duration: "var(--p-motion-duration-100)" }}>
        <Box paddingBlockStart="100">
          <div style={SMALL}>{children}</div>
        </Box>
      </Collapsible>
    </Box>
  );
}
