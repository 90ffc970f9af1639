// The panel's script: the member's codes, rewards, redemption and statement, and a friend's gift. Imported when the panel
// is first opened. Answers are only ever written as text into pieces cloned from the page's own <template>s.
const TIMEOUT_MS = 12000;

class Refusal extends Error {
  constructor(status, error) {
    super(error?.message ?? "");
    this.code = error?.code;
    this.final = status >= 400 && status < 500 && status !== 408 && status !== 429;
  }
}

class Panel {
  constructor(widget) {
    this.widget = widget;
    this.text = JSON.parse(widget.dataset.strings);
    this.balance = undefined;
    this.cash = {};
    this.busy = false;
    widget.dialog.addEventListener("click", (event) => this.act(event));
    addEventListener("online", () => widget.dialog.open && this.load());
  }

  one(name) {
    return this.widget.querySelector(`[data-dangol-${name}]`);
  }

  /** Clones a template and writes texts into its slots. */
  piece(name, texts = {}) {
    const piece = this.widget.querySelector(`[data-dangol-tpl="${name}"]`).content.firstElementChild.cloneNode(true);
    this.write(piece, texts);
    return piece;
  }

  slot(piece, name) {
    const selector = `[data-slot="${name}"]`;
    return piece.matches(selector) ? piece : piece.querySelector(selector);
  }

  write(piece, texts) {
    for (const [name, text] of Object.entries(texts)) {
      const slot = this.slot(piece, name);
      if (slot) slot.textContent = text ?? "";
    }
  }

  fill(text, values) {
    return text.replace(/\[(\w+)\]/g, (all, name) => values[name] ?? all);
  }

  points(value, signed = false) {
    const digits = new Intl.NumberFormat(this.text.locale).format(Math.abs(value));
    return (value < 0 ? "−" : signed ? "+" : "") + digits + this.text.unit;
  }

  /** Writes an instant (or a month) as the rest of the panel does, in the shop's time zone. */
  date(instant, pattern) {
    const options = { year: "numeric", month: "numeric", day: "numeric" };
    const read = (timeZone) => {
      const parts = new Intl.DateTimeFormat("en", { ...options, timeZone }).formatToParts(new Date(instant));
      return Object.fromEntries(parts.map(({ type, value }) => [type, value]));
    };
    let day;
    try {
      day = read(this.text.zone.replace(/(\d\d)(\d\d)$/, "$1:$2"));
    } catch {
      day = read(undefined); // Browsers older than time zones given as an offset.
    }
    const chosen = pattern ?? (+day.year === new Date().getFullYear() ? this.text.day : this.text.dayFull);
    return this.fill(chosen, { d: day.day, m: this.text.months.split(",")[day.month - 1], y: day.year });
  }

  async ask(path, body) {
    const { proxy } = this.widget.dataset;
    const query = `${path.includes("?") ? "&" : "?"}locale=${encodeURIComponent(this.text.locale)}`;
    const options = { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(TIMEOUT_MS) };
    if (body) {
      Object.assign(options, { method: "POST", body: JSON.stringify(body) });
      options.headers["Content-Type"] = "application/json";
    }
    const response = await fetch(proxy + path + query, options);
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Refusal(response.status, answer.error);
    return answer;
  }

  /** What to tell the shopper: the app's own words, else what happened and what was not lost. */
  excuse(error, fallback = this.text.failed) {
    if (!navigator.onLine) return this.text.offline;
    return (error.final && error.message) || fallback;
  }

  toast(text) {
    this.one("toast").textContent = text;
  }

  async load() {
    if (this.widget.dataset.state !== "member") return this.offerGift();
    if (this.loading) return;
    this.loading = true;
    this.toast("");
    try {
      const [me, program] = await Promise.all([this.ask("/me"), this.program ?? this.ask("/program")]);
      if (me.state === "guest") throw Object.assign(new Error(this.text.signedOut), { final: true });
      this.program = program;
      for (const reward of program.rewards ?? []) {
        if (reward.kind === "cash") this.cash[reward.id] = reward;
      }
      this.showBalance(me.points.available, me.points.worth);
      this.showRewards(me.rewards ?? []);
      this.showCodes(me.codes ?? []);
    } catch (error) {
      this.showBlank(this.excuse(error), true);
    }
    this.loading = false;
  }

  /** The worth that Liquid wrote belongs to Liquid's balance; a newer balance shows the server's words or none. */
  showBalance(available, worth) {
    this.balance = available;
    for (const place of this.widget.querySelectorAll("[data-dangol-balance]")) {
      place.textContent = this.points(available);
    }
    const line = this.one("worth");
    if (line && worth) line.textContent = worth;
    else if (line && line.dataset.for !== String(available)) line.textContent = "\u00a0";
  }

