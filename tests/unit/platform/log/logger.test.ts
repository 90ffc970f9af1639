import { expect, test } from "vitest";
import { createLogger, type LogFields } from "#app/platform/log/logger.server.ts";

function logged(write: (log: ReturnType<typeof createLogger>) => void): string {
  let text = "";
  write(createLogger({ level: "debug", destination: { write: (line: string) => void (text += line) } }));
  return text;
}

test("a line holds the fields it may hold", () => {
  const line: unknown = JSON.parse(
    logged((log) => log.info("job done", { shopId: "a.myshopify.com", task: "settle-order", attempt: 2 })),
  );
  expect(line).toMatchObject({
    msg: "job done",
    shopId: "a.myshopify.com",
    task: "settle-order",
    attempt: 2,
  });
});

test("a field that is not on the list is dropped, whatever the types said", () => {
  const smuggled = {
    shopId: "a.myshopify.com",
    payload: { email: "kim@example.com" },
    name: "Kim Min-ji",
    accessToken: "shpat_1",
  };
  const text = logged((log) => log.info("webhook", smuggled as LogFields));
  for (const secret of ["kim@example.com", "Kim", "shpat_1", "payload"]) expect(text).not.toContain(secret);
});

test("an address, a phone number or a token inside a message or an error is blotted out", () => {
  const token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl";
  const error = new Error(
    `Failed to parse session token '${token}' of kim@example.com, +82 10-1234-5678, shpat_0123456789abcdef`,
  );
  const text = logged((log) => log.error("failed", { error, reason: "mail to lee@example.co.kr bounced" }));
  for (const secret of [
    token,
    "kim@example.com",
    "10-1234-5678",
    "shpat_0123456789abcdef",
    "lee@example.co.kr",
  ]) {
    expect(text).not.toContain(secret);
  }
});

test("an error's own data and cause stay out, since they may quote what came in", () => {
  const error = Object.assign(new Error("refused", { cause: new Error("cause kim") }), {
    code: "23505",
    detail: "Key (email)=(kim)",
  });
  const text = logged((log) => log.error("failed", { error }));
  expect(text).toContain("23505");
  expect(text).not.toContain("kim");
});
