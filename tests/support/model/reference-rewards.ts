/** The reference, third part: points that are held for a code, used, and given back. */
import { addDays, endOfLocalDay } from "#app/loyalty/program/calendar.ts";
import { Tiers } from "./reference-tiers.ts";
import { DAY, isOpen, latest, type Grant, type Person, type Redemption } from "./reference-records.ts";
import type { Answer } from "./shopify-truth.ts";

export class Rewards extends Tiers {
  redeem(
    key: string,
    customer: string,
    reward: { points: number; codeLifeDays: number },
    answer: Answer,
    now: Date,
  ): void {
    const person = this.person(customer);
    const { points, codeLifeDays } = reward;
    if (person.blocked || this.available(person) < points) return;
    const { taken } = this.take(this.usable(person), points);
    person.active = latest(person.active, now);
    const lastDay = addDays(this.day(now), codeLifeDays);
    const ends = new Date(endOfLocalDay(lastDay, this.zone).getTime() - 1000);
    const base = {
      person,
      points,
      taken,
      ends,
      closing: null,
      order: null,
      owing: false,
      restored: false,
    } as const;
    const madeAtShopify = answer === "ok" || answer === "lost";
    this.redemptions.set(key, { ...base, status: answer === "ok" ? "ready" : "requested", madeAtShopify });
    if (answer === "refuse") this.close(this.redemptions.get(key)!, "failed", now);
  }

  cancel(key: string, now: Date, answer: Answer, used: boolean): void {
    const redemption = this.redemptions.get(key);
    if (!redemption || !isOpen(redemption)) return;
    redemption.closing ??= "cancelled";
    this.switchOff(redemption, now, answer, used);
  }

  /** What waits for Shopify is tried again. */
  tryAgain(now: Date, answer: Answer, isUsed: (key: string) => boolean): void {
    for (const [key, redemption] of this.redemptions) {
      if (redemption.status === "requested" && !redemption.closing) {
        if (redemption.ends <= now) redemption.closing = "expired";
        else if (answer === "ok" || (answer === "refuse" && redemption.madeAtShopify))
          redemption.status = "ready";
        else if (answer === "refuse") this.close(redemption, "failed", now);
      }
      this.switchOff(redemption, now, answer, isUsed(key));
    }
  }

  switchOff(redemption: Redemption, now: Date, answer: Answer, used: boolean): void {
    const answered = answer === "ok" || answer === "refuse";
    if (isOpen(redemption) && redemption.closing && answered && !used)
      this.close(redemption, redemption.closing, now);
  }
  close(redemption: Redemption, status: Redemption["status"], now: Date): void {
    this.giveBack(redemption.person, redemption.taken, now, null);
    Object.assign(redemption, { status, closing: null });
  }

  /** What open codes may give back to whom. */
  bound(): Map<Grant, Person> {
    const open = [...this.redemptions.values()].filter(isOpen);
    return new Map(open.flatMap(({ taken, person }) => taken.map(({ grant }) => [grant, person] as const)));
  }

  /** An order spends a code once. Were its points back already, they are taken again, or owed, or forgiven. */
  useCode(key: string, order: string, at: Date): void {
    const redemption = this.redemptions.get(key);
    if (!redemption || redemption.status === "used") return;
    const { person, points } = redemption;
    if (!isOpen(redemption) && this.available(person) >= points) {
      redemption.taken = this.take(this.usable(person), points).taken;
      person.active = latest(person.active, at);
    } else if (!isOpen(redemption)) {
      const most =
        this.program.shortfall === "owed" ? points : Math.max(0, Math.min(points, this.available(person)));
      person.owed += this.take(this.usable(person), most).missing;
      person.lifetime -= most;
      Object.assign(redemption, { owing: true, points: most });
    }
    Object.assign(redemption, { status: "used", closing: null, order });
  }

  /** The order was undone: what it was paid for with comes back, with at least 14 days to use it. */
  restore(order: string, now: Date): void {
    const least = new Date(now.getTime() + 14 * DAY);
    for (const redemption of this.redemptions.values()) {
      if (redemption.order !== order || redemption.restored) continue;
      redemption.restored = true;
      const { person, points } = redemption;
      if (!redemption.owing) this.giveBack(person, redemption.taken, now, least);
      else if (points > 0) {
        this.grant(person, points, { earned: now, expires: least });
        person.lifetime += points;
      }
    }
  }
}