  showRewards(rewards) {
    const list = this.one("rewards");
    const rows = new Map([...list.children].map((row) => [row.dataset.id, row]));
    const sorted = [...rewards].sort((a, b) => b.affordable - a.affordable || a.cost - b.cost);
    const next = sorted.map((reward) => {
      const row = rows.get(reward.id) ?? this.piece("reward");
      this.showReward(row, reward);
      return row;
    });
    // Rows that stand where they belong are not touched: a row in use keeps its focus.
    if (next.length !== list.children.length || next.some((row, index) => row !== list.children[index])) {
      list.replaceChildren(...next);
    }
  }

  showReward(row, { id, title, kind, cost, affordable, reason }) {
    Object.assign(row.dataset, { id, kind, cost });
    const short = Math.max(0, cost - this.balance);
    const price = this.points(cost);
    const missing = short > 0 ? this.fill(this.text.missing, { points: this.points(short) }) : reason;
    this.write(row, {
      title,
      name: ` ${title}`,
      cost: kind === "cash" ? this.fill(this.text.from, { points: price }) : price,
      missing,
    });
    this.slot(row, "missing").hidden = affordable;
    row.querySelector("[data-act=choose]").hidden = !affordable;
    const bar = this.slot(row, "bar");
    bar.toggleAttribute("data-full", short === 0);
    const share = cost > 0 ? Math.floor((Math.max(0, this.balance) * 100) / cost) : 100;
    bar.firstElementChild.style.inlineSize = `${Math.min(100, share)}%`;
    if (!affordable) row.querySelector(".dangol-confirm")?.remove();
  }

  showCodes(codes) {
    const open = codes.filter(({ status }) => ["ready", "pending", "requested"].includes(status));
    if (open.length === 0) return this.showBlank(this.text.noCodes, false);
    const place = this.one("codes");
    place.dataset.status = "ready";
    place.replaceChildren(...open.map((code) => this.ticket(code)));
  }

  showBlank(text, retry) {
    const place = this.one("codes");
    place.dataset.status = retry ? "error" : "empty";
    const blank = this.piece("blank", { text });
    blank.querySelector("[data-act=retry]").hidden = !retry;
    place.replaceChildren(blank);
  }

  ticket({ code, title, status, expiresAt }) {
    const ready = Boolean(code) && status === "ready";
    const lapses = expiresAt ? this.fill(this.text.lapses, { date: this.date(expiresAt) }) : this.text.keeps;
    const ticket = this.piece("ticket", {
      title,
      code: ready ? code : "· · · ·",
      note: ready ? lapses : this.text.pending,
    });
    this.slot(ticket, "actions").hidden = !ready;
    if (ready) {
      this.slot(ticket, "copy").dataset.text = code;
      this.slot(ticket, "apply").href =
        `/discount/${encodeURIComponent(code)}?redirect=${encodeURIComponent(this.widget.dataset.cart)}`;
    }
    return ticket;
  }

  act({ target }) {
    const button = target.closest("[data-act]");
    if (!button) return;
    const row = button.closest("[data-id]");
    const acts = {
      choose: () => this.choose(row, button),
      cancel: () => this.cancel(row),
      less: () => this.step(row, -1),
      more: () => this.step(row, 1),
      all: () => this.step(row, Infinity),
      redeem: () => this.redeem(row),
      retry: () => (button.closest("[data-dangol-history]") ? this.statement() : this.load()),
      older: () => this.statement(this.cursor),
    };
    acts[button.dataset.act]?.();
  }

  choose(row, button) {
    if (row.querySelector(".dangol-confirm")) return this.cancel(row);
    const form = this.piece("confirm");
    const amounts = this.cash[row.dataset.id];
    if (row.dataset.kind === "cash" && !amounts) return this.load();
    this.slot(form, "stepper").hidden = !amounts;
    row.append(form);
    row.dataset.points = row.dataset.cost;
    button.ariaExpanded = "true";
    this.step(row, amounts ? Infinity : 0);
    row.querySelector("[data-act=redeem]").focus();
  }

  cancel(row) {
    row.querySelector(".dangol-confirm")?.remove();
    const button = row.querySelector("[data-act=choose]");
    button.ariaExpanded = "false";
    button.focus();
  }

  /** Moves the amount of a points-as-cash reward by steps; `Infinity` is as much as there is. */
  step(row, direction) {
    const amounts = this.cash[row.dataset.id];
    if (amounts) {
      const { min, step } = amounts;
      const limit = Math.min(this.balance, amounts.max ?? Infinity);
      const most = min + Math.floor(Math.max(0, limit - min) / step) * step;
      const wanted = direction === Infinity ? most : Number(row.dataset.points) + direction * step;
      const points = Math.min(most, Math.max(min, wanted));
      row.dataset.points = points;
      row.querySelector("[data-act=less]").disabled = points <= min;
      row.querySelector("[data-act=more]").disabled = points >= most;
    }
    const points = this.points(Number(row.dataset.points));
    this.write(row, { points, explain: this.fill(this.text.holds, { points }) });
    row.querySelector("[data-act=redeem]").textContent = this.text.get;
  }

