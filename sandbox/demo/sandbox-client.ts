import { isRecord } from "#sandbox/http.ts";

export class CallFailed extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(`${status} ${code}: ${message}`);
    this.name = "CallFailed";
    this.status = status;
    this.code = code;
  }
}

/** One shop of a sandbox, over HTTP. */
export interface ShopClient {
  shop: string;
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Calls the Admin API as a person at a terminal, waiting when it is throttled. */
  graphql<T>(query: string, variables: Record<string, unknown>): Promise<T>;
  /** Calls the storefront; a shopper's cookie makes it a logged-in one. */
  storefront(
    method: string,
    path: string,
    options?: { cookie?: string | undefined; body?: unknown },
  ): Promise<StorefrontAnswer>;
}

export interface StorefrontAnswer {
  status: number;
  body: Record<string, unknown>;
  cookies: string[];
}

const THROTTLED_WAIT_MS = 1000;
const TIMEOUT_MS = 30_000;

/** A client of one shop of the sandbox at this address. */
export function createShopClient(sandboxUrl: string, shop: string): ShopClient {
  const call = (
    path: string,
    init: { method: string; headers?: Record<string, string>; body?: string | null },
  ) =>
    fetch(new URL(path, sandboxUrl), {
      ...init,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { "x-sandbox-shop": shop, "content-type": "application/json", ...init.headers },
    });

  async function graphql<T>(query: string, variables: Record<string, unknown>): Promise<T> {
    const headers = { "x-shopify-access-token": "sandbox-admin-token" };
    const response = await call("/admin/api/2026-10/graphql.json", {
      method: "POST",
      headers,
      body: JSON.stringify({ query, variables }),
    });
    const answer = (await response.json()) as {
      data?: T;
      errors?: { message: string; extensions?: { code?: string } }[];
    };
    const error = answer.errors?.[0];
    if (error?.extensions?.code === "THROTTLED") {
      await new Promise((resolve) => setTimeout(resolve, THROTTLED_WAIT_MS));
      return graphql(query, variables);
    }
    if (error !== undefined || answer.data === undefined)
      throw new CallFailed(
        response.status,
        error?.extensions?.code ?? "graphql",
        error?.message ?? "no data",
      );
    return answer.data;
  }

  return {
    shop,
    graphql,
    async control<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await call(`/__sandbox/${path}`, {
        method,
        body: body === undefined ? null : JSON.stringify(body),
      });
      const answer: unknown = await response.json();
      if (!response.ok) throw failure(response.status, answer);
      return answer as T;
    },
    async storefront(method, path, options = {}) {
      const response = await call(path, {
        method,
        headers: options.cookie === undefined ? {} : { cookie: options.cookie },
        body: options.body === undefined ? null : JSON.stringify(options.body),
      });
      const text = await response.text();
      const isJson = response.headers.get("content-type")?.includes("json") ?? false;
      const body: unknown = isJson ? JSON.parse(text) : {};
      return {
        status: response.status,
        body: isRecord(body) ? body : {},
        cookies: response.headers.getSetCookie(),
      };
    },
  };
}

function failure(status: number, answer: unknown): CallFailed {
  const error = isRecord(answer) && isRecord(answer["error"]) ? answer["error"] : {};
  return new CallFailed(status, String(error["code"] ?? "unknown"), String(error["message"] ?? "no message"));
}
