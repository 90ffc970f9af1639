// A stand-in for Shopify's App Bridge: here, how it speaks with the admin shell around the app's frame.

export const EMBEDDED_PARAMS = [
  "embedded",
  "shop",
  "host",
  "locale",
  "session",
  "timestamp",
  "id_token",
  "hmac",
];
const MEMORY_KEY = "sandbox-app-bridge";

/** What the shell said when it opened the app; kept for the pages that follow. */
function readMemory() {
  const params = new URLSearchParams(location.search);
  let memory = {};
  try {
    memory = JSON.parse(sessionStorage.getItem(MEMORY_KEY) ?? "{}");
  } catch {
    // Storage may be closed to frames; the address then has what is needed on the first page at least.
  }
  for (const name of ["shop", "host", "locale"]) memory[name] = params.get(name) ?? memory[name];
  try {
    sessionStorage.setItem(MEMORY_KEY, JSON.stringify(memory));
  } catch {
    // As above.
  }
  return memory;
}

export const memory = readMemory();
export const isEmbedded = window.parent !== window;
const listeners = new Map();
const waiting = new Map();
let lastId = 0;

/** Where to come back to with a token, on the "bounce" page that an app answers a page without one with. */
export const bounceTarget = new URLSearchParams(location.search).get("shopify-reload");

/** A number that no other call was given. */
export function nextId() {
  lastId += 1;
  return lastId;
}

export function send(type, detail = {}) {
  if (isEmbedded) window.parent.postMessage({ source: "sandbox-bridge", type, ...detail }, "*");
}

/** Asks the shell and waits for its answer. */
export function ask(type, detail = {}) {
  if (!isEmbedded)
    return Promise.reject(
      new Error(`App Bridge: ${type} needs the admin, and this page is not in its frame.`),
    );
  const id = nextId();
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    send(type, { ...detail, id });
  });
}

/** Calls back on messages of the shell. */
export function on(type, listener) {
  listeners.set(type, listener);
}

window.addEventListener("message", (event) => {
  if (event.source !== window.parent || event.data?.source !== "sandbox-shell") return;
  const { type, replyTo, value, error } = event.data;
  if (replyTo !== undefined) {
    const asked = waiting.get(replyTo);
    waiting.delete(replyTo);
    if (error) asked?.reject(new Error(error));
    else asked?.resolve(value);
    return;
  }
  listeners.get(type)?.(event.data);
});
