import type { Queryable } from "#app/platform/db/database.server.ts";
import { type ExpiryPreview, previewExpiry } from "#app/loyalty/nightly/redate-lots.server.ts";
import { previewTiers, type TierMove } from "#app/loyalty/tiers/preview-tiers.server.ts";
import { sameTierReach } from "#app/loyalty/tiers/tier-reach.ts";
import { draftProgram, liveProgram } from "./program.server.ts";

/** What publishing the draft would do to the members and points there are; null for what the draft leaves alone. */
export interface PublishPreview {
  expiry: ExpiryPreview | null;
  tiers: TierMove[] | null;
}

/** Works out what publishing the draft would do. Only reads. */
export async function previewPublish(
  q: Queryable,
  args: { shopId: string; now: Date; timeZone: string },
): Promise<PublishPreview> {
  const { shopId } = args;
  const [live, draft] = await Promise.all([liveProgram(q, shopId), draftProgram(q, shopId)]);
  if (!draft) return { expiry: null, tiers: null };
  const { settings } = draft;
  const differs = (of: (program: typeof settings) => unknown): boolean =>
    JSON.stringify(of(settings)) !== JSON.stringify(of(live.settings));
  const [expiry, tiers] = await Promise.all([
    differs((program) => program.expiry) ? previewExpiry(q, { ...args, expiry: settings.expiry }) : null,
    sameTierReach(settings, live.settings) ? null : previewTiers(q, { ...args, settings }),
  ]);
  return { expiry, tiers };
}
