import { type AppError, Unauthorized, UpstreamRefused, UpstreamUnavailable } from "#app/platform/errors.ts";
import type { GatewayFailure } from "#app/platform/shopify/gateway.ts";

/**
 * A failed request as the error a job ends with: retried when it may go better later, given up when it will
 * not.
 */
export function errorOfFailure(failure: GatewayFailure): AppError {
  switch (failure.kind) {
    case "throttled":
      return new UpstreamUnavailable("shopify_throttled", { data: { retryAfterMs: failure.retryAfterMs } });
    case "unavailable":
      return new UpstreamUnavailable("shopify_unavailable", { data: { reason: failure.reason } });
    case "unauthorized":
      return new Unauthorized("shopify_unauthorized", { data: { reason: failure.reason } });
    case "refused":
      return new UpstreamRefused("shopify_refused", { data: { messages: failure.messages } });
  }
}
