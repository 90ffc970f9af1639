import type { FieldIssue } from "./field-issues.ts";

/** Brings the first of these fields on the page, whichever that is, into view and gives it the focus. */
export function leadToField(wrong: readonly Pick<FieldIssue, "path">[]): void {
  const ids = new Set(wrong.map(({ path }) => `field-${path}`));
  const fields = document.querySelectorAll<HTMLElement>("[id^='field-']");
  const first = [...fields].find(({ id }) => ids.has(id));
  if (!first) return;
  const lead = () => {
    first.scrollIntoView({ block: "center" });
    first.focus({ preventScroll: true });
  };
  lead();
  // A tab that was opened for it takes the focus once it is drawn.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (document.activeElement !== first) lead();
    }),
  );
}
