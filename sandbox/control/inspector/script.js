const REFRESH_MS = 2000;
const byId = (id) => document.getElementById(id);
const shopSelect = byId("shop");

async function call(method, path, body) {
  const response = await fetch(`/__sandbox/${path}`, {
    method,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return response.json();
}

function cell(content, className) {
  const td = document.createElement("td");
  if (className) td.className = className;
  td.append(content ?? "");
  return td;
}

function stateOf(text, kind) {
  const span = document.createElement("span");
  span.className = `state ${kind}`;
  span.textContent = text;
  return span;
}

function linkButton(text, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = text;
  button.addEventListener("click", act);
  return button;
}

const time = (at) => new Date(at).toLocaleTimeString();
const shortShop = (shop) => shop.replace(".myshopify.com", "");

function fill(body, rows, columns, empty) {
  if (rows.length > 0) return body.replaceChildren(...rows);
  const td = cell(empty, "empty");
  td.colSpan = columns;
  const tr = document.createElement("tr");
  tr.append(td);
  body.replaceChildren(tr);
}

async function showDelivery(id) {
  const { delivery } = await call("GET", `webhooks/${id}`);
  byId("detail-title").textContent = `${delivery.topic} · ${delivery.state}`;
  const { body, ...head } = delivery;
  byId("detail-body").textContent =
    `${JSON.stringify(head, null, 2)}\n\n${JSON.stringify(JSON.parse(body), null, 2)}`;
  byId("detail").showModal();
}

function webhookRow(one) {
  const tr = document.createElement("tr");
  const last = one.attempts.at(-1);
  const answer = last ? (last.status ?? last.error) + ` · ${last.ms} ms` : "";
  tr.append(
    cell(time(one.triggeredAt)),
    cell(linkButton(one.topic, () => showDelivery(one.id))),
    cell(shortShop(one.shop)),
    cell(stateOf(one.state, one.state)),
    cell(String(one.attempts.length)),
    cell(answer, "wide"),
    cell(linkButton("Send again", () => call("POST", `webhooks/${one.id}/redeliver`).then(refresh))),
  );
  return tr;
}

function callRow(one) {
  const tr = document.createElement("tr");
  const cost = one.actualCost === null ? "" : `${one.actualCost} of ${one.requestedCost}`;
  const note = [one.fault && `fault ${one.fault}`, one.error].filter(Boolean).join(" · ");
  tr.append(
    cell(time(one.at)),
    cell(one.name, "wide"),
    cell(shortShop(one.shop)),
    cell(
      stateOf(
        one.status === 0 ? "no answer" : String(one.status),
        one.status !== 200 ? "bad" : one.error ? "warn" : "ok",
      ),
    ),
    cell(`${one.ms} ms`),
    cell(cost),
    cell(note, "wide"),
  );
  return tr;
}

function summary(shops, deliveries) {
  const count = (states) => deliveries.filter((one) => states.includes(one.state)).length;
  const facts = [
    ...shops.map((shop) => [
      shop.orders,
      `orders in ${shop.name}${shop.installed ? "" : " (app not installed)"}`,
    ]),
    [count(["delivered"]), "delivered lately"],
    [count(["queued", "delivering", "waiting", "held"]), "under way or held"],
    [count(["failed", "dropped"]), "failed or dropped"],
  ];
  byId("summary").replaceChildren(
    ...facts.map(([value, label]) => {
      const div = document.createElement("div");
      const strong = document.createElement("strong");
      strong.textContent = value;
      const span = document.createElement("span");
      span.textContent = label;
      div.append(strong, span);
      return div;
    }),
  );
}

async function refresh() {
  const shop = shopSelect.value ? `&shop=${shopSelect.value}` : "";
  const [hooks, calls, faults, shops] = await Promise.all([
    call("GET", `webhooks?limit=150${shop}`),
    call("GET", "calls?limit=150"),
    call("GET", "faults"),
    call("GET", "shops"),
  ]);
  const wanted = calls.calls.filter((one) => !shopSelect.value || one.shop === shopSelect.value);
  byId("plan").textContent =
    hooks.plan.mode === "normal" ? "" : `mode: ${hooks.plan.mode} ${hooks.plan.topics.join(", ")}`;
  fill(
    byId("webhooks"),
    hooks.deliveries.map(webhookRow),
    7,
    "No webhooks yet. Place an order, and they appear here.",
  );
  fill(byId("calls"), wanted.map(callRow), 7, "The app has not called yet.");
  const lines = faults.faults
    .filter((one) => one.remaining > 0)
    .map((one) => {
      const li = document.createElement("li");
      li.textContent = `${one.kind} for ${one.operation}, ${one.remaining} more`;
      return li;
    });
  byId("faults").replaceChildren(...(lines.length > 0 ? lines : ["None: the API answers as it should."]));
  summary(shops.shops, hooks.deliveries);
}

const ACTS = {
  hold: () => call("POST", "webhooks/hold", {}),
  release: () => call("POST", "webhooks/release", {}),
  reverse: () => call("POST", "webhooks/release", { order: "reverse" }),
  drop: () => call("POST", "webhooks/drop", {}),
  "clear-faults": () => call("DELETE", "faults"),
};

for (const button of document.querySelectorAll("[data-act]")) {
  button.addEventListener("click", () => ACTS[button.dataset.act]().then(refresh));
}
byId("fault").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  call("POST", "faults", {
    kind: form.get("kind"),
    operation: form.get("operation") || "*",
    count: Number(form.get("count")),
  }).then(refresh);
});
shopSelect.addEventListener("change", refresh);
await refresh();
setInterval(() => {
  if (!byId("detail").open && document.visibilityState === "visible") refresh().catch(() => {});
}, REFRESH_MS);
