import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Handler, SandboxRequest, SandboxResponse } from "#sandbox/http.ts";

const MAX_BODY_BYTES = 20_000_000;

/** An HTTP server over handlers, the first that answers winning. */
export function createHttpServer(
  handlers: readonly Handler[],
  chooseShop: (host: string, header: string | null) => string,
): Server {
  return createServer((incoming, outgoing) => {
    void answer(handlers, chooseShop, incoming).then(
      (response) => send(incoming, outgoing, response),
      (error: unknown) => {
        console.error("sandbox:", error);
        send(incoming, outgoing, {
          status: 500,
          headers: { "content-type": "text/plain; charset=utf-8" },
          body: "The sandbox failed; see its log.",
        });
      },
    );
  });
}

async function answer(
  handlers: readonly Handler[],
  chooseShop: (host: string, header: string | null) => string,
  incoming: IncomingMessage,
): Promise<SandboxResponse> {
  const request = await readRequest(incoming, chooseShop);
  if (request === undefined) return { status: 413, body: "Too large" };
  for (const handler of handlers) {
    const response = await handler(request);
    if (response !== undefined) return response;
  }
  return {
    status: 404,
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: `The sandbox has nothing at ${request.url.pathname}`,
  };
}

async function readRequest(
  incoming: IncomingMessage,
  chooseShop: (host: string, header: string | null) => string,
): Promise<SandboxRequest | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  const headers = new Headers();
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] ?? "", incoming.rawHeaders[index + 1] ?? "");
  }
  const host = headers.get("host") ?? "localhost";
  return {
    method: incoming.method ?? "GET",
    url: new URL(incoming.url ?? "/", `http://${host}`),
    shop: chooseShop(host.replace(/:\d+$/, ""), headers.get("x-sandbox-shop")),
    headers,
    body: Buffer.concat(chunks),
  };
}

/** A status of 0 stands for a connection that closes without an answer. */
function send(incoming: IncomingMessage, outgoing: ServerResponse, response: SandboxResponse): void {
  if (response.status === 0) {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(response.status, response.headers ?? {});
  outgoing.end(incoming.method === "HEAD" ? undefined : response.body);
}
