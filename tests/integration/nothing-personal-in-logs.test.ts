import { afterAll, beforeAll, expect, test } from "vitest";
import type { LogFields, Logger } from "#app/platform/log/logger.server.ts";
import { useServices } from "#app/services.server.ts";
import { useTestDatabase } from "#tests/support/database.ts";
import { shopOnSandbox, type ShopOnSandbox } from "#tests/support/shop-on-sandbox.ts";
import {
  FRIEND_EMAIL,
  GUEST_EMAIL,
  liveAndForget,
  liveByHand,
  liveByWebhooks,
  PEOPLE,
  wholeLife,
} from "#tests/support/whole-life.ts";

const database = useTestDatabase();
const now = new Date(Date.now() + 3_600_000);
const lines: string[] = [];
let shop: ShopOnSandbox;

/** Everything that is handed to the log, before the log itself drops fields and blots out addresses. */
const listening: Logger = { debug: note, info: note, warn: note, error: note };

function note(message: string, fields: LogFields = {}): void {
  const { error, ...rest } = fields;
  const said = error instanceof Error ? `${error.name} ${error.message} ${error.stack}` : String(error ?? "");
  lines.push(`${message} ${JSON.stringify(rest)} ${said}`);
}

beforeAll(async () => {
  shop = await shopOnSandbox(database.db, () => now, { log: listening });
  const life = wholeLife(shop);
  const { customers } = await liveByWebhooks(life);
  await liveByHand(life, customers);
  await liveAndForget(life, customers);
}, 120_000);
afterAll(async () => {
  useServices(undefined);
  await shop.sandbox.close();
});

test("the run said something: webhooks, imports, jobs, and what went wrong with some", () => {
  const text = lines.join("\n");
  for (const said of [
    "webhook processed",
    "webhook parked",
    "an import was read",
    "The night's work is done",
  ])
    expect(text).toContain(said);
  expect(lines.length).toBeGreaterThan(25);
});

test("T20 nobody's name, address or phone number is handed to the log", () => {
  const personal = [
    ...PEOPLE.flatMap(({ firstName, lastName, email, phone }) => [
      firstName,
      lastName,
      email,
      phone.slice(1),
    ]),
    GUEST_EMAIL,
    FRIEND_EMAIL,
    "nobody@nowhere.example",
    "203.0.113.9",
  ];
  const found = lines.filter((line) =>
    personal.some((value) => line.toLowerCase().includes(value.toLowerCase())),
  );
  expect(found).toEqual([]);
  expect(lines.filter((line) => /[^\s@"']+@[^\s@"']+\.(?:example|com)\b/u.test(line))).toEqual([]);
});
