import { describe, expect, test } from "vitest";
import { HOSTILE, seoulMember, seoulProgram } from "#tests/unit/extensions/storefront-loyalty/fixtures.ts";
import {
  reward,
  me,
  readyCode,
  server,
  context,
  page,
  useBlocks,
  answerWith,
  visit,
  openPanel,
  settled,
  row,
  openConfirm,
} from "./blocks-scene.ts";

useBlocks();

describe("redeeming", () => {
  const ticket = { ...readyCode, code: "DG-NEW2-CODE", balance: 750 };

  test("an answer that got lost is asked for again with the same key, and shown once", async () => {
    let attempts = 0;
    server.answer = answerWith({
      "/me/redemptions": () =>
        ++attempts === 1 ? { status: 502, body: null } : { status: 201, body: ticket },
    });
    await visit();
    await openConfirm("five-off");
    await row("five-off").locator("[data-act=redeem]").click();
    await expect
      .poll(() => row("five-off").locator("[role=alert]").textContent())
      .toContain("will not be counted twice");
    await page.reload();
    await page.waitForFunction(() => customElements.get("dangol-widget") !== undefined);
    await openConfirm("five-off");
    await row("five-off").locator("[data-act=redeem]").click();
    await expect
      .poll(() => row("five-off").locator(".dangol-ticket__code").textContent())
      .toBe("DG-NEW2-CODE");
    const wishes = server.calls.filter(({ path }) => path === "/me/redemptions").map(({ body }) => body);
    expect(wishes).toHaveLength(2);
    expect(wishes[0]).toEqual(wishes[1]);
    expect(wishes[0]).toMatchObject({ rewardId: "five-off" });
    expect(await row("five-off").locator("[data-slot=apply]").getAttribute("href")).toBe(
      "/discount/DG-NEW2-CODE?redirect=%2Fcart",
    );
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual([]);
  });

  test("pressing twice asks once, and the next wish has another key", async () => {
    server.answer = answerWith({ "/me/redemptions": () => ({ status: 201, body: ticket }) });
    await visit();
    await openConfirm("five-off");
    await row("five-off").locator("[data-act=redeem]").dblclick();
    await row("five-off").locator(".dangol-ticket").waitFor();
    await row("free-shipping").locator("[data-act=choose]").click();
    await row("free-shipping").locator("[data-act=redeem]").click();
    await row("free-shipping").locator(".dangol-ticket").waitFor();
    const keys = server.calls
      .filter(({ path }) => path === "/me/redemptions")
      .map(({ body }) => body["idempotencyKey"]);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(2);
  });

  test("a refusal is told in the app's words and spends its key", async () => {
    const refusal = { error: { code: "insufficient_points", message: "You need 20P more." } };
    server.answer = answerWith({ "/me/redemptions": () => ({ status: 409, body: refusal }) });
    await visit();
    await openConfirm("five-off");
    await row("five-off").locator("[data-act=redeem]").click();
    await expect.poll(() => row("five-off").locator("[role=alert]").textContent()).toBe("You need 20P more.");
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual([]);
  });

  test("points-as-cash goes in steps, never below the least nor above what there is", async () => {
    const cash = reward("cash", "적립금 사용", 1000, {
      kind: "cash",
      min: 1000,
      step: 100,
      max: 3000,
      affordable: true,
    });
    const points = { ...me().points, available: 4250 };
    server.answer = answerWith({
      "/me": () => ({ body: me({ points, rewards: [cash] }) }),
      "/me/redemptions": () => ({ status: 201, body: ticket }),
    });
    await visit({ program: seoulProgram, loyalty: seoulMember, lang: "ko" });
    await openConfirm("cash");
    const amount = row("cash").locator("[data-slot=points]").first();
    expect(await amount.textContent()).toBe("1,000원");
    await row("cash").locator("[data-act=all]").click();
    expect(await amount.textContent()).toBe("3,000원");
    expect(await row("cash").locator("[data-act=more]").isDisabled()).toBe(true);
    await row("cash").locator("[data-act=less]").click();
    expect(await amount.textContent()).toBe("2,900원");
    for (let step = 0; step < 19; step += 1) await row("cash").locator("[data-act=less]").click();
    expect(await amount.textContent()).toBe("1,000원");
    expect(await row("cash").locator("[data-act=less]").isDisabled()).toBe(true);
    await row("cash").locator("[data-act=redeem]").click();
    await row("cash").locator(".dangol-ticket").waitFor();
    expect(server.calls.find(({ path }) => path === "/me/redemptions")?.body).toMatchObject({
      rewardId: "cash",
      points: 1000,
    });
    expect(server.calls.every(({ query }) => query.get("locale") === "ko")).toBe(true);
  });

  test("a code is given back after a question, and kept when the shopper would rather", async () => {
    server.answer = answerWith({
      "/me": () => ({ body: me({ codes: [readyCode] }) }),
      "/me/redemptions/c1/cancel": () => ({
        body: { id: "c1", status: "cancelled", points: 500, balance: 1750 },
      }),
    });
    await visit();
    await openPanel();
    await settled();
    const shown = page.locator("[data-dangol-codes] .dangol-ticket");
    await expect.poll(() => shown.textContent()).toContain("Until 12 Mar 2030, then your points return");
    await shown.locator("[data-act=doubt]").click();
    await expect.poll(() => shown.textContent()).toContain("500P come back to you");
    await shown.locator("[data-act=keep]").click();
    expect(server.calls.filter(({ method }) => method === "POST")).toEqual([]);
    await shown.locator("[data-act=doubt]").click();
    await shown.locator("[data-act=giveBack]").click();
    await expect.poll(() => server.calls.filter(({ path }) => path === "/me").length).toBe(2);
    expect(server.calls.filter(({ method }) => method === "POST").map(({ path }) => path)).toEqual([
      "/me/redemptions/c1/cancel",
    ]);
  });
});

