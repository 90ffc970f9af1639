import {
  Badge,
  Banner,
  BlockStack,
  Button,
  Card,
  InlineStack,
  List,
  ProgressBar,
  Text,
} from "@shopify/polaris";
import { useState } from "react";
import type {
  ImportProgress,
  ImportStatus,
  ProblemRow,
} from "#app/loyalty/importing/points-import.server.ts";
import type { ImportProfile } from "#app/loyalty/importing/import-profiles.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { downloadFile } from "#app/components/shared/download-file.ts";

export interface ImportView {
  importId: string;
  status: ImportStatus;
  profile: ImportProfile | null;
  fileName: string;
  reason: string;
  allowDebt: boolean;
  createdAt: string;
  progress: ImportProgress;
  problems: ProblemRow[];
}

interface ImportCardProps {
  view: ImportView;
  busy: boolean;
  onAct(intent: "apply" | "cancel", importId: string): void;
}

/** Whether its figures move by themselves. */
export function isWorking(status: ImportStatus): boolean {
  return status === "reading" || status === "checking" || status === "applying";
}

/** One import: how far it is, what it would do or has done, and which lines it cannot use. */
export function ImportCard({ view, busy, onAct }: ImportCardProps) {
  const words = useAdmin();
  const { t } = words;
  const { progress, status, importId } = view;
  const profile = view.profile ?? "plain";
  const working = isWorking(status);
  const left = status === "applying" ? progress.ready : progress.unchecked;
  const share = progress.lines === 0 ? 0 : Math.round(((progress.lines - left) / progress.lines) * 100);
  const facts = [
    t("import.fact.ready", { count: progress.ready + progress.posted }),
    t("import.fact.add", { points: words.points(progress.pointsToAdd) }),
    ...(progress.pointsToTake > 0
      ? [t("import.fact.take", { points: words.points(progress.pointsToTake) })]
      : []),
    ...(view.allowDebt ? [t("import.fact.allowDebt")] : []),
    ...(progress.posted > 0 ? [t("import.fact.posted", { count: progress.posted })] : []),
    ...(progress.skipped > 0 ? [t("import.fact.skipped", { count: progress.skipped })] : []),
    ...(progress.bad > 0 ? [t("import.fact.bad", { count: progress.bad })] : []),
  ];
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <Text as="h2" variant="headingMd" breakWord>
            {view.fileName || t("import.unnamed")}
          </Text>
          <Badge tone={status === "done" ? "success" : status === "checked" ? "attention" : "info"}>
            {t(`import.status.${status}`)}
          </Badge>
        </InlineStack>
        <Text as="p" tone="subdued">
          {t("import.about", {
            profile: t(`import.profile.${profile}`),
            at: words.dateTime(view.createdAt),
            reason: view.reason,
          })}
        </Text>
        {working ? <ProgressBar progress={share} size="small" ariaLabelledBy={`import-${importId}`} /> : null}
        <div id={`import-${importId}`} aria-live="polite">
          {status === "cancelled" ? null : (
            <List>
              {facts.map((fact) => (
                <List.Item key={fact}>{fact}</List.Item>
              ))}
            </List>
          )}
        </div>
        <Problems view={view} />
        {status === "checked" || (working && status !== "applying") ? (
          <InlineStack align="end" gap="200">
            <Button disabled={busy} onClick={() => onAct("cancel", importId)}>
              {t("import.cancel")}
            </Button>
            {status === "checked" ? (
              <Button
                variant="primary"
                loading={busy}
                disabled={progress.ready === 0}
                onClick={() => onAct("apply", importId)}
              >
                {t("import.apply", { count: progress.ready })}
              </Button>
            ) : null}
          </InlineStack>
        ) : null}
      </BlockStack>
    </Card>
  );
}

/** The first bad lines with their reasons; all of them as a file that can be mended and uploaded again. */
function Problems({ view }: { view: ImportView }) {
  const { t, locale } = useAdmin();
  const [missing, setMissing] = useState(false);
  if (view.problems.length === 0) return null;
  const download = async () => {
    const there = await downloadFile(
      `/app/imports/${view.importId}?locale=${locale}`,
      "dangol-bad-lines.csv",
    );
    setMissing(!there);
  };
  return (
    <BlockStack gap="200">
      <List>
        {view.problems.map(({ line, contact, points, problem }) => (
          <List.Item key={line}>
            {t("import.line", { line, contact: contact ?? "–", points: points || "–" })}{" "}
            {t(`import.row.${problem}`)}
          </List.Item>
        ))}
      </List>
      <InlineStack>
        <Button onClick={() => void download()}>{t("import.report")}</Button>
      </InlineStack>
      {missing ? <Banner tone="warning">{t("import.report.gone")}</Banner> : null}
    </BlockStack>
  );
}
