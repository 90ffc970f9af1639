/**
 * Draws what happens next in a shop, and keeps what is true of it outside of us: its orders, which codes were used at the
 * checkout, and the webhooks that are on their way. Every step draws from numbers of its own, so that a history with some
 * steps left out still goes through the others.
 */
import { addDays, localDate, startOfLocalDay } from "#app/loyalty/program/calendar.ts";
import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { changeOrder, drawOrder, isOver } from "./draw-order.ts";
import { drawProgram } from "./draw-program.ts";
import type { Random } from "./random.ts";
import type { ModelShop } from "./shops.ts";
import type { Answer, Delivery, TrueOrder } from "./shopify-truth.ts";

export type Command =
  | { kind: "deliver"; deliveries: Delivery[]; together: boolean }
  | {
      kind: "redeem";
      key: string;
      customer: string;
      rewardId: string;
      points: number;
      codeLifeDays: number;
      answer: Answer;
    }
  | { kind: "cancel"; key: string; answer: Answer; used: boolean }
  | { kind: "try_again"; answer: Answer; used: ReadonlySet<string> }
  | { kind: "adjust"; key: string; customer: string; points: number }
  | { kind: "block"; customer: string; blocked: boolean }
  | { kind: "publish"; program: ProgramSettings }
  | { kind: "night" }
  | { kind: "restart" };

/** A command, when it happens, and before which of its statements the power goes. */
export type Step = { at: Date; cutAt: number | null } & Command;

/** Whether these are settled as one set. A merge is always by itself. */
export function isTogether({ deliveries, together }: Extract<Command, { kind: "deliver" }>): boolean {
  return together && deliveries.every(({ about }) => about !== "merge");
}

const MEMBERS = 20;
/** How many webhooks are on their way before some of them have to arrive. */
const MOST_MAIL = 40;
const LATE = 60;
const ANSWERS: readonly (readonly [number, Answer])[] = [
  [6, "ok"],
  [1, "down"],
  [1, "lost"],
  [1, "refuse"],
];

export class World {
  readonly shop: ModelShop;
  program: ProgramSettings;
  #now: Date;
  #names = 0;
  readonly #orders: TrueOrder[] = [];
  /** Sent and not yet here, or here and to come once more. */
  #mail: Delivery[] = [];
  /** Rewards shoppers asked for, and those whose code a checkout has counted. */
  readonly #codes: { key: string; customer: string }[] = [];
  readonly #placed = new Set<string>();
  readonly #used = new Set<string>();
  readonly #isUsable: (key: string) => boolean;

