import { setTimeout as sleep } from "node:timers/promises";
import { print } from "@0no-co/graphql.web";
import type { PrismaClient } from "@prisma/client";
import type { TadaDocumentNode } from "gql.tada";
import type { Config } from "#app/platform/config/config.ts";
import type { Database } from "#app/platform/db/database.server.ts";
import type { Logger } from "#app/platform/log/logger.server.ts";
import { SHOPIFY_API_VERSION } from "./api-version.ts";
import type { GatewayFailure, GatewayResult, ShopifyGateway } from "./gateway.ts";
import { createOfflineTokens, type OfflineTokens } from "./offline-token.server.ts";
import { createPacer, type Pacer } from "./pacer.ts";
import { readAnswer } from "./read-answer.ts";
import { sessionStorageOf } from "./session-storage.server.ts";
import { createShopifyFetch } from "./shopify-fetch.server.ts";

export interface GatewayParts {
  config: Config;
  db: Database;
  prisma: PrismaClient;
  log: Logger;
  /** For tests. */
  fetch?: typeof fetch;
  now?: () => Date;
}

interface Line {
  fetch: typeof fetch;
  tokens: OfflineTokens;
  pacer: Pacer;
  log: Logger;
  now: () => Date;
}

interface Sending {
  shopId: string;
  name: string;
  body: string;
  timeoutMs: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** After this much waiting for the bucket the caller's job had better come again later. */
const LONGEST_WAIT_MS = 20_000;

export function createGateway(parts: GatewayParts): ShopifyGateway {
  const shopifyFetch = parts.fetch ?? createShopifyFetch(parts.config);
  const now = parts.now ?? (() => new Date());
  const sessions = () => sessionStorageOf(parts.prisma);
  const tokens = createOfflineTokens({
    config: parts.config,
    db: parts.db,
    sessions,
    fetch: shopifyFetch,
    now,
  });
  const line: Line = { fetch: shopifyFetch, tokens, pacer: createPacer(), log: parts.log, now };
  return {
    async request<Data, Vars>(
      shopId: string,
      operation: TadaDocumentNode<Data, Vars>,
      variables: Vars,
      options: { timeoutMs?: number } = {},
    ): Promise<GatewayResult<Data>> {
      const body = JSON.stringify({ query: textOf(operation), variables });
      const sending = {
        shopId,
        name: nameOf(operation),
        body,
        timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      };
      const result = await send(line, sending);
      // The operation was typed against Shopify's schema, and Shopify answers by it.
      return result.ok ? { ok: true, data: result.data as Data } : result;
    },
  };
}

async function send(line: Line, sending: Sending): Promise<GatewayResult<unknown>> {
  const started = line.now().getTime();
  let waited = 0;
  let rejected: string | undefined;
  for (;;) {
    const pause = line.pacer.reserve(sending.shopId, sending.name, line.now().getTime());
    if (waited + pause > LONGEST_WAIT_MS)
      return refuse(line, sending, started, { kind: "throttled", retryAfterMs: pause });
    if (pause > 0) await sleep(pause);
    waited += pause;
    const token = await line.tokens.get(sending.shopId, rejected);
    if (!token.ok) return refuse(line, sending, started, { kind: token.kind, reason: token.reason });
    const result = await sendOnce(line, sending, token.accessToken);
    if (result.ok) {
      line.log.debug("shopify answered", {
        ...subjectOf(sending),
        durationMs: line.now().getTime() - started,
      });
      return result;
    }
    const { failure } = result;
    if (failure.kind === "unauthorized" && rejected === undefined) {
      // The token may have been replaced a moment ago, by Shopify or by another process.
      rejected = token.accessToken;
      continue;
    }
    if (failure.kind !== "throttled") return refuse(line, sending, started, failure);
    const wait = Math.max(
      failure.retryAfterMs,
      line.pacer.waitAfterThrottle(sending.shopId, sending.name, line.now().getTime()),
    );
    if (waited + wait > LONGEST_WAIT_MS)
      return refuse(line, sending, started, { kind: "throttled", retryAfterMs: wait });
    await sleep(wait);
    waited += wait;
  }
}

async function sendOnce(line: Line, sending: Sending, accessToken: string): Promise<GatewayResult<unknown>> {
  const url = `https://${sending.shopId}/admin/api/${SHOPIFY_API_VERSION}/graphql.json`;
  let response: Response;
  let body: unknown;
  try {
    response = await line.fetch(url, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-Shopify-Access-Token": accessToken,
      },
      body: sending.body,
      redirect: "error",
      signal: AbortSignal.timeout(sending.timeoutMs),
    });
    body = await response.json().catch((error: unknown) => {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    });
  } catch (error) {
    const reason = error instanceof Error && error.name === "TimeoutError" ? "time-out" : "network";
    return { ok: false, failure: { kind: "unavailable", reason } };
  }
  const answer = readAnswer(response.status, response.headers.get("retry-after"), body);
  line.pacer.learn(sending.shopId, sending.name, answer.cost, answer.throttleStatus, line.now().getTime());
  return answer.outcome;
}

function refuse(
  line: Line,
  sending: Sending,
  started: number,
  failure: GatewayFailure,
): GatewayResult<never> {
  const reason =
    failure.kind === "refused"
      ? failure.messages.join("; ")
      : "reason" in failure
        ? failure.reason
        : undefined;
  const durationMs = line.now().getTime() - started;
  line.log.warn("shopify gave no data", { ...subjectOf(sending), outcome: failure.kind, reason, durationMs });
  return { ok: false, failure };
}

function subjectOf(sending: Sending): { shopId: string; operation: string } {
  return { shopId: sending.shopId, operation: sending.name };
}

const texts = new WeakMap<object, string>();

/** Printed once: gql.tada parses an operation and does not keep its text. */
function textOf(operation: TadaDocumentNode<unknown, never>): string {
  const text = texts.get(operation) ?? print(operation);
  texts.set(operation, text);
  return text;
}

function nameOf(operation: TadaDocumentNode<unknown, never>): string {
  const definition = operation.definitions.find((candidate) => candidate.kind === "OperationDefinition");
  return (
    (definition !== undefined && "name" in definition ? definition.name?.value : undefined) ?? "anonymous"
  );
}
