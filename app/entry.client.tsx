import { RemixBrowser } from "@remix-run/react";
import { startTransition } from "react";
import { hydrateRoot } from "react-dom/client";

// Only the first address has the admin's `locale`; the requests that follow say it in a header, so that every loader
// and action answers in the language of the page.
const shopifyFetch = window.fetch;
window.fetch = (input, init) => {
  const request = new Request(input, init);
  if (new URL(request.url).origin !== window.location.origin) return shopifyFetch(request);
  request.headers.set("X-Dangol-Locale", document.documentElement.lang);
  return shopifyFetch(request);
};

startTransition(() => {
  hydrateRoot(document, <RemixBrowser />);
});
