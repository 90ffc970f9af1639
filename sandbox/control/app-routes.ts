import type { Fault, FaultKind } from "#sandbox/faults.ts";
import type { SandboxResponse } from "#sandbox/http.ts";
import type { ControlCall, Route } from "./route.ts";

const FAULT_KINDS: readonly FaultKind[] = [
  "timeout_before",
  "timeout_after",
  "http_500",
  "http_502",
  "throttled",
  "user_errors",
  "revoked_token",
  "slow",
];

function faultOf(call: ControlCall): Pick<Fault, "kind" | "operation"> & Partial<Fault> {
  const { kind, operation, count, ms, userErrors, onlyShop } = call.body;
  const known = FAULT_KINDS.find((one) => one === kind);
  if (known === undefined) throw new RangeError(`kind is one of ${FAULT_KINDS.join(", ")}`);
  return {
    kind: known,
    operation: typeof operation === "string" ? operation : "*",
    remaining: typeof count === "number" ? count : 1,
    ...(typeof ms === "number" ? { ms } : {}),
    ...(Array.isArray(userErrors) ? { userErrors: userErrors as Fault["userErrors"] } : {}),
    ...(typeof onlyShop === "string" ? { shop: onlyShop } : {}),
  };
}

function bulkResult(call: ControlCall): SandboxResponse {
  const id = call.id.replace(/\.jsonl$/, "");
  for (const state of call.context.store.state.shops.values()) {
    const operation = state.bulkOperations.get(id);
    if (operation?.result != null)
      return { status: 200, headers: { "content-type": "application/jsonl" }, body: operation.result };
  }
  return { status: 404, headers: {}, body: "No such result" };
}

/** The app as the shop sees it: installed or not, its tokens, compliance requests, and faults of the API. */
export const appRoutes: Readonly<Record<string, Route>> = {
  "GET app": (call) => ({
    installation: call.state.installation,
    declared: call.context.config(),
    proxy: call.context.config().proxy,
    url: call.context.app.url,
  }),
  "POST app/install": (call) => ({ installation: call.context.actions.installApp(call.shop) }),
  "POST app/uninstall": (call) => {
    call.context.actions.uninstallApp(call.shop);
    return { ok: true };
  },
  "POST app/scopes": (call) => {
    const { scopes } = call.body;
    if (!Array.isArray(scopes)) throw new TypeError("scopes is a list");
    return { installation: call.context.actions.updateScopes(call.shop, scopes.map(String)) };
  },
  "POST app/id-token": (call) => {
    const { userId, lifetimeSeconds } = call.body;
    const idToken = call.context.mintIdToken(call.shop, {
      userId: typeof userId === "string" ? userId : undefined,
      lifetimeSeconds: typeof lifetimeSeconds === "number" ? lifetimeSeconds : undefined,
    });
    return { idToken };
  },
  "POST app/expire-tokens": (call) => {
    for (const token of call.state.tokens.values()) token.expiresAt = call.context.now().toISOString();
    call.context.store.changed();
    return { expired: call.state.tokens.size };
  },
  "POST app/revoke-tokens": (call) => {
    const revoked = call.state.tokens.size;
    call.state.tokens.clear();
    call.context.store.changed();
    return { revoked };
  },

  "POST compliance/data-request": (call) => {
    call.context.actions.sendDataRequest(call.shop, String(call.body["customerId"]));
    return { ok: true };
  },
  "POST compliance/customer-redact": (call) => {
    const { customerId, email, phone, orderIds } = call.body;
    call.context.actions.sendCustomerRedact(
      call.shop,
      {
        id: String(customerId),
        ...(typeof email === "string" ? { email } : {}),
        ...(typeof phone === "string" ? { phone } : {}),
      },
      ...(Array.isArray(orderIds) ? [orderIds.map(String)] : []),
    );
    return { ok: true };
  },
  "POST compliance/shop-redact": (call) => {
    call.context.actions.sendShopRedact(call.shop);
    return { ok: true };
  },

  "GET faults": (call) => ({ faults: call.context.faults.list() }),
  "POST faults": (call) => ({ fault: call.context.faults.add(faultOf(call)) }),
  "DELETE faults": (call) => {
    call.context.faults.clear();
    return { ok: true };
  },

  "GET bulk/:id": bulkResult,
};
