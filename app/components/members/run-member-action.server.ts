import type { z } from "zod";
import type { AdminCall } from "#app/platform/http/admin.server.ts";
import { readMember } from "#app/loyalty/insights/read-member.server.ts";
import { adjustPoints } from "#app/loyalty/members/adjust-points.server.ts";
import { parseAdjustment } from "#app/loyalty/members/parse-adjustment.ts";
import { setMemberBlocked } from "#app/loyalty/members/set-member-blocked.server.ts";
import { liveProgram } from "#app/loyalty/program/program.server.ts";
import { reinstateLot } from "#app/loyalty/nightly/reinstate-lot.server.ts";
import { setTier } from "#app/loyalty/tiers/set-tier.server.ts";
import { cancelRedemption } from "#app/loyalty/rewards/cancel-redemption.server.ts";
import { notFound, refuse } from "#app/components/shared/admin-replies.server.ts";
import type { ActionOutcome } from "#app/components/shared/use-outcome.ts";
import { createWords } from "#app/components/shared/words.ts";
import type { Words } from "#app/components/shared/words.ts";
import type { AdjustErrors } from "./adjust-modal.tsx";
import type { memberAction } from "./member-actions.ts";

export interface MemberOutcome extends ActionOutcome {
  intent: "adjust" | "block" | "cancel-code" | "set-tier" | "reinstate";
  /** The form was taken: its dialog may close. */
  done: boolean;
  errors?: AdjustErrors;
}

type MemberForm = z.infer<typeof memberAction>;

/** Does to a member of this shop what the form says, once a key; another shop's member is not found. */
export async function runMemberAction(call: AdminCall, memberId: string, form: MemberForm) {
  const { services, shopId, locale, shop, actor } = call;
  if (!(await readMember(services.db, shopId, memberId))) return notFound();
  const { settings } = await liveProgram(services.db, shopId);
  const words = createWords({
    ...shop,
    locale,
    pointsName: settings.pointsName,
    pointsShort: settings.pointsShort,
  });
  const now = services.now();
  switch (form.intent) {
    case "adjust":
      return adjust(call, memberId, form, words, now);
    case "block":
    case "unblock": {
      const blocked = form.intent === "block";
      const args = { shopId, memberId, blocked, actor, reason: form.reason, now };
      const { outcome } = await setMemberBlocked(services, args);
      if (outcome === "no_such_member") return notFound();
      const toast = words.t(blocked ? "block.toast" : "unblock.toast");
      return { intent: "block", outcome, done: true, toast } satisfies MemberOutcome;
    }
    case "set-tier":
      return changeTier(call, memberId, form, words, now);
    case "reinstate":
      return reinstate(call, memberId, form, words, now);
    case "cancel-code":
      return cancelCode(call, memberId, form.redemptionId, words, now);
  }
}

async function adjust(
  call: AdminCall,
  memberId: string,
  form: Extract<MemberForm, { intent: "adjust" }>,
  words: Words,
  now: Date,
) {
  const { services, shopId, actor } = call;
  const intent = "adjust";
  const parsed = parseAdjustment(form);
  if (!parsed.ok)
    return refuse<MemberOutcome>({ intent, outcome: "invalid", done: false, errors: parsed.errors });
  const { points, reason } = parsed;
  const args = { shopId, memberId, points, reason, actor, idempotencyKey: form.idempotencyKey, now };
  const result = await adjustPoints(services, args);
  switch (result.outcome) {
    case "adjusted":
    case "replayed": {
      const toast = words.t("adjust.toast", { balance: words.points(result.available) });
      return { intent, outcome: result.outcome, done: true, toast } satisfies MemberOutcome;
    }
    case "invalid":
      return refuse<MemberOutcome>({ intent, outcome: "invalid", done: false, errors: result.errors });
    case "insufficient_points": {
      const problem = words.t("adjust.error.insufficient", {
        points: words.points(Math.max(0, result.available)),
      });
      return refuse<MemberOutcome>({ intent, outcome: "insufficient_points", done: false, problem }, 409);
    }
    case "key_reused":
      return refuse<MemberOutcome>(
        { intent, outcome: "key_reused", done: false, problem: words.t("adjust.error.keyReused") },
        409,
      );
    case "no_such_member":
      return notFound();
  }
}

async function changeTier(
  call: AdminCall,
  memberId: string,
  form: Extract<MemberForm, { intent: "set-tier" }>,
  words: Words,
  now: Date,
) {
  const { services, shopId, actor } = call;
  const { tierId, locked, reason } = form;
  const { outcome } = await setTier(services, { shopId, memberId, tierId, locked, reason, actor, now });
  const intent = "set-tier";
  if (outcome === "no_such_member") return notFound();
  if (outcome === "no_such_tier") {
    const problem = words.t("tierSet.problem.no_such_tier");
    return refuse<MemberOutcome>({ intent, outcome, done: false, problem }, 409);
  }
  return { intent, outcome, done: true, toast: words.t("tierSet.toast") } satisfies MemberOutcome;
}

async function reinstate(
  call: AdminCall,
  memberId: string,
  form: Extract<MemberForm, { intent: "reinstate" }>,
  words: Words,
  now: Date,
) {
  const { services, shopId, actor } = call;
  const { seq, reason } = form;
  const result = await reinstateLot(services, { shopId, memberId, seq, actor, reason, now });
  const intent = "reinstate";
  switch (result.outcome) {
    case "reinstated":
    case "replayed": {
      const vars = { points: words.points(result.points), balance: words.points(result.available) };
      const toast = words.t("reinstate.toast", vars);
      return { intent, outcome: result.outcome, done: true, toast } satisfies MemberOutcome;
    }
    case "too_late":
    case "taken_back":
    case "not_expired": {
      const problem = words.t(`reinstate.problem.${result.outcome}`);
      return refuse<MemberOutcome>({ intent, outcome: result.outcome, done: false, problem }, 409);
    }
    case "no_such_member":
      return notFound();
  }
}

async function cancelCode(call: AdminCall, memberId: string, redemptionId: string, words: Words, now: Date) {
  const { services, shopId, actor } = call;
  const result = await cancelRedemption(services, { shopId, memberId, redemptionId, actor, now });
  const intent = "cancel-code";
  switch (result.outcome) {
    case "cancelled": {
      const toast = words.t("codes.toast.cancelled", { points: words.points(result.points) });
      return { intent, outcome: "cancelled", done: true, toast } satisfies MemberOutcome;
    }
    case "closing":
      return {
        intent,
        outcome: "closing",
        done: true,
        toast: words.t("codes.toast.closing"),
      } satisfies MemberOutcome;
    case "already_used":
    case "already_closed":
    case "not_allowed":
      return refuse<MemberOutcome>(
        { intent, outcome: result.outcome, done: false, problem: words.t(`codes.problem.${result.outcome}`) },
        409,
      );
    case "unknown_redemption":
      return notFound();
  }
}
