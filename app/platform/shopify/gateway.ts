import type { TadaDocumentNode } from "gql.tada";

/** Why a request to Shopify gave no data. Only `refused` and `unauthorized` are definite for a mutation. */
export type GatewayFailure =
  /** Still throttled after all the waiting we were willing to do. The operation was not run. */
  | { kind: "throttled"; retryAfterMs: number }
  /** Network, time-out or 5xx: the outcome of a mutation is unknown. */
  | { kind: "unavailable"; reason: string }
  /** Uninstalled, or the token was revoked. */
  | { kind: "unauthorized"; reason: string }
  /** Top-level GraphQL errors. */
  | { kind: "refused"; messages: string[] };

export type GatewayResult<Data> = { ok: true; data: Data } | { ok: false; failure: GatewayFailure };

/** The only door to the Admin API. */
export interface ShopifyGateway {
  /**
   * Runs one operation for a shop with its offline token. Waits for and repeats THROTTLED requests (they had no effect);
   * never repeats a mutation whose outcome is unknown. userErrors are in the data: the caller reads them.
   */
  request<Data, Vars>(
    shopId: string,
    operation: TadaDocumentNode<Data, Vars>,
    variables: Vars,
    options?: { timeoutMs?: number },
  ): Promise<GatewayResult<Data>>;
}
