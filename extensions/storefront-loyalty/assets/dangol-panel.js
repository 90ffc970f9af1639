// The panel's script: the member's codes, rewards, redemption and statement, and a friend's gift. Imported when the panel
// is first opened. Answers are only ever written as text into pieces cloned from the page's own <template>s.
import { ask, wishKey } from "./dangol-proxy.js";

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
    const piece = this.widget
      .querySelector(`[data-dangol-tpl="${name}"]`)
      .content.firstElementChild.cloneNode(true);
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

  /** The calendar day of an instant in the shop's time zone, as `["2026-11-21", "2026", "11", "21"]`. */
  dayOf(instant) {
    const format = (timeZone) => new Intl.DateTimeFormat("sv", { timeZone }).format(new Date(instant));
    const split = (day) => [day, ...day.split("-")];
    try {
      return split(format(this.text.zone.replace(/(\d\d)(\d\d)$/, "$1:$2")));
    } catch {
      return split(format()); // Browsers older than time zones given as an offset.
    }
  }

  /** Writes a day, or an instant in the shop's time zone, as the rest of the panel does. */
  date(instant, pattern) {
    const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(instant) ?? this.dayOf(instant);
    const chosen = pattern ?? (+year === new Date().getFullYear() ? this.text.day : this.text.dayFull);
    return this.fill(chosen, { d: +day, m: this.text.months.split(",")[month - 1], y: year });
  }

  ask(path, body) {
    return ask(this.widget.dataset.proxy + path, this.text.locale, body);
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
      const me = await this.ask("/me");
      if (me.state === "guest" || !me.points)
        throw Object.assign(new Error(this.text.signedOut), { final: true });
      await this.learnAmounts(me.rewards);
      this.showBalance(me.points.available, me.points.worth);
      this.showPart("arriving", me.points.pending);
      this.showPart("held", me.points.held);
      this.showRewards(me.rewards);
      this.showCodes(me.codes ?? []);
    } catch (error) {
      this.showBlank(this.excuse(error), true);
    }
    this.loading = false;
  }

  /** Which amounts of points-as-cash may be chosen: in the answer itself, else in the program's. */
  async learnAmounts(rewards) {
    const cash = rewards.filter(({ kind }) => kind === "cash");
    const all = cash.every(({ step }) => step) ? cash : (await this.ask("/program")).rewards;
    for (const reward of all) if (reward.step) this.cash[reward.id] = reward;
  }

  showPart(name, points) {
    const part = this.one(name);
    if (!part) return;
    part.textContent = this.fill(this.text[name], { points: this.points(points) });
    part.hidden = points <= 0;
  }

  /** The worth that Liquid wrote belongs to Liquid's balance; a newer balance shows the server's words or none. */
  showBalance(available, worth) {
    this.balance = available;
    for (const place of this.widget.querySelectorAll("[data-dangol-balance]")) {
      place.textContent = this.points(available);
    }
    const line = this.one("worth");
    if (line && line.dataset.for !== String(available)) line.textContent = worth || "\u00a0";
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
    const open = codes.filter(({ status }) => ["ready", "pending", "closing"].includes(status));
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

  ticket({ id, code, title, status, points, expiresAt, expiresOn, cancellable }) {
    const ready = Boolean(code) && status === "ready";
    const lapse = expiresOn ?? expiresAt;
    const notes = {
      ready: lapse ? this.fill(this.text.lapses, { date: this.date(lapse) }) : this.text.keeps,
      closing: this.text.closing,
    };
    const ticket = this.piece("ticket", {
      title,
      code: ready ? code : "· · · ·",
      note: notes[status] ?? this.text.pending,
    });
    this.slot(ticket, "actions").hidden = !ready;
    if (!ready) return ticket;
    Object.assign(ticket.dataset, { code: id ?? "", note: notes.ready, points: points ?? "" });
    this.slot(ticket, "cancel").hidden = !id || !points || cancellable === false;
    this.slot(ticket, "copy").dataset.text = code;
    this.slot(ticket, "apply").href =
      `/discount/${encodeURIComponent(code)}?redirect=${encodeURIComponent(this.widget.dataset.cart)}`;
    return ticket;
  }

  /** Asks before a code is given back: says what happens, and offers to keep it. */
  doubt(ticket, isAsking) {
    const { note, points } = ticket.dataset;
    const question = this.fill(this.text.giveBack, { points: this.points(Number(points)) });
    this.write(ticket, { note: isAsking ? question : note });
    this.slot(ticket, "actions").hidden = isAsking;
    const sure = this.slot(ticket, "sure");
    sure.hidden = !isAsking;
    (isAsking ? sure : this.slot(ticket, "actions")).querySelector("button").focus();
  }

  /** Giving back twice changes nothing, so a retry needs no key. */
  async giveBack(ticket) {
    if (this.busy) return;
    this.busy = true;
    try {
      await this.ask(`/me/redemptions/${encodeURIComponent(ticket.dataset.code)}/cancel`, {});
      this.history = undefined;
      await this.load();
    } catch (error) {
      this.doubt(ticket, false);
      this.write(ticket, { note: this.excuse(error) });
    }
    this.busy = false;
  }

  act({ target }) {
    const button = target.closest("[data-act]");
    if (!button) return;
    const row = button.closest("[data-id]");
    const ticket = button.closest(".dangol-ticket");
    const acts = {
      choose: () => this.choose(row, button),
      cancel: () => this.cancel(row),
      less: () => this.step(row, -1),
      more: () => this.step(row, 1),
      all: () => this.step(row, Infinity),
      redeem: () => this.redeem(row),
      doubt: () => this.doubt(ticket, true),
      keep: () => this.doubt(ticket, false),
      giveBack: () => this.giveBack(ticket),
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
    this.step(row, amounts ? -Infinity : 0);
    row.querySelector("[data-act=redeem]").focus();
  }

  cancel(row) {
    row.querySelector(".dangol-confirm")?.remove();
    const button = row.querySelector("[data-act=choose]");
    button.ariaExpanded = "false";
    button.focus();
  }

  /** Moves the amount of a points-as-cash reward by steps; `Infinity` is as much as there is, `-Infinity` the least. */
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
      const wish = { rewardId: id, idempotencyKey: wishKey(name) };
      if (kind === "cash") wish.points = Number(points);
      const answer = await this.ask("/me/redemptions", wish);
      wishKey(name, true);
      this.showBalance(answer.balance);
      const ticket = this.ticket(answer);
      ticket.tabIndex = -1;
      row.querySelector(".dangol-confirm").replaceWith(ticket);
      row.querySelector("[data-act=choose]").ariaExpanded = "false";
      ticket.focus();
      this.history = undefined;
      void this.load();
    } catch (error) {
      if (error.final) wishKey(name, true);
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

  entry({ at, points, pending, balance, title, detail }) {
    const moved = points || pending || 0;
    const month = this.date(at, this.text.month);
    const because = [this.date(at), detail].filter(Boolean).join(" · ");
    const line = this.piece("entry", {
      title,
      detail: because,
      points: moved ? this.points(moved, true) : "",
      balance: this.fill(this.text.balance, { points: this.points(balance) }),
    });
    line.dataset.moved = points ? "available" : "pending";
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
