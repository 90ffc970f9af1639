/** Throw-away mail services that are met often. Short on purpose: the other checks carry the weight. */
const DISPOSABLE: ReadonlySet<string> = new Set([
  "10minutemail.com",
  "dispostable.com",
  "emailondeck.com",
  "fakeinbox.com",
  "getnada.com",
  "grr.la",
  "guerrillamail.com",
  "mailcatch.com",
  "maildrop.cc",
  "mailinator.com",
  "mailnesia.com",
  "mintemail.com",
  "mohmal.com",
  "moakt.com",
  "sharklasers.com",
  "spamgourmet.com",
  "temp-mail.org",
  "tempmail.com",
  "tempmail.dev",
  "throwawaymail.com",
  "trashmail.com",
  "yopmail.com",
]);

/** Whether a normalised address belongs to a throw-away service, or to a subdomain of one. */
export function isDisposable(normalisedEmail: string): boolean {
  const labels = normalisedEmail.slice(normalisedEmail.lastIndexOf("@") + 1).split(".");
  return labels.some((_, index) => DISPOSABLE.has(labels.slice(index).join(".")));
}
