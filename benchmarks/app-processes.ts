/** The app's own processes, as `npm start` and `npm run worker` run them, and a stand-in for Shopify's Admin API. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export const API_SECRET = "dangol-sandbox-secret";

export interface AppProcess {
  port: number;
  stop(): Promise<void>;
}

/** A web process without a worker; the build is made first where there is none. */
export async function startWeb(databaseUrl: string, env: Record<string, string> = {}): Promise<AppProcess> {
  ensureBuild();
  const port = await freePort();
  return listening(
    start("app/main.ts", { ...settings(databaseUrl), DANGOL_WORKER: "off", PORT: String(port), ...env }),
    port,
  );
}

/** A process of another file that answers GET /healthz, or anything else, once it is up. */
export async function startServer(file: string, env: Record<string, string>): Promise<AppProcess> {
  const port = await freePort();
  return listening(start(file, { ...env, PORT: String(port) }), port);
}

/** A worker alone, once it says that it takes jobs. */
export async function startWorkerProcess(
  databaseUrl: string,
  env: Record<string, string> = {},
): Promise<{ stop(): Promise<void> }> {
  const child = spawn(process.execPath, ["app/worker.ts"], {
    env: { ...process.env, ...settings(databaseUrl), DANGOL_LOG_LEVEL: "info", ...env },
    stdio: ["ignore", "pipe", process.stderr],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (text.includes("the worker is up")) resolve();
      // Trouble is told; that it is up is not.
      for (const line of text.split("\n"))
        if (/"level":[4-6]0/u.test(line)) process.stderr.write(`${line}\n`);
    });
    child.once("exit", (code) => reject(new Error(`a worker ended with ${code}`)));
  });
  return { stop: () => stop(child) };
}

/** Answers every mutation of metafields at once, and never says that a bucket is empty. */
export async function startShopify(): Promise<{ url: string; stop(): void }> {
  const answer = JSON.stringify({ data: { metafieldsSet: { metafields: [], userErrors: [] } } });
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(200, { "content-type": "application/json" }).end(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function settings(databaseUrl: string): Record<string, string> {
  return { DATABASE_URL: databaseUrl, DANGOL_LOG_LEVEL: "error", SHOPIFY_API_SECRET: API_SECRET };
}

function start(file: string, env: Record<string, string>): ChildProcess {
  // What they print is not a figure: standard output is for those.
  return spawn(process.execPath, [file], {
    env: { ...process.env, ...env },
    stdio: ["ignore", process.stderr, process.stderr],
  });
}

function ensureBuild(): void {
  if (existsSync("build/server/index.js")) return;
  execFileSync("npm", ["run", "build", "--silent"], {
    stdio: ["ignore", "ignore", process.stderr],
    shell: process.platform === "win32",
  });
}

async function listening(child: ChildProcess, port: number): Promise<AppProcess> {
  for (let attempt = 0; attempt < 300 && child.exitCode === null; attempt += 1) {
    const answered = await fetch(`http://127.0.0.1:${port}/healthz`).then(
      () => true,
      () => false,
    );
    if (answered) return { port, stop: () => stop(child) };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop(child);
  throw new Error(`nothing listens on ${port}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 10_000).unref();
  });
}
