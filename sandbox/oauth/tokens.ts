import { randomBytes } from "node:crypto";
import type { World } from "#sandbox/context.ts";
import type { AccessToken, ShopState } from "#sandbox/store/types.ts";

/** For a person at a terminal: any shop, every scope, never expires. */
export const ADMIN_TOKEN = "sandbox-admin-token";

const MINUTE_MS = 60_000;
const ACCESS_LIFETIME_MS = 60 * MINUTE_MS;
const REFRESH_LIFETIME_MS = 90 * 24 * 60 * MINUTE_MS;
const TOKENS_KEPT = 200;

/** Issues an access token; an expiring one comes with a refresh token. */
export function issueToken(
  world: World,
  state: ShopState,
  options: { kind: AccessToken["kind"]; expiring: boolean; userId: string | null; replaces: string | null },
): AccessToken {
  const now = world.now().getTime();
  const expiring = options.expiring || options.kind === "online";
  const refreshable = options.expiring && options.kind === "offline";
  const token: AccessToken = {
    token: `${options.kind === "offline" ? "shpat" : "shpua"}_${randomBytes(16).toString("hex")}`,
    kind: options.kind,
    scopes: [...(state.installation?.scopes ?? [])],
    expiresAt: expiring ? new Date(now + ACCESS_LIFETIME_MS).toISOString() : null,
    refreshToken: refreshable ? `shprt_${randomBytes(16).toString("hex")}` : null,
    refreshTokenExpiresAt: refreshable ? new Date(now + REFRESH_LIFETIME_MS).toISOString() : null,
    replaces: options.replaces,
    userId: options.userId,
    issuedAt: new Date(now).toISOString(),
    revoked: false,
  };
  state.tokens.set(token.token, token);
  for (const old of state.tokens.keys()) {
    if (state.tokens.size <= TOKENS_KEPT) break;
    state.tokens.delete(old);
  }
  world.store.changed();
  return token;
}

/** The token that a refresh token may be exchanged for, or undefined when it is unknown, used up or too old. */
export function findRefreshable(
  world: World,
  state: ShopState,
  refreshToken: string,
): AccessToken | undefined {
  const token = [...state.tokens.values()].find((one) => one.refreshToken === refreshToken);
  if (token === undefined || token.revoked || token.refreshTokenExpiresAt === null) return undefined;
  return token.refreshTokenExpiresAt <= world.now().toISOString() ? undefined : token;
}

export interface Caller {
  token: string;
  scopes: readonly string[];
  /** The person at a terminal: everything is allowed, nothing is throttled away from the app's bucket. */
  isAdmin: boolean;
}

/** Who calls the Admin API, or why the token is refused. The first use of a new token ends the one it replaced. */
export function authenticate(world: World, state: ShopState, token: string | null): Caller | undefined {
  if (token === ADMIN_TOKEN) return { token, scopes: [], isAdmin: true };
  const found = token === null ? undefined : state.tokens.get(token);
  if (found === undefined || found.revoked || state.installation === null) return undefined;
  if (found.expiresAt !== null && found.expiresAt <= world.now().toISOString()) return undefined;
  if (found.replaces !== null) {
    const replaced = state.tokens.get(found.replaces);
    if (replaced !== undefined) replaced.revoked = true;
    found.replaces = null;
    world.store.changed();
  }
  return { token: found.token, scopes: found.scopes, isAdmin: false };
}
