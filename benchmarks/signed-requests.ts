/** Requests as Shopify sends them: webhooks and proxied reads of the storefront, signed. */
import { createHmac, randomUUID } from "node:crypto";
import { type Agent, request as httpRequest, type RequestOptions } from "node:http";
import { signAppProxyParams } from "#app/platform/http/app-proxy.server.ts";
import { API_SECRET } from "./app-processes.ts";

/** Delivers a webhook and waits for its 200. */
export function deliver(
  agent: Agent,
  port: number,
  event: { shopId: string; topic: string; body: Buffer; webhookId?: string; hmac?: string },
): Promise<void> {
  const { body, topic, shopId } = event;
  return send(
    {
      agent,
      port,
      path: "/webhooks",
      method: "POST",
      headers: {
        "content-type": "application/json",
        "content-length": body.length,
        "x-shopify-hmac-sha256": event.hmac ?? hmacOf(body),
        "x-shopify-topic": topic,
        "x-shopify-shop-domain": shopId,
        "x-shopify-webhook-id": event.webhookId ?? randomUUID(),
        "x-shopify-triggered-at": "2026-11-21T00:00:00Z",
      },
    },
    body,
  );
}

export function hmacOf(body: Buffer): string {
  return createHmac("sha256", API_SECRET).update(body).digest("base64");
}

/** Asks for a page of the storefront API as a customer who is logged in. */
export function readProxied(
  agent: Agent,
  port: number,
  call: { shopId: string; customerId: string; path: string },
): Promise<void> {
  const params = new URLSearchParams({
    shop: call.shopId,
    logged_in_customer_id: call.customerId,
    path_prefix: "/apps/dangol",
    timestamp: String(Math.floor(Date.now() / 1000)),
  });
  params.set("signature", signAppProxyParams(params, API_SECRET));
  return send({ agent, port, path: `${call.path}?${params}`, method: "GET" });
}

function send(options: RequestOptions, body?: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = httpRequest({ host: "127.0.0.1", ...options }, (response) => {
      response.resume();
      response.on("end", () =>
        response.statusCode === 200
          ? resolve()
          : reject(new Error(`${options.path} answered ${response.statusCode}`)),
      );
    });
    call.on("error", reject);
    call.end(body);
  });
}
