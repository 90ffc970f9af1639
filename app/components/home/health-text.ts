/** The status line's sentence. */
import type { Health } from "#app/loyalty/insights/judge-health.ts";
import type { Words } from "#app/components/shared/words.ts";

/** The sentence beside the badge. */
export function healthText(health: Health, now: string, words: Words): string {
  const { t } = words;
  switch (health.state) {
    case "working":
      return t("health.working.text", {
        when: words.relative(health.lastWebhookAt, now),
        count: health.handled,
      });
    case "waiting_for_first":
      return t("health.waiting_for_first.text");
    case "retrying":
      return t("health.retrying.text", { count: health.retrying });
    case "behind":
      return t("health.behind.text", { count: health.waiting });
    case "needs_attention":
      return t("health.needs_attention.text", { count: health.failures });
    case "scopes_missing":
      return t("health.scopes_missing.text", { scopes: health.scopes.join(", ") });
  }
}
