/**
 * `npm run demo [-- --fresh]`: a local Shopify, PostgreSQL, the app and its worker, and two shops filled by the front door.
 * Data lives under .dangol/. Ctrl-C stops everything; a killed demo starts again cleanly.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { fillDemo } from "#sandbox/demo/fill.ts";
import { buildIfStale } from "./build-if-stale.ts";
import { claimFolder, findRunning } from "./claim-folder.ts";

const ROOT = resolve(import.meta.dirname, "..");
const DATA = join(ROOT, ".dangol");
const APP_PORT = Number(process.env["PORT"] ?? 3000);
const SANDBOX_PORT = Number(process.env["SANDBOX_PORT"] ?? 4000);
const APP_URL = process.env["SHOPIFY_APP_URL"] ?? `http://localhost:${APP_PORT}`;
const SANDBOX_URL = `http://localhost:${SANDBOX_PORT}`;
const STOP_PATIENCE_MS = 30_000;

const children: { name: string; process: ChildProcess }[] = [];
let stopping = false;

function say(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** Starts one part. Its own process group, so that Ctrl-C reaches it once, from us, in order. */
function start(name: string, script: string, env: Record<string, string>): void {
  const log = join(DATA, `${name}.log`);
  const file = openSync(log, "a");
  const child = spawn(process.execPath, ["--import", join(ROOT, "scripts/stop-with-parent.ts"), script], {
    cwd: ROOT,
    detached: true,
    stdio: ["ignore", file, file, "ipc"],
    env: { ...process.env, ...env },
  });
  children.push({ name, process: child });
  child.once("exit", (code) => {
    if (stopping) return;
    say(`\nThe ${name} stopped (${code ?? "killed"}). The end of ${log}:`);
    say(readFileSync(log, "utf8").split("\n").slice(-15).join("\n"));
    void stop(1);
  });
}

/** Stops the parts in the reverse order of their start and waits for each: the app first, so that nothing is cut off. */
async function stop(exitCode: number): Promise<never> {
  if (!stopping) {
    stopping = true;
    for (const { process: child } of children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGTERM");
      const hard = setTimeout(() => child.kill("SIGKILL"), STOP_PATIENCE_MS);
      await new Promise((done) => child.once("exit", done));
      clearTimeout(hard);
    }
    process.exit(exitCode);
  }
  return new Promise(() => undefined);
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => done(false));
  });
}

/** A demo that was killed leaves parts that are just noticing it: give them a moment before calling a port taken. */
async function waitForPort(port: number, variable: string): Promise<void> {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    if (!(await isTaken(port))) return;
    await new Promise((done) => setTimeout(done, 250));
  }
  say(
    `Port ${port} is in use by another program. Stop it, or choose another one: ${variable}=${port + 1} npm run demo`,
  );
  process.exit(1);
}

async function waitUntilReady(url: string): Promise<void> {
  for (let attempt = 0; attempt < 480 && !stopping; attempt += 1) {
    const ready = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((done) => setTimeout(done, 125));
  }
}

async function main(): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop(0));
  const running = await findRunning(DATA);
  if (running !== null) {
    say(
      `The demo runs already: ${running}. It keeps its data in ${DATA}, which two cannot share. Stop it first.`,
    );
    process.exit(1);
  }
  await waitForPort(SANDBOX_PORT, "SANDBOX_PORT");
  await waitForPort(APP_PORT, "PORT");
  if (process.argv.includes("--fresh")) rmSync(DATA, { recursive: true, force: true });
  mkdirSync(DATA, { recursive: true });
  await claimFolder(DATA, `${SANDBOX_URL}/admin`);

  say("Dangol: starting a local Shopify, PostgreSQL and the app …");
  const shared = {
    PORT: String(APP_PORT),
    SANDBOX_PORT: String(SANDBOX_PORT),
    SHOPIFY_APP_URL: APP_URL,
    SHOPIFY_SANDBOX_URL: SANDBOX_URL,
    SHOPIFY_API_KEY: process.env["SHOPIFY_API_KEY"] ?? "dangol-sandbox-key",
    SHOPIFY_API_SECRET: process.env["SHOPIFY_API_SECRET"] ?? "dangol-sandbox-secret",
    DANGOL_HASH_SECRET: process.env["DANGOL_HASH_SECRET"] ?? "dangol-sandbox-hash-secret",
  };
  start("sandbox", join(ROOT, "sandbox/main.ts"), {
    ...shared,
    SANDBOX_DATA_FILE: join(DATA, "sandbox.json"),
  });
  if (await buildIfStale(ROOT)) say("Built the admin.");
  if (stopping) return;
  start("app", join(ROOT, "app/main.ts"), { ...shared, DANGOL_DATA_DIR: join(DATA, "postgres") });
  await waitUntilReady(`${SANDBOX_URL}/__sandbox`);
  await waitUntilReady(`${APP_URL}/readyz`);
  if (stopping) return;
  printAddresses();
  await fill();
}

async function fill(): Promise<void> {
  const live = process.stdout.isTTY;
  const state = new Map<string, string>();
  let lastLine = "";
  const filled = await fillDemo({
    sandboxUrl: SANDBOX_URL,
    seed: 20_261_121,
    onProgress: ({ shop, step, done, total }) => {
      const count = live && total > 0 ? ` ${done}/${total}` : "";
      state.set(shop, `${shop.replace(".myshopify.com", "")} ${step}${count}`);
      const line = `Filling the shops: ${[...state.values()].join(" · ")}`;
      if (line === lastLine) return;
      lastLine = line;
      process.stdout.write(live ? `\r${line.padEnd(100).slice(0, 100)}` : `${line}\n`);
    },
  });
  if (live) say();
  for (const { shop, problems } of filled) for (const problem of problems) say(`${shop}: ${problem}`);
  say("Both shops are filled. Ctrl-C stops everything; the next start finds it as it was.");
}

function printAddresses(): void {
  say(`
  Shop in New York   http://dangol-demo.localhost:${SANDBOX_PORT}
  Shop in Seoul      http://dangol-seoul.localhost:${SANDBOX_PORT}
  Shopify admin      ${SANDBOX_URL}/admin
  What was sent      ${SANDBOX_URL}/__sandbox

  Three things to try
  1. Open a product in either shop, log in as a customer, and see what the page says you earn. Buy it and look again.
  2. Open the round button in the corner, redeem a reward, and use its code at checkout.
  3. In the admin, refund that order, then open the member in Dangol: every line says why.
`);
}

await main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  return stop(1);
});
