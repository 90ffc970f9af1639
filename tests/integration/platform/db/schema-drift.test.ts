import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { useTestDatabase } from "#tests/support/database.ts";

const migrated = useTestDatabase();
const name = `dangol_${randomBytes(6).toString("hex")}`;
let described: pg.Client;

/** A second database, made from schema.prisma alone. */
beforeAll(async () => {
  const server = new pg.Client({ connectionString: inject("postgresUrl") });
  await server.connect();
  await server.query(`create database ${name}`);
  await server.end();
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  const args = [
    "migrate",
    "diff",
    "--from-empty",
    "--to-schema-datamodel",
    "prisma/schema.prisma",
    "--script",
  ];
  const script = execFileSync("node_modules/.bin/prisma", args, {
    encoding: "utf8",
    env: { ...process.env, DATABASE_URL: url.href },
    stdio: ["ignore", "pipe", "ignore"],
  });
  described = new pg.Client({ connectionString: url.href });
  await described.connect();
  await described.query(script);
});
afterAll(async () => {
  await described.end();
  const server = new pg.Client({ connectionString: inject("postgresUrl") });
  await server.connect();
  await server.query(`drop database ${name} with (force)`);
  await server.end();
});

const COLUMNS = `
  select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '-') as line
    from information_schema.columns
   where table_schema = 'public' and table_name <> '_prisma_migrations' order by 1`;
const INDEXES = `select indexdef as line from pg_indexes where schemaname = 'public' and tablename <> '_prisma_migrations' order by 1`;

test("the migrations end at the tables that schema.prisma describes", async () => {
  const ours = await migrated.db.query<{ line: string }>(COLUMNS);
  const said = (await described.query<{ line: string }>(COLUMNS)).rows;
  expect(ours.map(({ line }) => line)).toEqual(said.map(({ line }) => line));
});

test("every index that schema.prisma describes is there, under its name", async () => {
  const ours = (await migrated.db.query<{ line: string }>(INDEXES)).map(({ line }) => line);
  const said = (await described.query<{ line: string }>(INDEXES)).rows.map(({ line }) => line);
  expect(said.filter((line) => !ours.includes(line))).toEqual([]);
});
