/** The reference, first part: members, and the list of what each was granted with what is left of it. */
import { addDays, addMonths, endOfLocalDay, localDate } from "#app/loyalty/program/calendar.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import {
  soonestFirst,
  sum,
  isOpen,
  type Grant,
  type Person,
  type KnownOrder,
  type Redemption,
} from "./reference-records.ts";

export class Members {
  readonly people = new Map<string, Person>();
  readonly orders = new Map<string, KnownOrder>();
  readonly redemptions = new Map<string, Redemption>();
  readonly zone: string;
  program: ProgramSettings;
  redateAll = false;
  grants = 0;
  lastNight = "";

  constructor(zone: string, program: ProgramSettings) {
    this.zone = zone;
    this.program = program;
  }

  /** The calendar is slow to ask. */
  readonly days = new Map<number, string>();
  day(at: Date): string {
    const known = this.days.get(at.getTime()) ?? localDate(at, this.zone);
    this.days.set(at.getTime(), known);
    return known;
  }

  person(customer: string): Person {
    let person = this.people.get(customer);
    if (!person) {
      const tier = this.program.tiers[0]?.id ?? null;
      const none = { mergedInto: null, active: null, until: null, blocked: false, owed: 0, lifetime: 0 };
      this.people.set(customer, (person = { customer, ...none, tier, grants: [], entries: [] }));
    }
    while (person.mergedInto) person = person.mergedInto;
    return person;
  }

  available = (person: Person): number => sum(person.grants.filter((grant) => !grant.pending)) - person.owed;
  pending = (person: Person): number => sum(person.grants.filter((grant) => grant.pending));
  held(person: Person): number {
    const open = [...this.redemptions.values()].filter((entry) => entry.person === person && isOpen(entry));
    return open.reduce((all, entry) => all + entry.points, 0);
  }

  /** Usable points pay what is owed first. */
  grant(person: Person, points: number, grant: Partial<Grant> & { earned: Date }): void {
    const pays = grant.pending ? 0 : Math.min(points, person.owed);
    person.owed -= pays;
    const none = { expires: null, order: null, entry: null, pending: false };
    const rest = { usable: grant.earned, ...none, ...grant };
    person.grants.push({ ...rest, left: points - pays, born: (this.grants += 1) });
  }

  /** Takes from those grants, in that order; says what it took and how much there was too little. */
  take(from: Grant[], points: number): { taken: Redemption["taken"]; missing: number } {
    const taken: Redemption["taken"] = [];
    for (const grant of from.filter(({ left }) => left > 0)) {
      const some = Math.min(points, grant.left);
      if (some > 0) taken.push({ grant, points: some });
      grant.left -= some;
      points -= some;
    }
    return { taken, missing: points };
  }

  usable(person: Person): Grant[] {
    return person.grants.filter(({ pending }) => !pending).sort(soonestFirst);
  }

  /** Back into the grants they were taken from; a debt is paid by those that lapse soonest. */
  giveBack(person: Person, taken: Redemption["taken"], now: Date, least: Date | null): void {
    let pays = Math.min(
      person.owed,
      taken.reduce((all, { points }) => all + points, 0),
    );
    person.owed -= pays;
    let renewed = 0;
    const orders = new Set<string | null>();
    for (const { grant, points } of taken.toSorted((a, b) => soonestFirst(a.grant, b.grant))) {
      const back = points - Math.min(points, pays);
      pays -= points - back;
      const tooSoon = least !== null && grant.expires !== null && grant.expires < least;
      if (!person.grants.includes(grant))
        person.grants.push({
          ...grant,
          born: (this.grants += 1),
          left: back,
          pending: false,
          expires: tooSoon ? least : grant.expires,
        });
      else if (tooSoon && back > 0) {
        renewed += back;
        orders.add(grant.order);
      } else grant.left += back;
    }
    const order = orders.size === 1 ? [...orders][0]! : null;
    if (renewed > 0) this.grant(person, renewed, { earned: now, expires: least, order });
  }

  /** The first midnight at this instant or after it. */
  midnightFrom(at: Date): Date {
    return endOfLocalDay(this.day(new Date(at.getTime() - 1)), this.zone);
  }

  /** The end of the last day of points of that day. */
  lapses(from: Date): Date | null {
    const { expiry } = this.program;
    const day = this.day(from);
    if (expiry.kind === "none") return null;
    if (expiry.kind !== "calendar") return endOfLocalDay(addMonths(day, expiry.months), this.zone);
    const inYear = (year: number) => {
      const last = addDays(addMonths(`${year}-${two(expiry.month)}-01`, 1), -1);
      const wanted = `${year}-${two(expiry.month)}-${two(expiry.day)}`;
      return wanted < last ? wanted : last;
    };
    const year = Number(day.slice(0, 4));
    return endOfLocalDay(inYear(year) > day ? inYear(year) : inYear(year + 1), this.zone);
  }
}

const two = (value: number): string => String(value).padStart(2, "0");
