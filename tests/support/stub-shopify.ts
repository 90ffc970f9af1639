import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface StubCall {
  path: string;
  shopId: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}

export interface StubAnswer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  delayMs?: number;
  /** Hangs up instead of answering. */
  hangUp?: boolean;
}

export interface StubShopify {
  url: string;
  calls: StubCall[];
  /** Decides what is answered; the default refuses everything. */
  answer: (call: StubCall) => StubAnswer | Promise<StubAnswer>;
  close(): Promise<void>;
}

/** Shopify's two addresses with canned answers, for tests of how we take them. The sandbox is the real stand-in. */
export async function startStubShopify(): Promise<StubShopify> {
  const stub: StubShopify = {
    url: "",
    calls: [],
    answer: () => ({ status: 500, body: { errors: "the stub has no answer" } }),
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}");
      const call = {
        path: request.url ?? "",
        shopId: String(request.headers["x-sandbox-shop"]),
        headers: request.headers,
        body: body as Record<string, unknown>,
      };
      stub.calls.push(call);
      void Promise.resolve(stub.answer(call)).then((answer) => reply(response, answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  stub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return stub;
}

/** Gives whoever asks a token that lasts an hour, and answers everything else with this data. */
export function signsInAndAnswers(data: unknown): StubShopify["answer"] {
  const token = {
    access_token: "offline-token",
    scope: "read_orders",
    expires_in: 3600,
    refresh_token: "r",
    refresh_token_expires_in: 7_000_000,
  };
  return ({ path }) => ({ body: path.includes("access_token") ? token : { data } });
}

function reply(response: ServerResponse, answer: StubAnswer): void {
  if (answer.hangUp === true) return void response.destroy();
  setTimeout(() => {
    response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
    response.end(JSON.stringify(answer.body ?? {}));
  }, answer.delayMs ?? 0);
}
