/**
 * The reference: what the program's rules (docs/program.md) come to for one shop, in the plainest words there are. Members
 * have a list of grants with what is left of each, and one number for what they owe; every balance is a sum over the list.
 * Of the product it uses calendar days and the reading of decimals, and nothing that decides about points.
 */
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { Orders } from "./reference-orders.ts";
import { time, latest, soonestFirst, isOpen, type Grant, type Person } from "./reference-records.ts";

export class ReferenceModel extends Orders {
  adjust(customer: string, points: number, now: Date): void {
    const person = this.person(customer);
    if (points > 0) this.grant(person, points, { earned: now, expires: this.lapses(now) });
    else if (this.available(person) >= -points) this.take(this.usable(person), -points);
  }

  /** Who is let back in earns by the orders of that time now, the oldest first. */
  block(customer: string, blocked: boolean, now: Date): void {
    const person = this.person(customer);
    person.blocked = blocked;
    if (blocked) return;
    const left = [...this.orders]
      .filter(([, { was, state }]) => was === "blocked" && state && this.person(state.customer) === person)
      .map(([id, { state }]) => ({ id, placed: state?.processed.getTime() ?? 0 }));
    left.sort((a, b) => a.placed - b.placed || (a.id < b.id ? -1 : 1));
    for (const { id } of left) this.settle(id, now);
  }

  /** Other rules may raise members at once; they lower nobody before the review. */
  publish(program: ProgramSettings, now: Date): void {
    if (JSON.stringify(program.expiry) !== JSON.stringify(this.program.expiry)) this.redateAll = true;
    this.program = program;
    for (const person of this.people.values()) if (!person.mergedInto) this.raise(person, now);
  }

  /** Holds end, dates move, points lapse, codes lapse, tiers are reviewed. Once a day. */
  night(now: Date): void {
    const today = this.day(now);
    if (today === this.lastNight) return;
    this.lastNight = today;
    const bound = this.bound();
    for (const person of this.people.values()) {
      for (const grant of person.grants.toSorted(soonestFirst)) {
        if (!grant.pending || grant.usable > now) continue;
        grant.pending = false;
        const pays = Math.min(grant.left, person.owed);
        grant.left -= pays;
        person.owed -= pays;
      }
      for (const grant of person.grants)
        if (grant.left > 0 || bound.has(grant)) this.redate(bound.get(grant) ?? person, grant);
      for (const grant of person.grants) {
        if (grant.pending || time(grant.expires) > now.getTime()) continue;
        if (grant.entry) grant.entry.lapsed += grant.left;
        if (grant.order) this.order(grant.order).lapsed += grant.left;
        grant.left = 0;
      }
    }
    this.redateAll = false;
    for (const redemption of this.redemptions.values()) {
      if (isOpen(redemption) && !redemption.closing && redemption.ends < now) redemption.closing = "expired";
    }
    for (const person of this.people.values()) if (!person.mergedInto) this.review(person, now);
  }

  /** The later of the date it has and the one the rule gives; never a date where there was none. */
  redate(person: Person, grant: Grant): void {
    const byActivity = this.program.expiry.kind === "inactivity";
    if (grant.expires === null || !(byActivity || this.redateAll)) return;
    const ruled = this.lapses(byActivity ? latest(grant.earned, person.active)! : grant.earned);
    if (ruled === null || ruled > grant.expires) grant.expires = ruled;
  }

  merge(keptCustomer: string, goneCustomer: string, now: Date): void {
    const kept = this.person(keptCustomer);
    const gone = this.person(goneCustomer);
    if (kept === gone || gone.customer !== goneCustomer) return;
    for (const redemption of this.redemptions.values())
      if (redemption.person === gone) redemption.person = kept;
    for (const grant of gone.grants.filter(({ left }) => left > 0)) {
      this.grant(kept, grant.left, grant);
      grant.left = 0;
    }
    kept.owed += this.take(this.usable(kept), gone.owed).missing;
    const active = latest(kept.active, gone.active);
    Object.assign(kept, {
      lifetime: kept.lifetime + gone.lifetime,
      active,
      blocked: kept.blocked || gone.blocked,
    });
    Object.assign(gone, { owed: 0, lifetime: 0, mergedInto: kept });
    // What a single member would have been given once is taken back from who goes, but for what has lapsed.
    for (const entry of this.givenTwice(kept, gone)) {
      entry.takenBack = true;
      kept.owed += this.take(this.usable(kept), entry.points - entry.lapsed).missing;
      kept.lifetime -= entry.points - entry.lapsed;
    }
    kept.entries.push(...gone.entries);
    const rank = (person: Person) => this.program.tiers.findIndex(({ id }) => id === person.tier);
    const better =
      rank(gone) > rank(kept) || (gone.tier === kept.tier && time(gone.until) > time(kept.until));
    if (better) Object.assign(kept, { tier: gone.tier, until: gone.until });
    this.raiseTier(kept, now, null);
  }
}
