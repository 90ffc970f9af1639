import { readFileSync, statSync } from "node:fs";
import { parse } from "smol-toml";
import { isRecord } from "#sandbox/http.ts";

export interface TomlSubscription {
  topics: string[];
  complianceTopics: string[];
  /** A path on the app or a whole address. */
  uri: string;
  name: string | null;
  includeFields: string[];
  filter: string | null;
}

export interface MetafieldDefinition {
  ownerType: string;
  namespace: string;
  key: string;
  type: string;
  name: string;
}

/** What shopify.app.toml declares, as far as the sandbox acts on it. */
export interface AppConfig {
  name: string;
  scopes: string[];
  apiVersion: string;
  subscriptions: TomlSubscription[];
  proxy: { path: string; prefix: string; subpath: string } | null;
  metafields: MetafieldDefinition[];
}

/** Parses the text of a shopify.app.toml. */
export function parseAppConfig(text: string): AppConfig {
  const root = table(parse(text));
  const webhooks = table(root["webhooks"]);
  const proxy = root["app_proxy"];
  return {
    name: String(root["name"] ?? "App"),
    scopes: String(table(root["access_scopes"])["scopes"] ?? "")
      .split(",")
      .map((scope) => scope.trim())
      .filter(Boolean),
    apiVersion: String(webhooks["api_version"] ?? ""),
    subscriptions: list(webhooks["subscriptions"]).map((entry) => readSubscription(table(entry))),
    proxy: isRecord(proxy)
      ? {
          path: String(proxy["url"] ?? ""),
          prefix: String(proxy["prefix"] ?? "apps"),
          subpath: String(proxy["subpath"] ?? ""),
        }
      : null,
    metafields: readMetafields(root),
  };
}

/** A reader of the file that parses it again only after it changed. A missing file is an app that declares nothing. */
export function watchAppConfig(file: string): () => AppConfig {
  let read: { mtimeMs: number; config: AppConfig } | undefined;
  return () => {
    const mtimeMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? -1;
    if (read === undefined || read.mtimeMs !== mtimeMs) {
      read = { mtimeMs, config: parseAppConfig(mtimeMs === -1 ? "" : readFileSync(file, "utf8")) };
    }
    return read.config;
  };
}

function readSubscription(entry: Record<string, unknown>): TomlSubscription {
  return {
    topics: strings(entry["topics"]),
    complianceTopics: strings(entry["compliance_topics"]),
    uri: String(entry["uri"] ?? ""),
    name: typeof entry["name"] === "string" ? entry["name"] : null,
    includeFields: strings(entry["include_fields"]),
    filter: typeof entry["filter"] === "string" ? entry["filter"] : null,
  };
}

/** `[customer.metafields.app.points]` declares the metafield `$app.points` of customers. */
function readMetafields(root: Record<string, unknown>): MetafieldDefinition[] {
  return Object.entries(root).flatMap(([owner, value]) =>
    Object.entries(table(table(value)["metafields"])).flatMap(([namespace, fields]) =>
      Object.entries(table(fields)).map(([key, field]) => ({
        ownerType: owner.toUpperCase(),
        namespace: namespace === "app" ? "$app" : `$app:${namespace.replace(/^app[.-]?/, "")}`,
        key,
        type: String(table(field)["type"] ?? "single_line_text_field"),
        name: String(table(field)["name"] ?? key),
      })),
    ),
  );
}

function table(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function strings(value: unknown): string[] {
  return list(value).map(String);
}
