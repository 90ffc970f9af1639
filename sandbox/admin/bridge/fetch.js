import { ask, bounceTarget, isEmbedded } from "./messages.js";
import { openInAdmin } from "./navigation.js";

const TOKEN_MARGIN_MS = 10_000;
const nativeFetch = window.fetch.bind(window);
let token = { value: "", expiresAt: 0 };

/** An ID token that is good for a while yet, from the shell. */
export async function idToken() {
  if (Date.now() < token.expiresAt - TOKEN_MARGIN_MS) return token.value;
  return freshIdToken();
}

async function freshIdToken() {
  const value = await ask("id-token");
  const payload = JSON.parse(atob(value.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
  token = { value, expiresAt: payload.exp * 1000 };
  return value;
}

function authorise(request, value) {
  const headers = new Headers(request.headers);
  headers.set("Authorization", `Bearer ${value}`);
  headers.set("X-Requested-With", "XMLHttpRequest");
  return new Request(request, { headers });
}

window.fetch = async function fetchWithIdToken(input, init) {
  const address = input instanceof Request ? input.url : String(input);
  if (address.startsWith("shopify:"))
    throw new Error("The sandbox's App Bridge has no direct access to the Admin API.");
  if (new URL(address, location.href).origin !== location.origin || !isEmbedded)
    return nativeFetch(input, init);
  const request = new Request(input, init);
  if (request.headers.has("Authorization")) return nativeFetch(request);
  const again = request.clone();
  let response = await nativeFetch(authorise(request, await idToken()));
  if (response.status === 401 && response.headers.has("X-Shopify-Retry-Invalid-Session-Request")) {
    response = await nativeFetch(authorise(again, await freshIdToken()));
  }
  const reauthorise = response.headers.get("X-Shopify-API-Request-Failure-Reauthorize-Url");
  if (reauthorise) openInAdmin(reauthorise);
  return response;
};

// The app answered a page without a token by its "bounce" page: come back to the page with one.
if (bounceTarget !== null && isEmbedded) {
  // Only the path is taken, so that nobody can send the token elsewhere.
  const { pathname, search } = new URL(bounceTarget, location.href);
  const target = new URL(pathname + search, location.origin);
  freshIdToken().then((value) => {
    target.searchParams.set("id_token", value);
    location.replace(target.href);
  });
}
