import { isRouteErrorResponse } from "@remix-run/react";
import { getServices } from "#app/services.server.ts";

/** Logs what a page threw, with its path but never its query, which may hold a token. A 4xx is an answer, not a failure. */
export function reportPageError(error: unknown, request: Request): void {
  if (isRouteErrorResponse(error) && error.status < 500) return;
  const path = new URL(request.url).pathname;
  void getServices().then(
    ({ log }) => log.error("a page failed", { error, path, method: request.method }),
    () => {},
  );
}
