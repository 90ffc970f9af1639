import { unstable_parseMultipartFormData } from "@remix-run/node";
import { z } from "zod";
import type { FileProblem } from "#app/loyalty/importing/decode-csv.ts";
import { applyImport, cancelImport } from "#app/loyalty/importing/run-import.server.ts";
import { type StageResult, stageImport } from "#app/loyalty/importing/stage-import.server.ts";
import { ADJUSTMENT_REASON_MAX } from "#app/loyalty/members/parse-adjustment.ts";
import type { AdminCall } from "#app/platform/http/admin.server.ts";
import { adminTranslator } from "#app/platform/i18n/admin-translator.ts";
import { readForm, refuse } from "#app/components/shared/admin-replies.server.ts";
import type { ActionOutcome } from "#app/components/shared/use-outcome.ts";

const importAction = z.discriminatedUnion("intent", [
  z.object({ intent: z.literal("apply"), importId: z.uuid() }),
  z.object({ intent: z.literal("cancel"), importId: z.uuid() }),
]);
const UPLOADED = {
  staged: "import.toast.read",
  known: "import.toast.known",
  cancelled: "import.toast.cancelled",
} as const;
const reasonText = z.string().trim().min(1).max(ADJUSTMENT_REASON_MAX);

/** Takes in a file, says yes to a dry run, or lets go of it. */
export async function runImportAction(call: AdminCall, request: Request) {
  if (request.headers.get("content-type")?.startsWith("multipart/form-data")) return upload(call, request);
  const { services, shopId, actor, locale } = call;
  const t = adminTranslator(locale);
  const { intent, importId } = await readForm(request, importAction);
  if (intent === "cancel") {
    const { outcome } = await cancelImport(services, { shopId, importId });
    if (outcome === "cancelled")
      return { outcome, toast: t("import.toast.cancelled") } satisfies ActionOutcome;
    return refuse<ActionOutcome>({ outcome, problem: t("import.problem.too_late") }, 409);
  }
  const { outcome } = await applyImport(services, { shopId, importId, actor, now: services.now() });
  if (outcome === "applying") return { outcome, toast: t("import.toast.applying") } satisfies ActionOutcome;
  return refuse<ActionOutcome>({ outcome, problem: t("import.problem.not_ready") }, 409);
}

/** The file is read as it comes in, and never whole in memory; the reason has to come before it. */
async function upload({ services, shopId, actor, locale }: AdminCall, request: Request) {
  const t = adminTranslator(locale);
  let reason = "";
  let allowDebt = false;
  let staged: StageResult | undefined;
  let failed: unknown;
  await unstable_parseMultipartFormData(request, async ({ name, filename, data }) => {
    if (name === "reason" && filename === undefined) reason = await textOf(data);
    if (name === "allowDebt" && filename === undefined) allowDebt = (await textOf(data)) === "true";
    if (name !== "file" || staged !== undefined || failed !== undefined) {
      await drain(data);
      return undefined;
    }
    const parsed = reasonText.safeParse(reason);
    if (!parsed.success) {
      await drain(data);
      return undefined;
    }
    try {
      staged = await stageImport(services, {
        shopId,
        bytes: data,
        fileName: filename ?? "",
        reason: parsed.data,
        allowDebt,
        actor,
        now: services.now(),
      });
    } catch (error) {
      failed = error;
    }
    return undefined;
  });
  if (failed !== undefined) throw failed;
  if (!reasonText.safeParse(reason).success)
    return refuse<ActionOutcome>({ outcome: "invalid", problem: t("import.problem.reason") });
  if (staged === undefined || staged.outcome === "refused") {
    const problem: FileProblem = staged?.problem ?? "empty";
    return refuse<ActionOutcome>({ outcome: "refused", problem: t(`import.file.${problem}`) });
  }
  return {
    outcome: staged.outcome,
    toast: t(UPLOADED[staged.outcome]),
  } satisfies ActionOutcome;
}

async function textOf(data: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of data) if (text.length < 10_000) text += decoder.decode(piece, { stream: true });
  return text;
}

async function drain(data: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of data);
}