describe("when things fail", () => {
  test("an answer that is an error leaves what Liquid wrote, says so and can be tried again", async () => {
    server.answer = answerWith({
      "/me": () => ({ status: 503, body: { error: { code: "x", message: "x" } } }),
    });
    await visit();
    await openPanel();
    await settled();
    const codes = page.locator("[data-dangol-codes]");
    expect(await codes.textContent()).toContain("Nothing was lost");
    expect(await page.locator(".dangol-hero__number").textContent()).toBe("1,250P");
    server.answer = answerWith({});
    await codes.locator("[data-act=retry]").click();
    await expect.poll(() => codes.textContent()).toContain("No codes yet");
  });

  test("offline is said as offline, and the panel goes on by itself when the line is back", async () => {
    await visit();
    await context.setOffline(true);
    await openPanel();
    const codes = page.locator("[data-dangol-codes]");
    await expect.poll(() => codes.textContent()).toContain("You are offline");
    await context.setOffline(false);
    await codes.locator("[data-act=retry]").click();
    await expect.poll(() => codes.textContent()).toContain("No codes yet");
  });

  test("T41: hostile texts in an answer are text", async () => {
    const hostile = [
      reward(HOSTILE, HOSTILE, 100, { reason: HOSTILE }),
      reward("x", HOSTILE, 5000, { reason: HOSTILE }),
    ];
    const items = [
      { id: "1", at: "2026-11-18T10:00:00Z", points: 5, balance: 5, title: HOSTILE, detail: HOSTILE },
    ];
    server.answer = answerWith({
      "/me": () => ({
        body: me({ rewards: hostile, codes: [{ ...readyCode, title: HOSTILE, code: HOSTILE }] }),
      }),
      "/me/history": () => ({ body: { items, next: null } }),
    });
    await visit();
    await openPanel();
    await settled();
    await page.click(".dangol-statement__summary");
    await page.locator(".dangol-entry__text").waitFor();
    expect(await page.locator("dialog img").count()).toBe(0);
    expect(await page.locator("[data-dangol-codes] .dangol-ticket__title").textContent()).toBe(HOSTILE);
    expect(await page.locator("[data-slot=apply]").first().getAttribute("href")).toMatch(
      /^\/discount\/%22%3E%3Cimg[^"<>]*$/,
    );
  });
});

describe("the statement", () => {
  test("comes when it is opened, by month, with a reason under each line, and goes further back on demand", async () => {
    const line = (id: string, at: string, points: number) => ({
      id,
      at,
      points,
      balance: 900,
      title: `#${id}`,
      detail: "Gold ×1.5",
    });
    server.answer = answerWith({
      "/me/history": ({ query }) => ({
        body: query.get("cursor")
          ? { items: [line("3", "2025-12-31T20:00:00Z", 40)], next: null }
          : {
              items: [line("1", "2026-11-18T10:00:00Z", 824), line("2", "2026-11-01T03:30:00Z", -500)],
              next: "n2",
            },
      }),
    });
    await visit();
    await openPanel();
    await settled();
    expect(server.calls.map(({ path }) => path)).toEqual(["/me"]);
    await page.click(".dangol-statement__summary");
    const history = page.locator("[data-dangol-history]");
    await history.locator("[data-act=older]").click();
    await expect
      .poll(() => history.locator(".dangol-month").allTextContents())
      .toEqual(["Nov 2026", "Oct 2026", "Dec 2025"]);
    const shown = await history.textContent();
    // 03:30 UTC on 1 November is still 31 October in New York, where the shop is.
    expect(shown).toContain("31 Oct");
    expect(shown).toContain("−500P");
    expect(shown).toContain("Gold ×1.5");
  });
});
