import { readJson } from "#sandbox/http.ts";
import type { SandboxRequest } from "#sandbox/http.ts";

/** Parses a form body, url-encoded or multipart (text fields only). */
export async function readForm(request: SandboxRequest): Promise<URLSearchParams> {
  const type = request.headers.get("content-type") ?? "";
  if (!type.startsWith("multipart/form-data")) return new URLSearchParams(request.body.toString("utf8"));
  const form = await new Response(new Uint8Array(request.body), {
    headers: { "content-type": type },
  }).formData();
  const fields = new URLSearchParams();
  for (const [name, value] of form) if (typeof value === "string") fields.append(name, value);
  return fields;
}

function setPath(target: Record<string, unknown>, path: string[], value: string): void {
  const [head = "", ...rest] = path;
  if (head === "__proto__" || head === "constructor" || head === "prototype") return;
  if (rest.length === 0) {
    target[head] = value;
    return;
  }
  if (rest.length === 1 && rest[0] === "") {
    const list = Array.isArray(target[head]) ? (target[head] as unknown[]) : [];
    target[head] = [...list, value];
    return;
  }
  const child = typeof target[head] === "object" && target[head] !== null ? target[head] : {};
  target[head] = child;
  setPath(child as Record<string, unknown>, rest, value);
}

/** Reads a body of either kind into one object: `properties[size]=L` and `updates[]=1` become what JSON would say. */
export async function readFields(request: SandboxRequest): Promise<Record<string, unknown>> {
  if (request.headers.get("content-type")?.includes("json")) return readJson(request) ?? {};
  const fields: Record<string, unknown> = {};
  const pairs = [...request.url.searchParams, ...(await readForm(request))];
  for (const [name, value] of pairs)
    setPath(fields, name.split(/\[|\]\[|\]$/).slice(0, name.endsWith("]") ? -1 : undefined), value);
  return fields;
}
