import { readFileSync } from "node:fs";
import { parse } from "smol-toml";
import { ApiVersion } from "@shopify/shopify-api";
import { expect, test } from "vitest";
import { z } from "zod";
import { COMPLIANCE_TOPICS, INBOX_TOPICS } from "#app/platform/inbox/topics.ts";
import { SHOPIFY_API_VERSION } from "#app/platform/shopify/api-version.ts";
import { APP_SCOPES } from "#app/platform/shopify/app-scopes.ts";

const metafield = z.object({ type: z.string(), name: z.string() });
const config = z
  .object({
    embedded: z.literal(true),
    access_scopes: z.object({ scopes: z.string() }),
    webhooks: z.object({
      api_version: z.string(),
      subscriptions: z.array(
        z.object({
          uri: z.string(),
          topics: z.array(z.string()).default([]),
          compliance_topics: z.array(z.string()).default([]),
          include_fields: z.never().optional(),
        }),
      ),
    }),
    app_proxy: z.object({ url: z.string(), prefix: z.string(), subpath: z.string() }),
    customer: z.object({ metafields: z.object({ app: z.record(z.string(), metafield) }) }),
  })
  .parse(parse(readFileSync("shopify.app.toml", "utf8")));

test("one API version everywhere: the toml, the code, the library and the schema our operations are typed by", () => {
  expect(config.webhooks.api_version).toBe(SHOPIFY_API_VERSION);
  expect(Object.values<string>(ApiVersion)).toContain(SHOPIFY_API_VERSION);
  expect(readFileSync("tsconfig.json", "utf8")).toContain(`admin-${SHOPIFY_API_VERSION}.graphql`);
});

test("the toml asks for the scopes the code names", () => {
  expect(config.access_scopes.scopes.split(",")).toEqual([...APP_SCOPES]);
});

test("the toml subscribes to exactly the topics that have a handler, all at /webhooks", () => {
  const { subscriptions } = config.webhooks;
  expect(subscriptions.flatMap((subscription) => subscription.topics).toSorted()).toEqual(
    INBOX_TOPICS.toSorted(),
  );
  const compliance = subscriptions.flatMap((subscription) => subscription.compliance_topics);
  expect(compliance.toSorted()).toEqual(COMPLIANCE_TOPICS.toSorted());
  expect(new Set(subscriptions.map((subscription) => subscription.uri))).toEqual(new Set(["/webhooks"]));
});

test("every handler that the toml's comments name is there", () => {
  const toml = readFileSync("shopify.app.toml", "utf8");
  const handlers = readFileSync("app/inbox-handlers.server.ts", "utf8");
  const named = [...toml.matchAll(/# Handled by: ([\w, ]+) in app\/inbox-handlers\.server\.ts/gu)];
  const names = named.flatMap((match) => (match[1] ?? "").split(",").map((name) => name.trim()));
  expect(names.length).toBeGreaterThan(8);
  for (const name of names) expect(handlers).toMatch(new RegExp(`function ${name}\\(`, "u"));
});

test("the storefront's path and the member's metafields are those the design promises", () => {
  expect(config.app_proxy).toEqual({ url: "/proxy", prefix: "apps", subpath: "loyalty" });
  const types = Object.entries(config.customer.metafields.app).map(([key, { type }]) => [key, type]);
  expect(Object.fromEntries(types)).toEqual({
    points: "number_integer",
    tier: "single_line_text_field",
    loyalty: "json",
  });
});
