// A stand-in for Shopify's App Bridge, for the sandbox's admin shell. It speaks with the shell by postMessage.
if (window.shopify?.sandbox) return;

const EMBEDDED_PARAMS = ["embedded", "shop", "host", "locale", "session", "timestamp", "id_token", "hmac"];
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

const memory = readMemory();
const isEmbedded = window.parent !== window;
const listeners = new Map();
const waiting = new Map();
let lastId = 0;

function send(type, detail = {}) {
  if (isEmbedded) window.parent.postMessage({ source: "sandbox-bridge", type, ...detail }, "*");
}

/** Asks the shell and waits for its answer. */
function ask(type, detail = {}) {
  if (!isEmbedded) return Promise.reject(new Error(`App Bridge: ${type} needs the admin, and this page is not in its frame.`));
  lastId += 1;
  const id = lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    send(type, { ...detail, id });
  });
}

/** Calls back on messages of the shell. */
function on(type, listener) {
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
