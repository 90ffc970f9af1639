/** Published versions with what each changed. */
import type { ProgramVersionRow } from "#app/loyalty/program/program.server.ts";
import { actorName } from "#app/components/members/statement-line.ts";
import type { Words } from "#app/components/shared/words.ts";
import { describeChanges } from "./describe-changes.ts";
import type { VersionStory } from "./versions-card.tsx";

const SHOWN = 10;

/** @param versions newest first, as stored; drafts are left out */
export function versionStories(versions: ProgramVersionRow[], words: Words): VersionStory[] {
  const published = versions.filter((version) => version.status !== "draft");
  return published.slice(0, SHOWN).map((version, index) => {
    const before = published[index + 1];
    return {
      version: version.version,
      status: version.status === "live" ? "live" : "retired",
      publishedAt: (version.publishedAt ?? version.createdAt).toISOString(),
      by: actorName(version.createdBy, words),
      note: version.note,
      changes: before ? describeChanges(before.settings, version.settings, words) : null,
    };
  });
}
