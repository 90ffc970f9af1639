/** A request to the sandbox, its shop already chosen by host or header and its body read. */
export interface SandboxRequest {
  method: string;
  /** Absolute, with the host the caller used. */
  url: URL;
  /** The shop's permanent domain. */
  shop: string;
  headers: Headers;
  body: Buffer;
}

export interface SandboxResponse {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

/** Answers a request, or undefined to leave it to the next handler. */
export type Handler = (request: SandboxRequest) => Promise<SandboxResponse | undefined>;

/** A JSON answer. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): SandboxResponse {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...headers },
    body: JSON.stringify(value),
  };
}

/** An HTML answer. */
export function html(status: number, body: string, headers: Record<string, string> = {}): SandboxResponse {
  return {
    status,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", ...headers },
    body,
  };
}

/** A redirect; 302 unless said otherwise. */
export function redirect(
  location: string,
  status = 302,
  headers: Record<string, string | string[]> = {},
): SandboxResponse {
  return { status, headers: { location, ...headers }, body: "" };
}

/** The body as a JSON object; undefined when it is not one. An empty body is an empty object. */
export function readJson(request: SandboxRequest): Record<string, unknown> | undefined {
  if (request.body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(request.body.toString("utf8"));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is a plain JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
