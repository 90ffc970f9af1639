/** Opens a dialog and resolves with the value of the button that closed it. */
export function openDialog({ title, content, buttons }) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const heading = Object.assign(document.createElement("h2"), { textContent: title });
  const footer = Object.assign(document.createElement("div"), { className: "dialog__buttons" });
  for (const { label, value, tone } of buttons) {
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      textContent: label,
      className: `button ${tone ?? ""}`,
    });
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

const WORDS = {
  en: {
    title: "Leave page with unsaved changes?",
    text: "Leaving this page will delete all unsaved changes.",
    stay: "Stay",
    leave: "Leave page",
  },
  ko: {
    title: "저장하지 않고 나갈까요?",
    text: "이 페이지를 나가면 저장하지 않은 변경 사항이 사라져요.",
    stay: "머무르기",
    leave: "나가기",
  },
};

/** Asks whether unsaved changes may be lost. */
export async function confirmLeaving(locale = "en") {
  const words = WORDS[locale] ?? WORDS.en;
  const content = Object.assign(document.createElement("p"), { textContent: words.text });
  const answer = await openDialog({
    title: words.title,
    content,
    buttons: [
      { label: words.stay, value: "stay" },
      { label: words.leave, value: "leave", tone: "button--danger" },
    ],
  });
  return answer === "leave";
}
