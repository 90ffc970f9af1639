import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { SaveBar } from "@shopify/app-bridge-react";
import { Badge, Banner, BlockStack, Page, Text } from "@shopify/polaris";
import { useEffect, useState } from "react";
import { saveSetup } from "#app/loyalty/insights/setup-guide.server.ts";
import type { PublishPreview } from "#app/loyalty/program/preview-publish.server.ts";
import { draftProgram, listVersions, liveProgram } from "#app/loyalty/program/program.server.ts";
import { readTierNames } from "#app/loyalty/tiers/read-tier-names.server.ts";
import { requireAdmin } from "#app/platform/http/admin.server.ts";
import { describeChanges } from "#app/components/program/describe-changes.ts";
import { programAction } from "#app/components/program/program-actions.ts";
import { ProgramEditor } from "#app/components/program/program-editor.tsx";
import { PublishEffects } from "#app/components/program/publish-effects.tsx";
import { PublishModal } from "#app/components/program/publish-modal.tsx";
import { runProgramAction } from "#app/components/program/run-program-action.server.ts";
import type { ProgramOutcome } from "#app/components/program/run-program-action.server.ts";
import { useProgramForm } from "#app/components/program/use-program-form.ts";
import { versionStories } from "#app/components/program/version-stories.ts";
import { VersionsCard } from "#app/components/program/versions-card.tsx";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { readForm } from "#app/components/shared/admin-replies.server.ts";
import { AskDialog } from "#app/components/shared/ask-dialog.tsx";
import { ErrorPage } from "#app/components/shared/error-page.tsx";
import { useIdempotencyKey } from "#app/components/shared/use-idempotency-key.ts";
import { useOutcomeToast } from "#app/components/shared/use-outcome.ts";
import { createWords } from "#app/components/shared/words.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { services, shopId, locale, shop } = await requireAdmin(request);
  const { db } = services;
  const [live, draft, versions, tierNames] = await Promise.all([
    liveProgram(db, shopId),
    draftProgram(db, shopId),
    listVersions(db, shopId),
    readTierNames(db, shopId),
  ]);
  // Having looked at the program is the first step of the set-up guide.
  await saveSetup(db, { shopId, step: "programReviewed", done: true });
  const { pointsName, pointsShort } = live.settings;
  const words = createWords({ ...shop, locale, pointsName, pointsShort });
  return {
    now: services.now().toISOString(),
    live,
    draft: draft
      ? { version: draft.version, settings: draft.settings, savedAt: draft.createdAt.toISOString() }
      : null,
    versions: versionStories(versions, words),
    tierNames: {
      ...tierNames,
      ...Object.fromEntries(draft?.settings.tiers.map((tier) => [tier.id, tier.name]) ?? []),
    },
  };
}

export async function action({ request }: ActionFunctionArgs) {
  const call = await requireAdmin(request);
  return runProgramAction(call, await readForm(request, programAction));
}

export default function Program() {
  const { now, live, draft, versions, tierNames } = useLoaderData<typeof loader>();
  const words = useAdmin();
  const { t, shop } = words;
  const fetcher = useFetcher<ProgramOutcome>();
  const preview = useFetcher<PublishPreview>();
  const [key, renewKey] = useIdempotencyKey();
  const [dialog, setDialog] = useState<"publish" | "discard" | null>(null);
  const stored = draft?.settings ?? live.settings;
  const state = useProgramForm(stored, {
    exponent: shop.currencyExponent,
    currency: shop.currency,
    now,
    words,
  });
  const { reset } = state;
  const answer = fetcher.data;
  const busy = fetcher.state !== "idle";
  useOutcomeToast(answer);

  // What was typed is replaced only when the server has taken it, or was told to forget it.
  useEffect(() => {
    if (!answer?.done || fetcher.state !== "idle") return;
    reset(stored);
    renewKey();
    setDialog(null);
  }, [answer, fetcher.state, stored, reset, renewKey]);

  const send = (fields: Record<string, string>) => {
    void fetcher.submit({ idempotencyKey: key, ...fields }, { method: "post" });
  };
  const save = () => {
    state.showAll();
    if (state.issues.length === 0) send({ intent: "save-draft", form: JSON.stringify(state.editor.form) });
  };
  const openPublish = () => {
    void preview.load("/app/program/preview");
    setDialog("publish");
  };
  const changes = draft ? describeChanges(live.settings, draft.settings, words) : [];

  return (
    <Page
      title={t("program.title")}
      subtitle={t("program.subtitle", { version: live.version })}
      titleMetadata={draft ? <Badge tone="attention">{t("program.draftBadge")}</Badge> : null}
      primaryAction={{
        content: t("publish.action"),
        disabled: !draft || state.dirty || busy,
        onAction: openPublish,
      }}
      secondaryActions={
        draft
          ? [
              {
                content: t("program.discardDraft"),
                disabled: busy,
                destructive: true,
                onAction: () => setDialog("discard"),
              },
            ]
          : []
      }
    >
      <SaveBar id="program-save-bar" open={state.dirty}>
        <button variant="primary" onClick={save} {...(busy ? { loading: "" } : {})}>
          {t("common.save")}
        </button>
        <button onClick={() => reset(stored)}>{t("common.discard")}</button>
      </SaveBar>
      <BlockStack gap="400">
        {answer?.problem ? <Banner tone="critical" title={answer.problem} /> : null}
        {draft && !state.dirty ? (
          <Banner tone="info" title={t("program.draft.title", { count: changes.length })}>
            <Text as="p">{t("program.draft.text", { at: words.dateTime(draft.savedAt) })}</Text>
          </Banner>
        ) : null}
        <ProgramEditor state={state} />
        <VersionsCard
          versions={versions}
          onRestore={(version) => send({ intent: "restore", version: String(version) })}
        />
      </BlockStack>
      <PublishModal
        open={dialog === "publish"}
        changes={changes}
        busy={busy}
        problem={answer?.problem}
        effects={<PublishEffects request={preview} tierNames={tierNames} />}
        onClose={() => setDialog(null)}
        onPublish={(note) => send({ intent: "publish", version: String(draft?.version ?? 0), note })}
      />
      <AskDialog
        open={dialog === "discard"}
        title={t("program.discard.title")}
        confirm={t("program.discard.confirm")}
        destructive
        busy={busy}
        onClose={() => setDialog(null)}
        onConfirm={() => send({ intent: "discard-draft" })}
      >
        <Text as="p">{t("program.discard.text", { count: changes.length })}</Text>
      </AskDialog>
    </Page>
  );
}

export { ErrorPage as ErrorBoundary };
