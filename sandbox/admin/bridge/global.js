import { idToken } from "./fetch.js";
import { ask, isEmbedded, memory, nextId, on, send } from "./messages.js";

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content;
const toastCallbacks = new Map();

on("toast-event", ({ id, event }) => {
  toastCallbacks.get(id)?.[event]?.();
  if (event === "onDismiss") toastCallbacks.delete(id);
});

function showToast(message, options = {}) {
  const id = `toast-${nextId()}`;
  const { duration, isError, action, onAction, onDismiss } = options;
  toastCallbacks.set(id, { onAction, onDismiss });
  send("toast", { id, message: String(message), duration, isError, action });
  return id;
}

/** Acts on the element of an id, when it is one that can. */
function onElement(method) {
  return async (id) => {
    const element = document.getElementById(id);
    if (typeof element?.[method] !== "function")
      throw new Error(`App Bridge: there is no element "${id}" to ${method}.`);
    return element[method]();
  };
}

async function pickResources(options) {
  const selection = await ask("resource-picker", { options: JSON.parse(JSON.stringify(options)) });
  if (selection) selection.selection = selection;
  return selection ?? undefined;
}

/** What the sandbox lacks says so when it is used, and never pretends. */
function lacking(name) {
  return () => {
    throw new Error(`The sandbox's App Bridge has no shopify.${name}.`);
  };
}

const bridge = {
  sandbox: true,
  config: {
    apiKey: document.currentScript?.dataset.apiKey ?? meta("shopify-api-key") ?? "",
    shop: memory.shop,
    host: memory.host,
    locale: memory.locale ?? "en",
    appOrigins: [],
    disabledFeatures: [],
    experimentalFeatures: [],
  },
  origin: location.origin,
  ready: Promise.resolve(),
  protocol: { subscribe: () => () => undefined },
  environment: { mobile: false, embedded: isEmbedded, pos: false, intent: false },
  idToken,
  user: () => ask("user"),
  loading: (isLoading = true) => send("loading", { isLoading: Boolean(isLoading) }),
  toast: { show: showToast, hide: (id) => send("toast-hide", { id }) },
  modal: { show: onElement("show"), hide: onElement("hide"), toggle: onElement("toggle") },
  saveBar: {
    show: onElement("show"),
    hide: onElement("hide"),
    toggle: onElement("toggle"),
    // Resolves at once when nothing is unsaved, else when the merchant says to leave; it never resolves when they stay.
    leaveConfirmation: () => (barOwner ? ask("leave-confirmation") : Promise.resolve()),
  },
  resourcePicker: pickResources,
  app: { extensions: () => ask("extensions") },
  scopes: {
    query: () => ask("scopes"),
    request: async () => lacking("scopes.request")(),
    revoke: async () => lacking("scopes.revoke")(),
  },
  webVitals: { onReport: async () => undefined },
};

for (const name of [
  "picker",
  "pos",
  "intents",
  "scanner",
  "support",
  "reviews",
  "tools",
  "shopifyQL",
  "setSignals",
]) {
  Object.defineProperty(bridge, name, { get: () => lacking(name)(), enumerable: false });
}

window.shopify = bridge;
