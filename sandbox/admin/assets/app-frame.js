/** The shell's side of App Bridge: answers the app in the frame and shows what it asks for. */
import { openPicker } from "./picker.js";
import { confirmLeaving } from "./dialogs.js";

const frame = document.querySelector("[data-app-frame]");
const menu = document.querySelector("[data-app-menu]");
const bar = document.querySelector("[data-bar]");
const appOrigin = new URL(frame.dataset.src).origin;
const SHELL_HOME = "/admin/apps/dangol";
const APP_HOME = "/app";
const locale = new URL(frame.dataset.src).searchParams.get("locale");
const BAR_WORDS = {
  en: { unsaved: "Unsaved changes", save: "Save", discard: "Discard" },
  ko: { unsaved: "저장하지 않은 변경 사항", save: "저장", discard: "취소" },
};
const words = BAR_WORDS[locale] ?? BAR_WORDS.en;
let isUnsaved = false;

function tell(type, detail = {}) {
  frame.contentWindow.postMessage({ source: "sandbox-shell", type, ...detail }, appOrigin);
}

function reply(id, work) {
  const answer = (rest) =>
    frame.contentWindow.postMessage({ source: "sandbox-shell", replyTo: id, ...rest }, appOrigin);
  work.then(
    (value) => answer({ value }),
    (error) => answer({ error: error.message }),
  );
}

async function read(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

const toShellPath = (path) => (path === APP_HOME || path === "/" ? SHELL_HOME : `${SHELL_HOME}${path}`);

async function mayLeave() {
  if (!isUnsaved) return true;
  const leaving = await confirmLeaving(locale);
  if (leaving) tell("save-bar-action", { action: "discard" });
  return leaving;
}

function markCurrent() {
  for (const link of menu.querySelectorAll("a")) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function showNav({ links }) {
  const items = links
    .filter((link) => !link.isHome)
    .map(({ label, href }) => {
      const link = element("a", { href: toShellPath(href), textContent: label });
      link.addEventListener("click", async (event) => {
        event.preventDefault();
        document.body.classList.remove("menu-open");
        if (await mayLeave()) tell("navigate", { path: href });
      });
      return element("li", {}, link);
    });
  menu.replaceChildren(...items);
  markCurrent();
}

function showSaveBar({ showing, primary, secondary, discardConfirmation }) {
  isUnsaved = showing;
  document.body.classList.toggle("has-save-bar", showing);
  if (!showing) {
    bar.replaceChildren();
    return;
  }
  const save = element("button", {
    type: "button",
    className: "bar__save",
    textContent: primary?.label || words.save,
  });
  const discard = element("button", {
    type: "button",
    className: "bar__discard",
    textContent: secondary?.label || words.discard,
  });
  save.disabled = Boolean(primary?.disabled || primary?.loading);
  discard.disabled = Boolean(secondary?.disabled || secondary?.loading);
  save.addEventListener("click", () => tell("save-bar-action", { action: "save" }));
  discard.addEventListener("click", async () => {
    if (!discardConfirmation || (await confirmLeaving(locale)))
      tell("save-bar-action", { action: "discard" });
  });
  bar.replaceChildren(
    element(
      "div",
      { className: "save-bar", role: "region", ariaLabel: words.unsaved },
      element("span", { textContent: words.unsaved }),
      discard,
      save,
    ),
  );
}

function showTitleBar({ title, buttons }) {
  if (title) document.querySelector("[data-app-title]").textContent = title;
  const nodes = buttons.map(({ label, primary, disabled }, index) => {
    const button = element("button", {
      type: "button",
      className: primary ? "button button--primary" : "button",
      textContent: label,
      disabled,
    });
    button.addEventListener("click", () => tell("title-action", { index }));
    return button;
  });
  document.querySelector("[data-app-actions]").replaceChildren(...nodes);
}

function showToast({ id, message, duration = 5000, isError, action }) {
  const toast = element(
    "div",
    { className: isError ? "toast toast--error" : "toast", id },
    element("span", { textContent: message }),
  );
  const end = () => {
    if (!toast.isConnected) return;
    toast.remove();
    tell("toast-event", { id, event: "onDismiss" });
  };
  if (action) {
    const button = element("button", { type: "button", textContent: action });
    button.addEventListener("click", () => tell("toast-event", { id, event: "onAction" }));
    toast.append(button);
  }
  const close = element("button", { type: "button", textContent: "×", ariaLabel: "Dismiss" });
  close.addEventListener("click", end);
  toast.append(close);
  document.querySelector("[data-toasts]").append(toast);
  setTimeout(end, duration);
}

async function open({ path, newTab }) {
  if (newTab) window.open(path, "_blank", "noopener");
  else if (await mayLeave()) location.assign(path);
}

const handlers = {
  nav: showNav,
  open,
  toast: showToast,
  "save-bar": showSaveBar,
  "title-bar": showTitleBar,
  "toast-hide": ({ id }) => document.getElementById(id)?.remove(),
  loading: ({ isLoading }) => document.body.classList.toggle("is-loading", isLoading),
  navigated({ path }) {
    history.replaceState({}, "", toShellPath(path));
    markCurrent();
  },
};

const answers = {
  "id-token": async () => (await read("/admin/__id_token")).idToken,
  extensions: () => read("/admin/__extensions"),
  user: async () => ({ accountAccess: "full" }),
  scopes: () => read("/admin/__scopes"),
  "resource-picker": ({ options }) => openPicker(options, locale),
  "leave-confirmation": () =>
    confirmLeaving(locale).then((leaving) => leaving || new Promise(() => undefined)),
};

window.addEventListener("message", (event) => {
  if (
    event.source !== frame.contentWindow ||
    event.origin !== appOrigin ||
    event.data?.source !== "sandbox-bridge"
  )
    return;
  const { type, id } = event.data;
  if (answers[type]) reply(id, answers[type](event.data));
  else handlers[type]?.(event.data);
});

for (const button of document.querySelectorAll("[data-locale]")) {
  button.addEventListener("click", async () => {
    if (!(await mayLeave())) return;
    document.cookie = `admin_locale=${button.dataset.locale}; path=/; max-age=31536000; samesite=lax`;
    location.reload();
  });
}

window.addEventListener("beforeunload", (event) => {
  if (isUnsaved) event.preventDefault();
});

// Only now, so that nothing the app says is missed.
frame.src = frame.dataset.src;
