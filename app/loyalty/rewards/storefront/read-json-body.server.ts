/** Far more than any request of the storefront API needs. */
export const BODY_MAX_BYTES = 4096;

export type JsonBody =
  | { ok: true; value: Record<string, unknown> }
  | {
      ok: false;
      status: 400 | 413 | 415;
      code: "invalid_json" | "payload_too_large" | "unsupported_media_type";
    };

/**
 * Reads a JSON object from a request, and never more of it than the limit. An empty body is an empty object.
 *
 * Anything else must say that it is JSON: a page of another site can make a shopper's browser send forms and plain text
 * to the shop, but not JSON without asking first.
 */
export async function readJsonBody(request: Request): Promise<JsonBody> {
  const bytes = await readLimited(request);
  if (bytes === null) return { ok: false, status: 413, code: "payload_too_large" };
  if (bytes.length === 0) return { ok: true, value: {} };
  if (!isJson(request.headers.get("Content-Type")))
    return { ok: false, status: 415, code: "unsupported_media_type" };
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return { ok: true, value: value as Record<string, unknown> };
    }
  } catch {
    // Told apart from other refusals by its code alone.
  }
  return { ok: false, status: 400, code: "invalid_json" };
}

function isJson(contentType: string | null): boolean {
  return contentType?.split(";", 1)[0]?.trim().toLowerCase() === "application/json";
}

async function readLimited(request: Request): Promise<Uint8Array | null> {
  const announced = Number(request.headers.get("Content-Length") ?? 0);
  if (announced > BODY_MAX_BYTES) return null;
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > BODY_MAX_BYTES) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}
