import { describe, expect, test } from "vitest";
import {
  eventReason,
  explainEvent,
  explainJob,
  taskText,
  topicText,
} from "#app/components/activity/explain-failure.ts";
import { outcomeText } from "#app/components/home/order-words.ts";
import type { SettleOutcome } from "#app/loyalty/orders/settlement.ts";
import type { ErrorCode } from "#app/platform/errors.ts";
import { COMPLIANCE_TOPICS, INBOX_TOPICS } from "#app/platform/inbox/topics.ts";
import { taskHandlers } from "#app/task-handlers.server.ts";
import type { ActivityEvent, ActivityJob } from "#app/loyalty/insights/read-activity.server.ts";
import { dollarWords, wonWords } from "../words-for-tests.ts";

const { t } = dollarWords();
const EVENT: ActivityEvent = {
  webhookId: "w",
  topic: "orders/paid",
  status: "parked",
  reason: "malformed",
  subject: "order:1",
  orderName: "#1042",
  attempts: 1,
  receivedAt: "2026-11-20T17:00:00Z",
  settledAt: null,
  kept: true,
};
const JOB: ActivityJob = {
  jobId: "1",
  task: "fulfil-redemption",
  about: {},
  attempts: 25,
  maxAttempts: 25,
  state: "failed",
  lastError: "unavailable",
  runAt: "2026-11-20T17:00:00Z",
  updatedAt: "2026-11-20T17:00:00Z",
};

test("a parked event says what happened, what was not lost, and the one thing to do", () => {
  expect(explainEvent(EVENT, t)).toEqual({
    what: "Shopify sent something that Dangol could not read.",
    done: "Nothing of it was applied, and what came is kept.",
    todo: "Try it again.",
  });
});

test("an event whose payload is gone sends nobody to retry it", () => {
  expect(explainEvent({ ...EVENT, kept: false }, t).todo).toContain("nothing to do");
});

test("a reason without words of its own is still shown", () => {
  expect(eventReason({ status: "parked", reason: "odd_thing" }, t)).toBe(
    "It could not be handled (odd_thing).",
  );
  expect(eventReason({ status: "ignored", reason: "guest" }, t)).toBe("It changes nothing for points.");
});

test("a failed job says what it means for points, and one that goes on needs nobody", () => {
  expect(explainJob(JOB, t)).toEqual({
    what: "The member's points stay held, so nothing can be used twice.",
    done: "Dangol tried 25 times and stopped.",
    todo: "Try it again; if it fails once more, look at the details.",
  });
  expect(explainJob({ ...JOB, state: "retrying", attempts: 2 }, t).todo).toBe("There is nothing to do.");
});

test("topics and tasks have names in both languages, and unknown ones keep theirs", () => {
  expect(topicText("refunds/create", wonWords().t)).toBe("환불");
  expect(topicText("carts/update", t)).toBe("carts/update");
  expect(taskText("settle-order", t)).toBe("Work out an order's points");
  expect(taskText("some-task", t)).toBe("some-task");
});

describe.each([
  ["English", dollarWords()],
  ["Korean", wonWords()],
])("in %s there is a text of its own", (_language, words) => {
  const hangul = /[가-힣]/u;
  const written = (text: string, code: string) =>
    expect([code, text !== code, hangul.test(text)]).toEqual([code, true, words.locale === "ko"]);

  test("for every task", () => {
    const names = Object.keys(taskHandlers).map((task) => {
      written(taskText(task, words.t), task);
      written(explainJob({ ...JOB, task }, words.t).what, task);
      return taskText(task, words.t);
    });
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(21);
  });

  test("for every topic", () => {
    for (const topic of [...INBOX_TOPICS, ...COMPLIANCE_TOPICS]) written(topicText(topic, words.t), topic);
  });

  test("for every reason that an event is set aside or ignored for", () => {
    const codes: Record<ErrorCode, true> = {
      not_found: true,
      conflict: true,
      invalid_input: true,
      malformed: true,
      unauthorized: true,
      upstream_unavailable: true,
      upstream_refused: true,
      database_unavailable: true,
      configuration: true,
      invariant_violation: true,
    };
    for (const reason of [...Object.keys(codes), "shop_mismatch", "failed"]) {
      const text = eventReason({ status: "parked", reason }, words.t);
      written(text, reason);
      expect(text).not.toContain(reason);
    }
    for (const reason of [
      "not_installed",
      "erased",
      "merged",
      "merge_not_completed",
      "redacted",
      "marked_done",
    ]) {
      written(eventReason({ status: "ignored", reason }, words.t), reason);
      expect(eventReason({ status: "ignored", reason }, words.t)).not.toBe(words.t("event.reason.nothing"));
    }
  });

  test("for every outcome of a settlement", () => {
    const outcomes: Record<SettleOutcome, true> = {
      settled: true,
      unchanged: true,
      awaiting_order: true,
      awaiting_facts: true,
      source_off: true,
      not_paid: true,
      guest: true,
      test: true,
      cancelled: true,
      blocked: true,
      erased: true,
      uninstalled: true,
    };
    for (const outcome of Object.keys(outcomes)) {
      written(outcomeText(outcome, words), outcome);
      expect([outcome, outcomeText(outcome, words)]).not.toEqual([outcome, words.t("order.outcome.other")]);
    }
  });
});
