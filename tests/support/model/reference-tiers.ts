/** The reference, second part: how tiers are reached, kept and lost. */
import { addDays, addMonths, endOfLocalDay, startOfLocalDay } from "#app/loyalty/program/calendar.ts";
import { Members } from "./reference-members.ts";
import { latest, earlier, type Entry, type Person, type KnownOrder } from "./reference-records.ts";

export class Tiers extends Members {
  readonly periods = new Map<string, Period>();

  raise(person: Person, now: Date): void {
    const held = this.program.tiers.findIndex(({ id }) => id === person.tier);
    if (held >= 0 && this.entitled(person, held, this.period(now)) > held) this.raiseTier(person, now, null);
  }

  /** Up at once, never down. What it took `lost` says how much this change took off an order placed then. */
  raiseTier(person: Person, now: Date, lost: { amount: number; placed: Date } | null): void {
    const held = this.program.tiers.findIndex(({ id }) => id === person.tier);
    const period = this.period(now);
    const rank = Math.max(held, this.entitled(person, held, period));
    if (rank < 0) return;
    const taken = lost && lost.placed >= period.from ? lost.amount : 0;
    this.place(person, held, rank, this.lasts(person, held, rank, period, taken), now);
  }

  /** How long a tier lasts that the running period reaches, that it does not, and that a refund has just taken away. */
  lasts(person: Person, held: number, rank: number, period: Period, lost: number): Date | null {
    const needed = this.needs(rank, held);
    const current = this.progress(person, period.from, period.to);
    if (needed <= current) return period.kept;
    const until = rank === held ? person.until : null;
    const missed = period.missed ?? until ?? period.kept;
    const before = needed <= this.progress(person, period.before, period.from);
    if (needed <= current + lost) return before ? missed : earlier(until, missed);
    return before ? latest(until, missed) : until;
  }

  review(person: Person, now: Date): void {
    const { tiers, tierRules } = this.program;
    const held = tiers.findIndex(({ id }) => id === person.tier);
    const endless = person.until === null && held > 0 && tierRules.window !== "lifetime";
    if (!(held < 0 || endless || (person.until && person.until <= now))) return;
    const period = this.period(now);
    let rank = this.entitled(person, held, period);
    const graceFrom = startOfLocalDay(addDays(this.day(now), -tierRules.graceDays), this.zone);
    if (rank < held && !endless && person.until! > (tierRules.graceDays === 0 ? now : graceFrom)) return;
    if (endless) rank = Math.max(rank, held);
    person.until = null;
    this.place(person, held, rank, this.lasts(person, held, rank, period, Infinity), now);
  }

  place(person: Person, held: number, rank: number, until: Date | null, now: Date): void {
    const tier = this.program.tiers[rank]!;
    person.tier = tier.id;
    person.until = rank === 0 ? null : until;
    if (held < 0 || rank <= held || tier.entryPoints === 0) return;
    const since = startOfLocalDay(addMonths(this.day(now), -12), this.zone);
    if (person.entries.some((entry) => entry.tier === tier.id && entry.at > since)) return;
    const entry = { tier: tier.id, at: now, points: tier.entryPoints, lapsed: 0, takenBack: false };
    person.entries.push(entry);
    this.grant(person, tier.entryPoints, { earned: now, expires: this.lapses(now), entry });
    person.lifetime += tier.entryPoints;
  }

  /** Of the entries into a tier within twelve months of the first of them one is left: the kept person's, or the first. */
  givenTwice(kept: Person, gone: Person): Entry[] {
    const standing = new Map<Entry, Entry[]>();
    const all = [...kept.entries, ...gone.entries].toSorted((a, b) => a.at.getTime() - b.at.getTime());
    for (const entry of all) {
      const since = startOfLocalDay(addMonths(this.day(entry.at), -12), this.zone);
      const first =
        [...standing.keys()].findLast(({ tier, at }) => tier === entry.tier && at > since) ?? entry;
      const others = standing.get(first) ?? [];
      standing.set(first, entry.takenBack ? others : [...others, entry]);
    }
    return [...standing.values()].flatMap((entries) => {
      const theirs = entries.filter((entry) => gone.entries.includes(entry));
      return theirs.length < entries.length ? theirs : theirs.slice(1);
    });
  }

  /** What a tier asks of somebody in the tier `held`: its threshold from below, what keeps it from there or above. */
  needs(rank: number, held: number): number {
    const tier = this.program.tiers[rank]!;
    if (rank === 0) return -Infinity;
    return rank > held ? tier.thresholdMinor : (tier.retainMinor ?? tier.thresholdMinor);
  }
  entitled(person: Person, held: number, period: Period): number {
    const most = this.most(person, period);
    return this.program.tiers.findLastIndex((_, rank) => this.needs(rank, held) <= most);
  }
  most(person: Person, { before, from, to }: Period): number {
    return Math.max(this.progress(person, from, to), this.progress(person, before, from));
  }
  progress(person: Person, from: Date, to: Date): number {
    let all = 0;
    for (const order of this.orders.values()) {
      const { person: whose, state } = order;
      if (!whose || !state || state.processed < from || state.processed >= to) continue;
      if (whose === person || this.person(whose.customer) === person) all += this.counts(order);
    }
    return all;
  }
  counts({ spent, holds }: KnownOrder): number {
    const { basis } = this.program.tierRules;
    return basis === "spent" ? spent : basis === "points" ? holds : Math.min(1, spent);
  }
  period(now: Date): Period {
    const key = `${this.program.tierRules.window} ${this.day(now)}`;
    const known = this.periods.get(key) ?? this.periodOf(this.day(now));
    this.periods.set(key, known);
    return known;
  }
  periodOf(today: string): Period {
    const { window } = this.program.tierRules;
    const year = Number(today.slice(0, 4));
    const newYear = (of: number) => startOfLocalDay(`${of}-01-01`, this.zone);
    const tonight = endOfLocalDay(today, this.zone);
    const years = { before: newYear(year - 1), from: newYear(year), to: newYear(year + 1) };
    if (window === "calendar_year") return { ...years, kept: newYear(year + 2), missed: newYear(year + 1) };
    if (window === "lifetime")
      return { before: new Date(0), from: new Date(0), to: tonight, kept: null, missed: newYear(year + 1) };
    // On 29 February the year begins with 1 March: a 28 February was good until the 28th.
    const first = addMonths(today, -12);
    const from = startOfLocalDay(addMonths(first, 12) < today ? addDays(first, 1) : first, this.zone);
    return {
      before: from,
      from,
      to: tonight,
      kept: endOfLocalDay(addMonths(today, 12), this.zone),
      missed: null,
    };
  }
}

interface Period {
  before: Date;
  from: Date;
  to: Date;
  kept: Date | null;
  missed: Date | null;
}
