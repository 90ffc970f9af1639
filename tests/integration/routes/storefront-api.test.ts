import { afterEach, describe, expect, test } from "vitest";
import { useServices } from "#app/services.server.ts";
import { action as actionsAction } from "#app/routes/proxy.me.actions.$id.tsx";
import { loader as meLoader } from "#app/routes/proxy.me._index.tsx";
import { loader as programLoader } from "#app/routes/proxy.program.tsx";
import { action as claimAction } from "#app/routes/proxy.referrals.claims.tsx";
import { loader as unknownLoader } from "#app/routes/proxy.$.tsx";
import { useTestDatabase } from "#tests/support/database.ts";
import { createScene } from "#tests/support/rewards-fixtures.ts";
import { askStorefront as ask } from "#tests/support/ask-storefront.ts";

const database = useTestDatabase();
afterEach(() => useServices(undefined));

describe("the rest of the storefront API", () => {
  test("T41 Liquid and HTML in a merchant's texts come through JSON as text, never as a page", async () => {
    const evil = `{{ shop.secret }}<img src=x onerror="alert(1)">`;
    const scene = await createScene(database.db, {
      settings: ({ rewards }) => void (rewards[0]!.title.en = evil),
    });
    const { headers, body, text } = await ask(scene, programLoader, { as: null });
    expect(headers.get("Content-Type")).toBe("application/json; charset=utf-8");
    expect(body.rewards[0].title).toBe(evil);
    expect(text).not.toContain(`onerror="`); // quotes are escaped by JSON
  });

  test("unknown actions and unknown paths are 404 in the shopper's language", async () => {
    const scene = await createScene(database.db);
    expect(await ask(scene, actionsAction, { params: { id: "follow" }, body: {} })).toMatchObject({
      status: 404,
      body: { error: { code: "unknown_action" } },
    });
    const unknown = await ask(scene, unknownLoader, { query: { locale: "ko" } });
    expect(unknown).toMatchObject({
      status: 404,
      body: { error: { code: "not_found", message: "찾으시는 내용이 없어요." } },
    });
  });

  test("a claim without an e-mail is refused; one of an unknown code says so", async () => {
    const scene = await createScene(database.db);
    expect((await ask(scene, claimAction, { as: null, body: { code: "ABC" } })).status).toBe(400);
    const body = { code: "NOBODY22", email: "friend@example.com" };
    expect(await ask(scene, claimAction, { as: null, body })).toMatchObject({
      status: 404,
      body: { error: { code: "unknown_code" } },
    });
  });

  test("a database that does not answer is 503 in plain words, without a trace of why", async () => {
    const scene = await createScene(database.db);
    const db = { ...scene.db, query: () => Promise.reject(new Error("connect ECONNREFUSED 10.0.0.7:5432")) };
    const answer = await ask({ ...scene, services: { ...scene.services, db } }, meLoader);
    expect(answer).toMatchObject({ status: 503, body: { error: { code: "unavailable" } } });
    expect(answer.text).not.toContain("ECONNREFUSED");
  });
});
