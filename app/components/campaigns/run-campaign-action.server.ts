import { readCampaign } from "#app/loyalty/earning/campaigns/read-campaigns.server.ts";
import {
  deleteDraftCampaign,
  endCampaign,
  publishCampaign,
  saveCampaign,
} from "#app/loyalty/earning/campaigns/save-campaign.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import type { AdminCall } from "#app/platform/http/admin.server.ts";
import { AppError, Conflict, InvalidInput, NotFound } from "#app/platform/errors.ts";
import { adminTranslator } from "#app/platform/i18n/admin-translator.ts";
import { notFound, refuse } from "#app/components/shared/admin-replies.server.ts";
import type { FieldIssue } from "#app/components/shared/field-issues.ts";
import type { ActionOutcome } from "#app/components/shared/use-outcome.ts";
import type { AdminKey, AdminTranslate } from "#app/components/shared/words.ts";
import type { CampaignAction } from "./campaign-actions.ts";
import type { CampaignForm } from "./campaign-form.ts";
import { issuesFromServer, settingsFromCampaignForm } from "./campaign-issues.ts";

export interface CampaignOutcome extends ActionOutcome {
  intent: CampaignAction["intent"];
  /** What was asked is done: what is typed may give way to what is stored. */
  done: boolean;
  campaignId: string;
  issues?: FieldIssue[];
  /** What is stored now, where somebody else was first. */
  revision?: number;
}

const TOASTS: Record<string, AdminKey> = {
  created: "campaign.toast.created",
  saved: "campaign.toast.saved",
  unchanged: "campaign.toast.saved",
  published: "campaign.toast.published",
  already_published: "campaign.toast.published",
  ended: "campaign.toast.ended",
  already_ended: "campaign.toast.ended",
  deleted: "campaign.toast.deleted",
  gone: "campaign.toast.deleted",
};
const CONFLICTS: Record<string, AdminKey> = {
  campaign_changed: "campaign.problem.changed",
  campaign_ended: "campaign.problem.ended",
  campaign_not_draft: "campaign.problem.notDraft",
  campaign_not_published: "campaign.problem.notPublished",
};

/**
 * Saves, publishes, ends or deletes a campaign of the shop. Each may be posted twice: the second time changes nothing. A
 * campaign of another shop is not there.
 *
 * @param known whether the campaign has to be there: not so where it is being made
 */
export async function runCampaignAction(
  call: AdminCall,
  campaignId: string,
  action: CampaignAction,
  known: boolean,
) {
  const { services, shopId } = call;
  const t = adminTranslator(call.locale);
  const stored = await readCampaign(services.db, shopId, campaignId);
  if (!stored && known && (action.intent === "publish" || action.intent === "end")) return notFound();
  const spentPoints = stored?.spentPoints ?? 0;
  try {
    const outcome =
      action.intent === "save"
        ? await save(call, { campaignId, form: action.form, revision: action.revision, spentPoints }, t)
        : await change(call, campaignId, action, stored?.endsAt ?? null, t);
    if (typeof outcome !== "string") return outcome;
    const toast = TOASTS[outcome];
    const { intent } = action;
    const done: CampaignOutcome = {
      intent,
      outcome,
      done: true,
      campaignId,
      ...(toast ? { toast: t(toast) } : {}),
    };
    return done;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return refusal(error, { intent: action.intent, campaignId, spentPoints }, t);
  }
}

interface Saving {
  campaignId: string;
  form: CampaignForm;
  revision: number | "";
  spentPoints: number;
}

async function save(call: AdminCall, saving: Saving, t: AdminTranslate) {
  const { services, shopId, actor, shop } = call;
  const { campaignId, spentPoints } = saving;
  const { tiers } = (await liveProgram(services.db, shopId)).settings;
  const read = settingsFromCampaignForm(saving.form, {
    exponent: shop.currencyExponent,
    tierIds: tiers.map((tier) => tier.id),
    spentPoints,
  });
  if (!read.ok) return invalid(campaignId, read.issues, t);
  const args = {
    shopId,
    campaignId,
    settings: read.settings,
    revision: saving.revision === "" ? null : saving.revision,
    actor,
    now: services.now(),
  };
  const attempt = async () => {
    const eventId = services.newId();
    const { outcome } = await services.db.transaction((tx) => saveCampaign(tx, { ...args, eventId }));
    return outcome;
  };
  if (args.revision !== null) return attempt();
  // Where two of the same form meet, the later finds what the earlier made.
  return attempt().catch((error: unknown) => {
    if (error instanceof Conflict && error.message === "campaign_changed") return attempt();
    throw error;
  });
}

async function change(
  call: AdminCall,
  campaignId: string,
  action: Exclude<CampaignAction, { intent: "save" }>,
  endsAt: Date | null,
  t: AdminTranslate,
) {
  const { services, shopId, actor } = call;
  const now = services.now();
  const args = { shopId, campaignId, actor, now, eventId: services.newId() };
  return services.db.transaction(async (tx) => {
    switch (action.intent) {
      case "publish": {
        if (endsAt !== null && endsAt <= now) {
          const problem = t("campaign.problem.windowOver");
          const { intent } = action;
          return refuse<CampaignOutcome>(
            { intent, outcome: "window_over", done: false, campaignId, problem },
            409,
          );
        }
        return (await publishCampaign(tx, { ...args, revision: action.revision })).outcome;
      }
      case "end":
        return (await endCampaign(tx, args)).outcome;
      case "delete":
        return (await deleteDraftCampaign(tx, args)).outcome;
    }
  });
}

function invalid(campaignId: string, issues: FieldIssue[], t: AdminTranslate) {
  const problem = t("campaign.issues.title", { count: issues.length });
  return refuse<CampaignOutcome>({
    intent: "save",
    outcome: "invalid",
    done: false,
    campaignId,
    problem,
    issues,
  });
}

/** What the server functions refuse, as the page tells it; anything else goes on. */
function refusal(
  error: AppError,
  at: { intent: CampaignAction["intent"]; campaignId: string; spentPoints: number },
  t: AdminTranslate,
) {
  const { intent, campaignId } = at;
  if (error instanceof InvalidInput && error.message === "campaign_settings") {
    return invalid(campaignId, issuesFromServer(error.data["issues"], at), t);
  }
  if (error instanceof NotFound) {
    const problem = t("campaign.problem.gone");
    return refuse<CampaignOutcome>({ intent, outcome: "gone", done: false, campaignId, problem }, 404);
  }
  const key = error instanceof Conflict ? CONFLICTS[error.message] : undefined;
  if (!key) throw error;
  const { revision } = error.data;
  return refuse<CampaignOutcome>(
    {
      intent,
      outcome: error.message,
      done: false,
      campaignId,
      problem: t(key),
      ...(typeof revision === "number" ? { revision } : {}),
    },
    409,
  );
}
