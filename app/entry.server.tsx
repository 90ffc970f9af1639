import { randomBytes } from "node:crypto";
import { PassThrough } from "node:stream";
import { createReadableStreamFromReadable, type EntryContext } from "@remix-run/node";
import { RemixServer } from "@remix-run/react";
import { renderToPipeableStream } from "react-dom/server";
import { pageHeaders } from "#app/platform/http/page-headers.server.ts";
import { reportPageError } from "#app/platform/http/report-page-error.server.ts";
import { NonceContext } from "#app/platform/http/nonce-context.ts";

const STREAM_TIMEOUT_MS = 5_000;

/** Renders a page with its content security policy; the shell is awaited, so that an error still gets its status. */
export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  context: EntryContext,
): Promise<Response> {
  const nonce = randomBytes(16).toString("base64");
  await pageHeaders(request, headers, nonce);
  return new Promise((resolve, reject) => {
    let code = status;
    const { pipe, abort } = renderToPipeableStream(
      <NonceContext.Provider value={nonce}>
        <RemixServer context={context} url={request.url} nonce={nonce} />
      </NonceContext.Provider>,
      {
        nonce,
        onShellReady() {
          const body = new PassThrough();
          resolve(new Response(createReadableStreamFromReadable(body), { status: code, headers }));
          pipe(body);
        },
        onShellError: reject,
        onError(error) {
          code = 500;
          reportPageError(error, request);
        },
      },
    );
    setTimeout(abort, STREAM_TIMEOUT_MS + 1_000).unref();
  });
}

export const streamTimeout = STREAM_TIMEOUT_MS;

/** What a loader or action threw: logged once, without the request's query. */
export function handleError(error: unknown, { request }: { request: Request }): void {
  if (!request.signal.aborted) reportPageError(error, request);
}
