const PRIVATE_HEADERS = { "Cache-Control": "private, no-store" };

/** A JSON reply that no cache may keep. */
export function json(
  body: unknown,
  init: { status?: number; headers?: Record<string, string> } = {},
): Response {
  return new Response(JSON.stringify(body), {
    status: init.status ?? 200,
    headers: { "Content-Type": "application/json; charset=utf-8", ...PRIVATE_HEADERS, ...init.headers },
  });
}

/** The one shape of our errors: the code is stable, the message is in the reader's language. */
export function errorReply(status: number, code: string, message: string): Response {
  // The rest of a body that is too large is not read, so whoever pools the connection must not use it again.
  const headers: Record<string, string> = status === 413 ? { Connection: "close" } : {};
  return json({ error: { code, message } }, { status, headers });
}
