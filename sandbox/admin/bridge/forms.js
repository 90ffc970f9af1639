import { hideBar, showBar } from "./bars.js";

/** Forms with `data-save-bar`: the bar shows while something differs from what was there, and submits or resets. */
const tracked = new WeakMap();

function readForm(form) {
  return JSON.stringify(
    [...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value]),
  );
}

function track(form) {
  if (!tracked.has(form)) {
    tracked.set(form, {
      initial: readForm(form),
      describe: () => ({
        primary: null,
        secondary: null,
        discardConfirmation: form.hasAttribute("data-discard-confirmation"),
      }),
      save: () => form.requestSubmit(),
      discard: () => form.reset(),
    });
  }
  return tracked.get(form);
}

function formOf(event) {
  const form = event.target.form ?? event.target.closest?.("form");
  return form?.hasAttribute("data-save-bar") ? form : undefined;
}

for (const type of ["focusin", "pointerdown"]) {
  document.addEventListener(type, (event) => formOf(event) && track(formOf(event)), true);
}

for (const type of ["input", "change"]) {
  document.addEventListener(type, (event) => {
    const form = formOf(event);
    if (!form) return;
    // A framework may write hidden fields only after this event.
    setTimeout(() => {
      const state = track(form);
      if (readForm(form) === state.initial) hideBar(state);
      else showBar(state);
    });
  });
}

for (const type of ["submit", "reset"]) {
  document.addEventListener(type, (event) => {
    const form = formOf(event);
    if (!form || !tracked.has(form)) return;
    hideBar(tracked.get(form));
    setTimeout(() => tracked.delete(form));
  });
}
