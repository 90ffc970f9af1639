import type { SandboxContext } from "#sandbox/context.ts";
import type { Fault } from "#sandbox/faults.ts";
import { json, readJson } from "#sandbox/http.ts";
import type { Handler, SandboxRequest, SandboxResponse } from "#sandbox/http.ts";
import type { AccessToken, ShopState } from "#sandbox/store/types.ts";
import { readIdToken } from "./id-token.ts";
import { findRefreshable, issueToken } from "./tokens.ts";

const EXCHANGE_GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
const ID_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:id_token";
const OFFLINE_TYPE = "urn:shopify:params:oauth:token-type:offline-access-token";
const ONLINE_TYPE = "urn:shopify:params:oauth:token-type:online-access-token";

/** `POST /admin/oauth/access_token`: token exchange and refresh. */
export function oauthHandler(context: SandboxContext): Handler {
  return async (request) => {
    if (request.url.pathname !== "/admin/oauth/access_token") return undefined;
    if (request.method !== "POST") return json(405, { error: "method_not_allowed" });
    const started = performance.now();
    const fields = readFields(request);
    const grant = fields["grant_type"] ?? "";
    const fault = context.faults.take(request.shop, ["token"]);
    const response = await withFault(fault, () =>
      grantToken(context, context.store.shop(request.shop), fields),
    );
    context.apiLog.add({
      at: context.now().toISOString(),
      shop: request.shop,
      kind: "token",
      name: grant.split(":").at(-1) || "token",
      status: response.status,
      ms: Math.round(performance.now() - started),
      requestedCost: null,
      actualCost: null,
      fault: fault?.kind ?? null,
      error: response.status === 200 ? null : String(response.body ?? ""),
    });
    return response;
  };
}

function readFields(request: SandboxRequest): Record<string, string> {
  const isJson = request.headers.get("content-type")?.includes("json") ?? false;
  const entries = isJson
    ? Object.entries(readJson(request) ?? {})
    : [...new URLSearchParams(request.body.toString("utf8")).entries()];
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}

async function withFault(fault: Fault | undefined, act: () => SandboxResponse): Promise<SandboxResponse> {
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  switch (fault?.kind) {
    case undefined:
      return act();
    case "timeout_before":
      await wait(fault.ms);
      return { status: 0 };
    case "timeout_after":
      act();
      await wait(fault.ms);
      return { status: 0 };
    case "slow":
      await wait(fault.ms);
      return act();
    case "http_502":
      return { status: 502, body: "Bad Gateway" };
    case "throttled":
      return json(429, { errors: "Too many requests" }, { "retry-after": "1" });
    case "revoked_token":
    case "user_errors":
      return refusal("invalid_request", "This request is invalid. The token has been revoked.");
    case "http_500":
      return { status: 500, body: "Internal Server Error" };
  }
}

function grantToken(
  context: SandboxContext,
  state: ShopState,
  fields: Record<string, string>,
): SandboxResponse {
  if (fields["client_id"] !== context.app.apiKey || fields["client_secret"] !== context.app.apiSecret) {
    return refusal("invalid_client", "Client authentication failed.");
  }
  if (state.installation === null)
    return refusal("application_cannot_be_found", "The app is not installed on this shop.");
  if (fields["grant_type"] === EXCHANGE_GRANT) return exchange(context, state, fields);
  if (fields["grant_type"] === "refresh_token") return refresh(context, state, fields);
  return refusal("unsupported_grant_type", "The sandbox knows token exchange and refresh_token.");
}

function exchange(
  context: SandboxContext,
  state: ShopState,
  fields: Record<string, string>,
): SandboxResponse {
  const online = fields["requested_token_type"] === ONLINE_TYPE;
  if (!online && fields["requested_token_type"] !== OFFLINE_TYPE)
    return refusal("invalid_request", "Unknown requested_token_type.");
  if (fields["subject_token_type"] !== ID_TOKEN_TYPE)
    return refusal("invalid_request", "Unknown subject_token_type.");
  const subject = readIdToken(context.app, state.shop.domain, context.now(), fields["subject_token"] ?? "");
  if ("problem" in subject)
    return refusal("invalid_subject_token", `The subject token is invalid: ${subject.problem}.`);
  const token = issueToken(context, state, {
    kind: online ? "online" : "offline",
    expiring: fields["expiring"] === "1",
    userId: online ? subject.userId : null,
    replaces: null,
  });
  return json(200, tokenBody(context, state, token));
}

/** The refresh token used stays good until the token made with it is first used, so that a lost answer can be asked for again. */
function refresh(context: SandboxContext, state: ShopState, fields: Record<string, string>): SandboxResponse {
  const old = findRefreshable(context, state, fields["refresh_token"] ?? "");
  if (old === undefined) return refusal("invalid_grant", "The refresh token is invalid or has been used.");
  const token = issueToken(context, state, {
    kind: "offline",
    expiring: true,
    userId: null,
    replaces: old.token,
  });
  return json(200, tokenBody(context, state, token));
}

function tokenBody(context: SandboxContext, state: ShopState, token: AccessToken): Record<string, unknown> {
  const seconds = (instant: string) => Math.round((Date.parse(instant) - context.now().getTime()) / 1000);
  return {
    access_token: token.token,
    scope: token.scopes.join(","),
    ...(token.expiresAt === null ? {} : { expires_in: seconds(token.expiresAt) }),
    ...(token.refreshToken === null || token.refreshTokenExpiresAt === null
      ? {}
      : {
          refresh_token: token.refreshToken,
          refresh_token_expires_in: seconds(token.refreshTokenExpiresAt),
        }),
    ...(token.kind === "offline"
      ? {}
      : { associated_user_scope: token.scopes.join(","), associated_user: associatedUser(state, token) }),
  };
}

function associatedUser(state: ShopState, token: AccessToken): Record<string, unknown> {
  return {
    id: Number(token.userId),
    first_name: state.shop.name,
    last_name: "",
    email: state.shop.email,
    email_verified: true,
    account_owner: true,
    locale: state.shop.locale,
    collaborator: false,
  };
}

function refusal(error: string, description: string): SandboxResponse {
  return json(error === "invalid_client" ? 401 : 400, { error, error_description: description });
}
