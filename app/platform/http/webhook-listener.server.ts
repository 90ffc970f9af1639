import type { IncomingMessage, ServerResponse } from "node:http";
import {
  acceptWebhook,
  MAX_WEBHOOK_BYTES,
  WEBHOOK_DEADLINE_MS,
  type WebhookServices,
} from "#app/platform/inbox/handle-webhook.server.ts";
import { COMMON_HEADERS } from "./security-headers.ts";

/** Whether a request is a webhook, by its path alone: a query is not part of what Shopify posts to. */
export function isWebhook(request: IncomingMessage): boolean {
  return request.method === "POST" && request.url === "/webhooks";
}

/**
 * The fast path of webhooks: straight from the socket, before any framework. Always answers within the deadline, since
 * Shopify counts silence as a failure without telling us.
 */
export async function answerWebhook(
  services: WebhookServices,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const deadline = setTimeout(() => reply(response, 503), WEBHOOK_DEADLINE_MS);
  try {
    const body = await readBody(request);
    if (body === null) return reply(response, 413);
    const outcome = await acceptWebhook(services, { header: (name) => headerOf(request, name), body });
    reply(response, outcome.status);
  } catch (error) {
    // The sender hung up, or we have a bug; either way a 503 makes Shopify come again.
    services.log.warn("a webhook could not be read", { error });
    reply(response, 503);
  } finally {
    clearTimeout(deadline);
  }
}

function reply(response: ServerResponse, status: number): void {
  if (response.headersSent || response.destroyed) return;
  const headers: Record<string, string> = {
    ...COMMON_HEADERS,
    "Cache-Control": "no-store",
    "Content-Length": "0",
  };
  // The rest of a body that is too large is not read, so the connection cannot be used again.
  if (status === 413 || status === 503) headers["Connection"] = "close";
  response.writeHead(status, headers).end();
}

/** null: larger than any webhook. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | null> {
  if (Number(request.headers["content-length"] ?? 0) > MAX_WEBHOOK_BYTES) return null;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_WEBHOOK_BYTES) return null;
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length);
}

function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === "string" ? value : null;
}
