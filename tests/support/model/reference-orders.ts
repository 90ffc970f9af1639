/** The reference, fourth part: what orders hold, whatever is heard of them and when. */
import { priceOrder, type Rules } from "./price-order.ts";
import { Rewards } from "./reference-rewards.ts";
import { DAY, latest, soonestFirst, type Person, type KnownOrder } from "./reference-records.ts";
import type { TrueOrder, TrueRefund } from "./shopify-truth.ts";

const PAID = ["paid", "partially_refunded", "refunded"];
const PROGRESS = [
  "pending",
  "authorized",
  "partially_paid",
  "paid",
  "partially_refunded",
  "refunded",
  "expired",
  "voided",
];

export class Orders extends Rewards {
  order(id: string): KnownOrder {
    const fresh = {
      state: null,
      refunds: new Map(),
      person: null,
      rules: null,
      holds: 0,
      spent: 0,
      changes: 0,
      lapsed: 0,
      back: { lapsed: 0, others: 0, forgiven: 0 },
    };
    if (!this.orders.has(id)) this.orders.set(id, { ...fresh, was: "new" });
    return this.orders.get(id)!;
  }

  /** Keeps the later of two states, and every refund once. */
  hearOfOrder(state: TrueOrder): void {
    const known = this.order(state.id);
    for (const refund of state.refunds) this.hearOfRefund(state.id, refund);
    const rank = (of: TrueOrder) => [of.updated.getTime(), of.cancelled ? 1 : 0, PROGRESS.indexOf(of.status)];
    if (!known.state || later(rank(state), rank(known.state))) known.state = state;
  }
  hearOfRefund(id: string, refund: TrueRefund): void {
    const { refunds } = this.order(id);
    if (!refunds.has(refund.id)) refunds.set(refund.id, refund);
  }

  /** Makes the order hold what its latest state earns. */
  settle(id: string, now: Date): void {
    const known = this.order(id);
    const { state } = known;
    if (!state) return;
    const { earn } = this.program;
    // Once awarded it stays whose it is.
    const before = known.rules !== null || known.changes > 0 ? known.person : null;
    const person = this.person(before?.customer ?? state.customer);
    const settledBefore = known.person !== null;
    const undone = state.cancelled !== null || state.status === "voided";
    if (this.person(state.customer).blocked && !known.rules) {
      known.was = "blocked";
      const { undone: over } = priceOrder(state, [...known.refunds.values()], {
        earn,
        multiplier: "1",
        cap: null,
      });
      return this.settleCodes(state, undone || over, now);
    }
    known.person = person;
    const owing = known.rules !== null && state.status === "partially_paid";
    const triggered = known.rules !== null || earn.on === "paid" || state.fulfilled;
    const paid = !undone && (owing || (PAID.includes(state.status) && triggered));
    const sourceOff = !known.rules && (known.was === "source_off" || (state.pos && !earn.sources.pos));
    const earning = paid && !sourceOff;
    const tier = this.program.tiers.find(({ id: tierId }) => tierId === person.tier) ?? this.program.tiers[0];
    const rules = known.rules ?? { earn, multiplier: tier?.multiplier ?? "1", cap: null };
    const room = earning ? this.room(id, person, state, rules.earn.caps) : null;
    if (earning && !known.rules) known.rules = { ...rules, cap: room };
    const worth = priceOrder(state, [...known.refunds.values()], known.rules ?? rules);
    let points = earning ? worth.points : 0;
    if (room !== null && points > known.holds) points = Math.min(points, Math.max(known.holds, room));
    const spent = earning ? worth.spent : 0;
    const paidLater = settledBefore || known.changes > 0;
    if (points > known.holds)
      this.earn(person, points - known.holds, id, paidLater ? state.updated : state.processed, now);
    if (points < known.holds) this.takeBack(person, known.holds - points, id);
    const changed = points !== known.holds || spent !== known.spent;
    const counted = this.counts(known);
    if (points !== known.holds) known.changes += 1;
    known.holds = points;
    known.spent = spent;
    known.was = paid ? (sourceOff ? "source_off" : "earning") : undone ? "cancelled" : "unpaid";
    this.settleCodes(state, undone || worth.undone, now);
    if (changed)
      this.raiseTier(person, now, {
        amount: Math.max(0, counted - this.counts(known)),
        placed: state.processed,
      });
  }

  settleCodes(state: TrueOrder, undone: boolean, now: Date): void {
    if (state.redemption) this.useCode(state.redemption, state.id, state.updated);
    if (undone) this.restore(state.id, now);
  }

  room(id: string, person: Person, state: TrueOrder, caps: Rules["earn"]["caps"]): number | null {
    const day = (of: TrueOrder) => this.day(of.processed);
    const others = [...this.orders].filter(
      ([other, { person: whose }]) => other !== id && whose && this.person(whose.customer) === person,
    );
    const hold = (list: typeof others) => list.reduce((all, [, { holds }]) => all + holds, 0);
    const sameDay = others.filter(([, other]) => other.state && day(other.state) === day(state));
    const rooms = [caps.perOrder, less(caps.perDay, hold(sameDay)), less(caps.perMember, hold(others))];
    const capped = rooms.filter((room) => room !== null);
    return capped.length === 0 ? null : Math.max(0, Math.min(...capped));
  }

  /** What was taken back last comes back first: the shop's loss is made good, then the member's, then what had lapsed. */
  earn(person: Person, earned: number, order: string, at: Date, now: Date): void {
    const known = this.order(order);
    const toShop = Math.min(earned, known.back.forgiven);
    const others = Math.min(earned - toShop, known.back.others);
    const lapsed = Math.min(earned - toShop - others, known.back.lapsed);
    known.back.forgiven -= toShop;
    known.back.others -= others;
    known.back.lapsed -= lapsed;
    known.lapsed += lapsed;
    const points = earned - toShop - lapsed;
    const usable = new Date(at.getTime() + this.program.earn.holdDays * DAY);
    // Nothing lapses before it can be used, which it can after the night that ends its hold.
    const lapses = this.lapses(at);
    const expires = lapses && lapses <= this.midnightFrom(usable) ? this.lapses(usable) : lapses;
    if (points > 0)
      this.grant(person, points, {
        earned: at,
        usable,
        pending: usable > now,
        expires,
        order,
      });
    person.lifetime += earned;
    person.active = latest(person.active, at);
  }

  /**
   * The order's own pending points, then its own usable ones, then what of its own has lapsed, then the rest; what is missing
   * is owed or forgiven.
   */
  takeBack(person: Person, points: number, order: string): void {
    const known = this.order(order);
    person.lifetime -= points;
    const own = person.grants.filter((grant) => grant.order === order).sort(soonestFirst);
    const afterPending = this.take(
      own.filter(({ pending }) => pending),
      points,
    ).missing;
    const afterOwn = this.take(
      own.filter(({ pending }) => !pending),
      afterPending,
    ).missing;
    const lapsed = Math.min(afterOwn, known.lapsed);
    known.lapsed -= lapsed;
    known.back.lapsed += lapsed;
    const { missing } = this.take(this.usable(person), afterOwn - lapsed);
    const forgiven = this.program.shortfall === "owed" ? 0 : missing;
    known.back.forgiven += forgiven;
    known.back.others += afterOwn - lapsed - forgiven;
    person.owed += missing - forgiven;
  }
}

const less = (cap: number | null, used: number): number | null => (cap === null ? null : cap - used);
const later = (a: number[], b: number[]): boolean => {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && a[at]! > b[at]!;
};
