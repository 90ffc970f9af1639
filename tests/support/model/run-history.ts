import type { ProgramSettings } from "#app/loyalty/program/settings.ts";
import { isTogether, World, type Step } from "./draw-command.ts";
import { differences, linesOfEngine, linesOfModel } from "./compare.ts";
import { Engine } from "./engine.ts";
import { randomOf } from "./random.ts";
import { ReferenceModel } from "./reference-model.ts";
import { MODEL_SHOPS } from "./shops.ts";

export interface History {
  seed: number;
  /** How many commands it goes on for. */
  commands: number;
  /** Steps that are left out, for making a failing history smaller. */
  without?: ReadonlySet<number>;
}

export interface Failure {
  history: History;
  /** The step after which the two were seen to differ. */
  step: number;
  found: string[];
  done: Step[];
}

export interface HistoryRun {
  commands: number;
  steps: number;
  failure: Failure | null;
}

interface RunOptions {
  /** Compares after every so many steps. */
  every?: number;
  /** Lets the ledger's audit look too, at every so manieth comparison. */
  auditEvery?: number;
  /** What the model takes the program for: to see that a difference is noticed. */
  misread?: (program: ProgramSettings) => ProgramSettings;
}

/** Does the same to the product and to the model, and compares everything that members could notice. */
export async function runHistory(
  url: string,
  history: History,
  options: RunOptions = {},
): Promise<HistoryRun> {
  const { seed } = history;
  const { every = 40, auditEvery = 5, misread = (program) => program } = options;
  const shop = MODEL_SHOPS[seed % MODEL_SHOPS.length]!;
  const world = new World(shop, randomOf(seed, -1), (key) => model.redemptions.get(key)?.status === "ready");
  const model: ReferenceModel = new ReferenceModel(shop.timeZone, misread(world.program));
  const engine = await Engine.open(url, shop, world.program, new Date(0));
  const done: Step[] = [];
  let commands = 0;
  const ended = (step: number, found: string[]): HistoryRun => ({
    commands,
    steps: step,
    failure: found.length === 0 ? null : { history: { ...history, commands }, step, found, done },
  });
  try {
    for (let step = 0; ; step += 1) {
      const over = commands >= history.commands;
      if (over || step % every === 0) {
        const found = differences(linesOfModel(model), await linesOfEngine(engine.db, engine.shopId));
        if (found.length > 0) return ended(step, found);
        if (over || step % (every * auditEvery) === 0) found.push(...(await engine.audit()));
        if (over || found.length > 0) return ended(step, found);
      }
      const drawn = world.draw(randomOf(seed, step));
      commands += drawn.counts;
      // What is drawn afterwards goes by the rules that were published.
      if (history.without?.has(step) && drawn.step.kind !== "publish") continue;
      done.push(drawn.step);
      const error = await engine.apply(drawn.step).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (error)
        return ended(step, [error instanceof Error ? (error.stack ?? error.message) : String(error)]);
      applyToModel(model, drawn.step, misread);
    }
  } finally {
    await engine.close();
  }
}

const seen = new WeakMap<ReferenceModel, Set<string>>();

function applyToModel(
  model: ReferenceModel,
  step: Step,
  misread: (program: ProgramSettings) => ProgramSettings,
): void {
  const { at } = step;
  switch (step.kind) {
    case "deliver":
      return deliver(model, step);
    case "redeem":
      model.redeem(step.key, step.customer, step, step.answer, at);
      return;
    case "cancel":
      model.cancel(step.key, at, step.answer, step.used);
      return;
    case "try_again":
      model.tryAgain(at, step.answer, (key) => step.used.has(key));
      return;
    case "adjust":
      model.adjust(step.customer, step.points, at);
      return;
    case "block":
      model.block(step.customer, step.blocked, step.at);
      return;
    case "publish":
      model.publish(misread(step.program), at);
      return;
    case "night":
      model.night(at);
      return;
    case "restart":
      return;
  }
}

function deliver(model: ReferenceModel, step: Extract<Step, { kind: "deliver" }>): void {
  const { at, deliveries } = step;
  // Together they are settled as one set, oldest first.
  const together = isTogether(step);
  const known = seen.get(model) ?? new Set();
  seen.set(model, known);
  const touched = new Set<string>();
  for (const delivery of deliveries) {
    if (!together && known.has(delivery.webhookId)) continue;
    if (!together) known.add(delivery.webhookId);
    if (delivery.about === "merge") model.merge(delivery.kept, delivery.gone, at);
    else {
      const id = delivery.about === "order" ? delivery.state.id : delivery.order;
      if (delivery.about === "order") model.hearOfOrder(delivery.state);
      else model.hearOfRefund(id, delivery.refund);
      if (together) touched.add(id);
      else model.settle(id, at);
    }
  }
  for (const id of oldestFirst(model, [...touched])) model.settle(id, at);
}

function oldestFirst(model: ReferenceModel, ids: string[]): string[] {
  const age = (id: string) => model.orders.get(id)?.state?.processed.getTime() ?? 0;
  return ids.toSorted((a, b) => age(a) - age(b) || (a < b ? -1 : 1));
}
