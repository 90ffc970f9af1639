import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { SaveBar } from "@shopify/app-bridge-react";
import { Badge, BlockStack, Page, Text } from "@shopify/polaris";
import { useMemo } from "react";
import { saveSetup } from "#app/loyalty/insights/setup-guide.server.ts";
import type { PublishPreview } from "#app/loyalty/program/preview-publish.server.ts";
import { draftProgram, listVersions, liveProgram, programMark } from "#app/loyalty/program/program.server.ts";
import { readTierNames } from "#app/loyalty/tiers/read-tier-names.server.ts";
import { requireAdmin } from "#app/platform/http/admin.server.ts";
import { describeChanges } from "#app/components/program/describe-changes.ts";
import { programAction } from "#app/components/program/program-actions.ts";
import { ProgramBanner } from "#app/components/program/program-banner.tsx";
import { ProgramEditor } from "#app/components/program/program-editor.tsx";
import { PublishEffects } from "#app/components/program/publish-effects.tsx";
import { PublishModal } from "#app/components/program/publish-modal.tsx";
import { RestoreDialog } from "#app/components/program/restore-dialog.tsx";
import { runProgramAction } from "#app/components/program/run-program-action.server.ts";
import { useProgramPage } from "#app/components/program/use-program-page.ts";
import { versionStories } from "#app/components/program/version-stories.ts";
import { VersionsCard } from "#app/components/program/versions-card.tsx";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { readForm } from "#app/components/shared/admin-replies.server.ts";
import { AskDialog } from "#app/components/shared/ask-dialog.tsx";
import { ErrorPage } from "#app/components/shared/error-page.tsx";
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
    mark: programMark(draft, live),
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
  const { now, live, draft, mark, versions, tierNames } = useLoaderData<typeof loader>();
  const words = useAdmin();
  const { t, shop } = words;
  const preview = useFetcher<PublishPreview>();
  const stored = useMemo(
    () => ({ settings: draft?.settings ?? live.settings, mark }),
    [draft?.settings, live.settings, mark],
  );
  const page = useProgramPage(stored, {
    exponent: shop.currencyExponent,
    currency: shop.currency,
    now,
    words,
  });
  const { state, busy, dialog, open, close, problemOf, send } = page;
  const openPublish = () => {
    void preview.load("/app/program/preview");
    open("publish");
  };
  const restore = (version: number) => send({ intent: "restore", version: String(version), seen: mark });
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
                onAction: () => open("discard"),
              },
            ]
          : []
      }
    >
      <SaveBar id="program-save-bar" open={state.dirty}>
        <button variant="primary" onClick={page.save} {...(busy ? { loading: "" } : {})}>
          {t("common.save")}
        </button>
        <button onClick={page.takeTheirs}>{t("common.discard")}</button>
      </SaveBar>
      <BlockStack gap="400">
        <ProgramBanner page={page} draft={draft} changes={changes.length} />
        <ProgramEditor state={state} />
        <VersionsCard
          versions={versions}
          onRestore={(version) => (draft || state.dirty ? open({ restore: version }) : restore(version))}
        />
      </BlockStack>
      {dialog === "publish" ? (
        <PublishModal
          changes={changes}
          busy={busy}
          problem={problemOf("publish")}
          effects={<PublishEffects request={preview} tierNames={tierNames} />}
          onClose={close}
          onPublish={(note) =>
            send({ intent: "publish", version: String(draft?.version ?? 0), note, seen: mark })
          }
        />
      ) : null}
      {dialog === "discard" ? (
        <AskDialog
          open
          title={t("program.discard.title")}
          confirm={t("program.discard.confirm")}
          destructive
          busy={busy}
          problem={problemOf("discard-draft")}
          onClose={close}
          onConfirm={() => send({ intent: "discard-draft", seen: mark })}
        >
          <Text as="p">{t("program.discard.text", { count: changes.length })}</Text>
        </AskDialog>
      ) : null}
      {typeof dialog === "object" && dialog ? (
        <RestoreDialog
          version={dialog.restore}
          changes={draft ? changes.length : null}
          dirty={state.dirty}
          busy={busy}
          problem={problemOf("restore")}
          onClose={close}
          onConfirm={() => restore(dialog.restore)}
        />
      ) : null}
    </Page>
  );
}

export { ErrorPage as ErrorBoundary };
export { shouldRevalidate } from "#app/components/shared/revalidate.ts";