  /** One key per wish, kept until the app has answered it, so that a retry gets the same code and never a second. */
  key(name, forget = false) {
    const place = `dangol:redeem:${name}`;
    try {
      if (forget) return sessionStorage.removeItem(place);
      const kept = sessionStorage.getItem(place) ?? crypto.randomUUID();
      sessionStorage.setItem(place, kept);
      return kept;
    } catch {
      this.keys ??= {};
      if (forget) return delete this.keys[name];
      return (this.keys[name] ??= crypto.randomUUID());
    }
  }

  async redeem(row) {
    if (this.busy) return;
    this.busy = true;
    const { id, points, kind } = row.dataset;
    const name = kind === "cash" ? `${id}:${points}` : id;
    const button = row.querySelector("[data-act=redeem]");
    const complaint = this.slot(row, "error");
    complaint.hidden = true;
    button.textContent = this.text.working;
    button.ariaBusy = "true";
    try {
      const wish = { rewardId: id, idempotencyKey: this.key(name) };
      if (kind === "cash") wish.points = Number(points);
      const answer = await this.ask("/me/redemptions", wish);
      this.key(name, true);
      this.showBalance(answer.balance);
      const ticket = this.ticket(answer);
      ticket.tabIndex = -1;
      row.querySelector(".dangol-confirm").replaceWith(ticket);
      row.querySelector("[data-act=choose]").ariaExpanded = "false";
      ticket.focus();
      this.history = undefined;
      void this.load();
    } catch (error) {
      if (error.final) this.key(name, true);
      complaint.textContent = this.excuse(error, this.text.unsure);
      complaint.hidden = false;
      button.textContent = this.text.get;
    }
    button.ariaBusy = null;
    this.busy = false;
  }

  /** Brings a page of the statement; without a cursor, from the newest line. */
  async statement(cursor) {
    const place = this.one("history");
    if (cursor) place.querySelector("[data-act=older]")?.remove();
    const waiting = Array.from({ length: 4 }, () => this.piece("entries"));
    if (cursor) place.append(...waiting);
    else place.replaceChildren(...waiting);
    try {
      const page = await this.ask(`/me/history${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`);
      this.history = true;
      if (!cursor) this.month = undefined;
      const lines = page.items.flatMap((item) => this.entry(item));
      if (!cursor && lines.length === 0) lines.push(this.say(this.text.noHistory));
      this.cursor = page.next;
      if (page.next) lines.push(this.piece("older"));
      waiting[0].replaceWith(...lines);
    } catch (error) {
      waiting[0].replaceWith(this.say(this.excuse(error), true));
    }
    for (const row of waiting) row.remove();
  }

  say(text, retry = false) {
    const blank = this.piece("blank", { text });
    blank.querySelector("[data-act=retry]").hidden = !retry;
    return blank;
  }

  entry({ at, points, balance, title, detail }) {
    const month = this.date(at, this.text.month);
    const because = [this.date(at), detail].filter(Boolean).join(" · ");
    const line = this.piece("entry", {
      title,
      detail: because,
      points: this.points(points, true),
      balance: this.fill(this.text.balance, { points: this.points(balance) }),
    });
    line.dataset.sign = points < 0 ? "minus" : "plus";
    if (month === this.month) return [line];
    this.month = month;
    return [this.piece("month", { month }), line];
  }

  offerGift() {
    const form = this.one("claim");
    const note = this.one("claim-note");
    if (!form || form.onsubmit) return;
    form.onsubmit = async (event) => {
      event.preventDefault();
      const email = form.elements.email.value.trim();
      if (!form.checkValidity()) {
        note.textContent = this.text.badEmail;
        return form.elements.email.focus();
      }
      try {
        const answer = await this.ask("/referrals/claims", { code: this.widget.friendCode, email });
        form.replaceWith(this.ticket({ ...answer, status: "ready" }));
        note.textContent = this.text.claimed;
      } catch (error) {
        note.textContent = this.excuse(error);
      }
    };
  }
}

const panels = new WeakMap();

/** Called each time the panel opens: brings what the page could not know. */
export function start(widget) {
  if (!panels.has(widget)) {
    const panel = new Panel(widget);
    panels.set(widget, panel);
    const details = panel.one("statement");
    details?.addEventListener("toggle", () => details.open && !panel.history && panel.statement());
  }
  // A code shown where it was asked for last time is now among the codes.
  for (const ticket of widget.querySelectorAll("[data-id] .dangol-ticket")) ticket.remove();
  void panels.get(widget).load();
}
