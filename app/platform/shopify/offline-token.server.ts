import { Session } from "@shopify/shopify-api";
import { z } from "zod";
import type { Config } from "#app/platform/config/config.ts";
import type { Database } from "#app/platform/db/database.server.ts";

/** Where offline sessions live; PrismaSessionStorage is one. */
export interface SessionStore {
  loadSession(id: string): Promise<Session | undefined>;
  storeSession(session: Session): Promise<boolean>;
}

export type OfflineToken =
  | { ok: true; accessToken: string }
  /** No session, or its refresh token was refused: the shop has to open the app again. */
  | { ok: false; kind: "unauthorized"; reason: string }
  | { ok: false; kind: "unavailable"; reason: string };

export interface OfflineTokens {
  /** A token good for at least two minutes. `rejected`: one that Shopify has just refused, so another is needed. */
  get(shopId: string, rejected?: string): Promise<OfflineToken>;
}

export interface OfflineTokenParts {
  config: Config;
  db: Database;
  sessions: () => SessionStore;
  fetch: typeof fetch;
  now: () => Date;
}

const REFRESH_BEFORE_EXPIRY_MS = 2 * 60_000;
const REFRESH_TIMEOUT_MS = 10_000;

const refreshed = z.object({
  access_token: z.string().min(1),
  scope: z.string().optional(),
  expires_in: z.number().positive().optional(),
  refresh_token: z.string().min(1).optional(),
  refresh_token_expires_in: z.number().positive().optional(),
});

export function offlineSessionId(shopId: string): string {
  return `offline_${shopId}`;
}

/** Offline tokens, refreshed by one flight per shop: in this process by a shared promise, across processes by an advisory lock. */
export function createOfflineTokens(parts: OfflineTokenParts): OfflineTokens {
  const flights = new Map<string, Promise<OfflineToken>>();
  return {
    async get(shopId, rejected) {
      const session = await parts.sessions().loadSession(offlineSessionId(shopId));
      const token = usable(session, parts.now(), rejected);
      if (token !== null) return token;
      const flight = flights.get(shopId) ?? refreshUnderLock(parts, shopId, rejected);
      flights.set(shopId, flight);
      try {
        return await flight;
      } finally {
        if (flights.get(shopId) === flight) flights.delete(shopId);
      }
    },
  };
}

/** null: it has to be refreshed. */
function usable(session: Session | undefined, now: Date, rejected: string | undefined): OfflineToken | null {
  if (session?.accessToken === undefined)
    return { ok: false, kind: "unauthorized", reason: "no offline session" };
  const expiresIn = session.expires === undefined ? Infinity : session.expires.getTime() - now.getTime();
  const isRejected = session.accessToken === rejected;
  if (!isRejected && expiresIn > REFRESH_BEFORE_EXPIRY_MS)
    return { ok: true, accessToken: session.accessToken };
  if (session.refreshToken !== undefined) return null;
  return {
    ok: false,
    kind: "unauthorized",
    reason: isRejected ? "the token was revoked" : "the token has expired",
  };
}

async function refreshUnderLock(
  parts: OfflineTokenParts,
  shopId: string,
  rejected?: string,
): Promise<OfflineToken> {
  return parts.db.transaction(async (tx) => {
    await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`offline-token:${shopId}`]);
    // Whoever held the lock before us may have refreshed it.
    const session = await parts.sessions().loadSession(offlineSessionId(shopId));
    const token = usable(session, parts.now(), rejected);
    if (token !== null || session === undefined)
      return token ?? { ok: false, kind: "unauthorized", reason: "no offline session" };
    return refresh(parts, session);
  });
}

async function refresh(parts: OfflineTokenParts, session: Session): Promise<OfflineToken> {
  const { config, now } = parts;
  let response: Response;
  let body: unknown;
  try {
    response = await parts.fetch(`https://${session.shop}/admin/oauth/access_token`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({
        client_id: config.shopify.apiKey,
        client_secret: config.shopify.apiSecret,
        grant_type: "refresh_token",
        refresh_token: session.refreshToken,
      }),
      signal: AbortSignal.timeout(REFRESH_TIMEOUT_MS),
    });
    body = await response.json();
  } catch {
    return { ok: false, kind: "unavailable", reason: "the token could not be refreshed: no answer" };
  }
  if (response.status >= 400 && response.status < 500 && response.status !== 429) {
    return {
      ok: false,
      kind: "unauthorized",
      reason: `the refresh token was refused (HTTP ${response.status})`,
    };
  }
  const answer = refreshed.safeParse(body);
  if (!response.ok || !answer.success) {
    return {
      ok: false,
      kind: "unavailable",
      reason: `the token could not be refreshed: HTTP ${response.status}`,
    };
  }
  const { access_token, scope, expires_in, refresh_token, refresh_token_expires_in } = answer.data;
  const after = (seconds: number) => new Date(now().getTime() + seconds * 1000);
  const next = new Session({
    ...session.toObject(),
    accessToken: access_token,
    ...(scope === undefined ? {} : { scope }),
    ...(expires_in === undefined ? {} : { expires: after(expires_in) }),
    ...(refresh_token === undefined ? {} : { refreshToken: refresh_token }),
    ...(refresh_token_expires_in === undefined
      ? {}
      : { refreshTokenExpires: after(refresh_token_expires_in) }),
  });
  await parts.sessions().storeSession(next);
  return { ok: true, accessToken: access_token };
}