  /** @param isUsable whether the shopper has been shown the code of this redemption */
  constructor(shop: ModelShop, random: Random, isUsable: (key: string) => boolean) {
    this.shop = shop;
    this.#isUsable = isUsable;
    this.program = drawProgram(random, shop);
    this.#now = new Date(
      Date.UTC(2026 + random.int(3), random.int(12), random.between(1, 28), random.int(24)),
    );
  }

  /** The next step, and how many commands it counts for: each webhook of a burst is one. */
  draw(random: Random): { step: Step; counts: number } {
    this.#timePasses(random);
    const cutAt = random.chance(0.04) ? random.between(1, 24) : null;
    const command = this.#command(random);
    const counts = command.kind === "deliver" ? command.deliveries.length : 1;
    return { step: { ...command, at: this.#now, cutAt }, counts };
  }

  #command(random: Random): Command {
    const kind = random.weighted([
      [30, "order"],
      [34, "change"],
      [2, "deliver"],
      [4, "redeem"],
      [1, "cancel"],
      [0.6, "try_again"],
      [1.5, "adjust"],
      [0.3, "block"],
      [0.35, "publish"],
      [1.4, "night"],
      [0.15, "merge"],
      [0.15, "restart"],
    ] as const);
    switch (kind) {
      case "order":
        return this.#order(random);
      case "change":
        return this.#change(random);
      case "deliver":
        return this.#deliver(random, random.between(1, 10));
      case "redeem": {
        const customer = this.#customer(random);
        const reward = random.pick(this.program.rewards);
        const key = `redeem-${this.#name()}`;
        this.#codes.push({ key, customer });
        const points = reward.kind === "cash" ? 0 : reward.cost;
        const { id: rewardId, codeLifeDays } = reward;
        return { kind, key, customer, rewardId, points, codeLifeDays, answer: random.weighted(ANSWERS) };
      }
      case "cancel": {
        const code = this.#codes[this.#codes.length - 1 - random.int(Math.min(10, this.#codes.length))];
        if (!code) return this.#order(random);
        return { kind, key: code.key, answer: random.weighted(ANSWERS), used: this.#used.has(code.key) };
      }
      case "try_again":
        return { kind, answer: random.weighted(ANSWERS), used: this.#used };
      case "adjust": {
        const points = random.between(1, 2000) * (random.chance(0.4) ? -1 : 1);
        return { kind, key: `adjust-${this.#name()}`, customer: this.#customer(random), points };
      }
      case "block":
        return { kind, customer: this.#customer(random), blocked: random.chance(0.4) };
      case "publish":
        this.program = drawProgram(random, this.shop);
        return { kind, program: this.program };
      case "night":
        this.#now = this.#nextNight(random);
        return { kind };
      case "merge": {
        const [kept, gone] = [this.#customer(random), this.#customer(random)];
        if (kept === gone) return this.#order(random);
        return this.#send(random, [{ about: "merge", kept, gone, webhookId: this.#name() }]);
      }
      case "restart":
        return { kind };
    }
  }

  #timePasses(random: Random): void {
    this.#now = new Date(this.#now.getTime() + random.int(120) * 60_000 + 1000);
  }
  #name(): string {
    return String((this.#names += 1));
  }
  #customer(random: Random): string {
    return String(7001 + random.int(MEMBERS));
  }

  #order(random: Random): Command {
    const customer = this.#customer(random);
    const codes = this.#codes
      .slice(-LATE)
      .filter(
        ({ key, customer: whose }) => whose === customer && this.#isUsable(key) && !this.#placed.has(key),
      );
    const redemption = codes.length > 0 && random.chance(0.5) ? random.pick(codes).key : null;
    if (redemption) this.#placed.add(redemption);
    // The checkout's own count of a code may come too late for us to see it.
    if (redemption && random.chance(0.8)) this.#used.add(redemption);
    const order = drawOrder(random, this.shop, {
      id: String(500_000 + Number(this.#name())),
      customer,
      at: this.#now,
      redemption,
    });
    this.#orders.push(order);
    return this.#send(random, [this.#tell("orders/create", order)]);
  }

  #change(random: Random): Command {
    const recent = this.#orders.slice(-LATE);
    const open = recent.filter((order) => !isOver(order));
    if (open.length === 0) return this.#order(random);
    const order = random.pick(open);
    const ids = { refundId: `9${this.#name()}`, lineId: `${order.id}${this.#name()}` };
    const changed = changeOrder(random, this.shop, order, { at: this.#now, ...ids });
    if (!changed) return this.#order(random);
    const { state, refund } = changed;
    this.#orders[this.#orders.indexOf(order)] = state;
    const told: Delivery[] = [this.#tell(state.cancelled ? "orders/cancelled" : "orders/updated", state)];
    if (refund) told.unshift({ about: "refund", order: order.id, refund, webhookId: this.#name() });
    return this.#send(random, told);
  }

  #tell(topic: string, state: TrueOrder): Delivery {
    return { about: "order", topic, state, webhookId: this.#name() };
  }

  /** Arrives at once; or it waits with the rest of the mail until there is much of it, and something else happens. */
  #send(random: Random, told: Delivery[]): Command {
    if (random.chance(0.12)) {
      if (random.chance(0.2)) this.#mail.push(...told);
      return { kind: "deliver", deliveries: told, together: false };
    }
    this.#mail.push(...told);
    if (this.#mail.length < MOST_MAIL && !random.chance(0.03)) {
      this.#timePasses(random);
      return this.#command(random);
    }
    return this.#deliver(random, random.chance(0.9) ? random.between(15, 40) : random.between(1, 3));
  }

  #deliver(random: Random, most: number): Command {
    if (this.#mail.length === 0) return this.#order(random);
    const deliveries: Delivery[] = [];
    for (let count = 0; count < most && this.#mail.length > 0; count += 1) {
      const index = random.int(this.#mail.length);
      const delivery = this.#mail[index]!;
      const again = random.chance(0.25);
      // The same delivery again, or the same news under a number of its own.
      if (again && random.chance(0.5)) this.#mail[index] = { ...delivery, webhookId: this.#name() };
      if (!again) this.#mail.splice(index, 1);
      deliveries.push(delivery);
    }
    return { kind: "deliver", deliveries, together: random.chance(deliveries.length > 3 ? 0.9 : 0.5) };
  }

  /** Some minutes after a midnight of the shop: the next one, or one that calendars stumble over, or days later. */
  #nextNight(random: Random): Date {
    const { timeZone } = this.shop;
    const today = localDate(this.#now, timeZone);
    const day = random.weighted([
      [1, () => today],
      [10, () => addDays(today, 1)],
      [4, () => addDays(today, random.between(2, 40))],
      [2, () => oddDay(random, today, timeZone)],
    ])();
    const at = startOfLocalDay(day, timeZone).getTime() + random.pick([0, 1, 60, 90, 150, 600]) * 60_000;
    return new Date(Math.max(at, this.#now.getTime() + 1000));
  }
}

/** The next of: a leap day or what stands for it, a year's end or beginning, a day of 23 or 25 hours and the one after. */
function oddDay(random: Random, today: string, timeZone: string): string {
  const wanted = random.pick(["02-28", "02-29", "03-01", "12-31", "01-01", "clock"] as const);
  for (let ahead = 1; ahead <= 366; ahead += 1) {
    const day = addDays(today, ahead);
    if (wanted === "clock" ? changesClock(day, timeZone) : day.endsWith(wanted)) return day;
  }
  return addDays(today, 1);
}

const clocks = new Map<string, boolean>();
function changesClock(day: string, timeZone: string): boolean {
  const key = `${timeZone} ${day}`;
  let changes = clocks.get(key);
  if (changes === undefined) {
    const [from, to] = [startOfLocalDay(day, timeZone), startOfLocalDay(addDays(day, 1), timeZone)];
    clocks.set(key, (changes = to.getTime() - from.getTime() !== 86_400_000));
  }
  return changes;
}
