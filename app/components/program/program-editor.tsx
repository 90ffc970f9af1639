import { Banner, BlockStack, Button, InlineStack, Layout, Tabs } from "@shopify/polaris";
import { useSearchParams } from "@remix-run/react";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { EarnSection } from "./earn-section.tsx";
import { FieldsContext, ProgramEditorContext } from "./editor-context.tsx";
import { ExpirySection } from "./expiry-section.tsx";
import { NamesSection } from "./names-section.tsx";
import { PROGRAM_SECTIONS, sectionOfPath } from "./program-issues.ts";
import type { ProgramSection } from "./program-issues.ts";
import { ProgramPreview } from "./program-preview.tsx";
import { ReferralSection } from "./referral-section.tsx";
import { RewardsSection } from "./rewards-section.tsx";
import { TiersSection } from "./tiers-section.tsx";
import { useFirstIssue } from "./use-first-issue.ts";
import type { ProgramFormState } from "./use-program-form.ts";

const SECTIONS = {
  earn: EarnSection,
  expiry: ExpirySection,
  rewards: RewardsSection,
  tiers: TiersSection,
  referral: ReferralSection,
  names: NamesSection,
} as const satisfies Record<ProgramSection, () => React.JSX.Element>;

/** The controls of one section at a time, the shopper's view beside them. */
export function ProgramEditor({ state }: { state: ProgramFormState }) {
  const { t } = useAdmin();
  const [params, setParams] = useSearchParams();
  const section = PROGRAM_SECTIONS.find((entry) => entry === params.get("section")) ?? "earn";
  const wrong = new Set(state.showing ? state.issues.map((issue) => sectionOfPath(issue.path)) : []);
  const Section = SECTIONS[section];
  const open = (chosen: ProgramSection) => {
    setParams(
      (before) => {
        before.set("section", chosen);
        return before;
      },
      { replace: true, preventScrollReset: true },
    );
  };
  useFirstIssue({ attempts: state.attempts, issues: state.issues, section, open });
  return (
    <ProgramEditorContext.Provider value={state.editor}>
      <FieldsContext.Provider value={state.editor}>
        <BlockStack gap="400">
          <Tabs
            tabs={PROGRAM_SECTIONS.map((id) => ({
              id: `section-${id}`,
              panelID: `section-${id}-panel`,
              content: t(`program.section.${id}`),
              ...(wrong.has(id) ? { badge: t("program.section.check") } : {}),
            }))}
            selected={PROGRAM_SECTIONS.indexOf(section)}
            onSelect={(index) => open(PROGRAM_SECTIONS[index] ?? "earn")}
          />
          {state.showing && state.issues.length > 0 ? <IssueBanner state={state} onOpen={open} /> : null}
          <Layout>
            <Layout.Section>
              <div role="tabpanel" id={`section-${section}-panel`} aria-labelledby={`section-${section}`}>
                <Section />
              </div>
            </Layout.Section>
            <Layout.Section variant="oneThird">
              <div style={{ position: "sticky", top: "var(--p-space-400)" }}>
                <ProgramPreview complete={state.issues.length === 0} />
              </div>
            </Layout.Section>
          </Layout>
        </BlockStack>
      </FieldsContext.Provider>
    </ProgramEditorContext.Provider>
  );
}

/** Where something is wrong, and how much; the fields themselves say what. */
function IssueBanner({ state, onOpen }: { state: ProgramFormState; onOpen(section: ProgramSection): void }) {
  const { t } = useAdmin();
  const counts = PROGRAM_SECTIONS.map((section) => ({
    section,
    count: state.issues.filter((issue) => sectionOfPath(issue.path) === section).length,
  })).filter(({ count }) => count > 0);
  return (
    <Banner tone="critical" title={t("program.issues.title", { count: state.issues.length })}>
      <InlineStack gap="300">
        {counts.map(({ section, count }) => (
          <Button key={section} variant="plain" onClick={() => onOpen(section)}>
            {t("program.issues.section", { section: t(`program.section.${section}`), count })}
          </Button>
        ))}
      </InlineStack>
    </Banner>
  );
}
