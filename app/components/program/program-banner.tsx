import { Banner, Text } from "@shopify/polaris";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import type { useProgramPage } from "./use-program-page.ts";

/** What is to be said above the editor: whose changes count, what was refused, or that a draft is not live yet. */
export function ProgramBanner(props: {
  page: ReturnType<typeof useProgramPage>;
  draft: { savedAt: string } | null;
  /** How many changes the draft holds. */
  changes: number;
}) {
  const { page, draft, changes } = props;
  const words = useAdmin();
  const { t } = words;
  if (page.contested) {
    return (
      <Banner
        tone="warning"
        title={t("draft.changed")}
        action={{ content: t("draft.changed.theirs"), onAction: page.takeTheirs }}
        secondaryAction={{ content: t("draft.changed.mine"), onAction: page.keepMine }}
      >
        <Text as="p">{t("draft.changed.text")}</Text>
      </Banner>
    );
  }
  const problem = page.problemOf(null);
  if (problem) return <Banner tone="critical" title={problem} />;
  if (!draft || page.state.dirty) return null;
  return (
    <Banner tone="info" title={t("program.draft.title", { count: changes })}>
      <Text as="p">{t("program.draft.text", { at: words.dateTime(draft.savedAt) })}</Text>
    </Banner>
  );
}
