import { useEffect, useRef } from "react";
import type { FieldIssue } from "#app/components/shared/field-issues.ts";
import { leadToField } from "#app/components/shared/lead-to-field.ts";
import { PROGRAM_SECTIONS, sectionOfPath } from "./program-issues.ts";
import type { ProgramSection } from "./program-issues.ts";

/**
 * Brings the merchant to the first field that is wrong, once for each attempt to save: in the section they look at if it
 * has one, else in the first section that does.
 */
export function useFirstIssue(args: {
  attempts: number;
  issues: readonly FieldIssue[];
  section: ProgramSection;
  open(section: ProgramSection): void;
}): void {
  const { attempts, issues, section, open } = args;
  const seen = useRef(attempts);
  useEffect(() => {
    if (attempts === seen.current) return;
    const wrong = issues.filter(({ path }) => sectionOfPath(path) === section);
    if (wrong.length === 0 && issues.length > 0) {
      // Once it is open this runs again.
      const other = PROGRAM_SECTIONS.find((one) => issues.some(({ path }) => sectionOfPath(path) === one));
      if (other) open(other);
      return;
    }
    seen.current = attempts;
    leadToField(wrong);
  });
}
