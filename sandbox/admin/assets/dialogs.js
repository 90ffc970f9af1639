/** Opens a dialog and resolves with the value of the button that closed it. */
export function openDialog({ title, content, buttons }) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const heading = Object.assign(document.createElement("h2"), { textContent: title });
  const footer = Object.assign(document.createElement("div"), { className: "dialog__buttons" });
  for (const { label, value, tone } of buttons) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label, className: `button ${tone ?? ""}` });
    button.addEventListener("click", () => dialog.close(value));
    footer.append(button);
  }
  dialog.append(heading, content, footer);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
}

/** Asks whether unsaved changes may be lost. */
export async function confirmLeaving() {
  const content = Object.assign(document.createElement("p"), { textContent: "Leaving this page will delete all unsaved changes." });
  const answer = await openDialog({
    title: "Leave page with unsaved changes?",
    content,
    buttons: [
      { label: "Stay", value: "stay" },
      { label: "Leave page", value: "leave", tone: "button--danger" },
    ],
  });
  return answer === "leave";
}
