// Talks to the app through the shop's own address, as the shopper who is logged in.
const TIMEOUT_MS = 12000;

/** An answer that is not yes. `final` when asking again would get the same. */
class Refusal extends Error {
  constructor(status, error) {
    super(error?.message ?? "");
    this.code = error?.code;
    this.final = status >= 400 && status < 500 && status !== 408 && status !== 429;
  }
}

/** Asks for JSON, or posts some. Throws a Refusal, or the browser's own error when nobody answered. */
export async function ask(address, locale, body) {
  const options = { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(TIMEOUT_MS) };
  if (body) {
    Object.assign(options, { method: "POST", body: JSON.stringify(body) });
    options.headers["Content-Type"] = "application/json";
  }
  const mark = address.includes("?") ? "&" : "?";
  const response = await fetch(`${address}${mark}locale=${encodeURIComponent(locale)}`, options);
  const answer = await response.json().catch(() => undefined);
  if (!response.ok || !answer) throw new Refusal(response.status, answer?.error);
  return answer;
}

const keys = {};

/** One key per wish, kept until the app has answered it, so that a retry gets the same code and never a second. */
export function wishKey(name, forget = false) {
  const place = `dangol:redeem:${name}`;
  try {
    if (forget) return sessionStorage.removeItem(place);
    const kept = sessionStorage.getItem(place) ?? crypto.randomUUID();
    sessionStorage.setItem(place, kept);
    return kept;
  } catch {
    // Storage is switched off: the page's own memory has to do.
    if (forget) return delete keys[name];
    return (keys[name] ??= crypto.randomUUID());
  }
}
