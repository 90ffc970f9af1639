import { markup } from "#sandbox/admin/html.ts";
import { renderShell } from "#sandbox/admin/layout.ts";
import { dateTime } from "#sandbox/admin/visit.ts";
import type { AdminVisit } from "#sandbox/admin/visit.ts";
import type { SandboxResponse } from "#sandbox/http.ts";
import type { Mail } from "#sandbox/store/types.ts";

const SHOWN = 100;

/** The mails that shoppers and the merchant would have got, newest first. */
export function showMailbox(visit: AdminVisit): SandboxResponse {
  const mails = visit.state.mailbox.toReversed().slice(0, SHOWN);
  const rows = mails.map(
    (mail) =>
      markup`<tr><td><a href="/admin/mailbox/${mail.id}"><strong>${mail.subject}</strong></a></td><td>${mail.to}</td><td><span class="badge">${mail.kind}</span></td><td class="muted nowrap">${dateTime(visit, mail.at)}</td></tr>`,
  );
  const body = markup`<section class="card card--flush">${
    mails.length === 0
      ? markup`<p class="empty muted">No mail yet. Nothing leaves the sandbox: what would be sent is kept here.</p>`
      : markup`<div class="scroll"><table><thead><tr><th>Subject</th><th>To</th><th>Kind</th><th>Sent</th></tr></thead><tbody>${rows}</tbody></table></div>`
  }</section>`;
  return renderShell(visit, { title: "Mailbox", current: "mailbox", body });
}

/** One mail; its HTML stands in a frame of its own that can do nothing. */
export function showMail(visit: AdminVisit, mail: Mail): SandboxResponse {
  const content =
    mail.html === ""
      ? markup`<pre class="mail">${mail.text}</pre>`
      : markup`<iframe class="mail" sandbox title="Mail" srcdoc="${mail.html}"></iframe>`;
  const body = markup`<section class="card stack"><p class="muted">From ${mail.from} to ${mail.to}, ${dateTime(visit, mail.at)}</p>${content}</section>`;
  return renderShell(visit, { title: mail.subject, current: "mailbox", back: "/admin/mailbox", body });
}
