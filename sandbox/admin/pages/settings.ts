import { markup } from "#sandbox/admin/html.ts";
import { renderShell } from "#sandbox/admin/layout.ts";
import { act, dateTime } from "#sandbox/admin/visit.ts";
import type { AdminVisit } from "#sandbox/admin/visit.ts";
import type { SandboxResponse } from "#sandbox/http.ts";
import { ensureDefaultBlocks } from "#sandbox/storefront/place-default-blocks.ts";

const DELIVERIES_SHOWN = 20;

/** The app on this shop: install, uninstall, what it may do, what was sent to it. */
export function showSettings(visit: AdminVisit): SandboxResponse {
  const { context, state, shop } = visit;
  const config = context.config();
  const { installation } = state;
  const scopes = (installation?.scopes ?? config.scopes).map(
    (scope) => markup`<span class="badge">${scope}</span> `,
  );
  const deliveries = context.webhooks.list({ shop, limit: DELIVERIES_SHOWN }).map((delivery) => {
    const last = delivery.attempts.at(-1);
    const tone = delivery.state === "delivered" ? "good" : delivery.state === "failed" ? "bad" : "open";
    return markup`<tr><td class="code">${delivery.topic}</td><td><span class="badge badge--${tone}">${delivery.state}</span></td><td class="number">${last?.status ?? last?.error ?? "–"}</td><td class="muted nowrap">${dateTime(visit, delivery.triggeredAt)}</td></tr>`;
  });
  const button = (verb: string, label: string, tone = "") =>
    markup`<form method="post" action="/admin/settings/${verb}"><button class="button ${tone}">${label}</button></form>`;
  const body = markup`<div class="columns"><div class="stack">
    <section class="card stack"><h2>${config.name}</h2>
      <p>${installation === null ? "Not installed." : `Installed ${dateTime(visit, installation.installedAt)}.`} Runs at <span class="code">${context.app.url}</span>.</p>
      <p>${installation === null ? "It asks for" : "It may"}: ${scopes}</p>
      <div class="row">${
        installation === null
          ? button("install", `Install ${config.name}`, "button--primary")
          : [
              markup`<a class="button button--primary" href="/admin/apps/dangol">Open ${config.name}</a>`,
              button("uninstall", "Uninstall", "button--danger"),
            ]
      }</div>
    </section>
    <section class="card card--flush"><div class="card__head"><h2>Webhooks sent</h2><a href="/__sandbox">Inspector</a></div>
      ${deliveries.length === 0 ? markup`<p class="empty muted">None yet.</p>` : markup`<div class="scroll"><table><thead><tr><th>Topic</th><th>State</th><th class="number">Answer</th><th>Triggered</th></tr></thead><tbody>${deliveries}</tbody></table></div>`}
    </section></div>
    <div class="stack"><section class="card stack"><h2>Compliance</h2>
      <p class="muted">What Shopify sends 48 hours after an uninstall. Requests about one person are on that customer's page.</p>
      ${button("shop-redact", "Send shop/redact")}
    </section></div></div>`;
  return renderShell(visit, { title: "App and webhooks", current: "settings", body });
}

/** What the buttons of that page do. */
export function changeSettings(visit: AdminVisit, verb: string): SandboxResponse | undefined {
  const { context, shop } = visit;
  const { name } = context.config();
  const doing: Record<string, () => { to?: string; notice: string }> = {
    install: () => {
      context.actions.installApp(shop);
      ensureDefaultBlocks(context, shop);
      return { to: "/admin/apps/dangol", notice: `${name} is installed.` };
    },
    uninstall: () => {
      context.actions.uninstallApp(shop);
      return { notice: `${name} is uninstalled. Shopify would send shop/redact in 48 hours.` };
    },
    "shop-redact": () => {
      context.actions.sendShopRedact(shop);
      return { notice: "shop/redact is on its way to the app." };
    },
  };
  const work = doing[verb];
  return work && act("/admin/settings", work);
}
