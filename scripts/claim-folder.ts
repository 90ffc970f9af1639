import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join, resolve } from "node:path";

// Two demos on one folder would overwrite what the other one keeps there. The one that runs listens on a port that the
// folder names; it is gone with the process, however that ends, so nothing stale is ever in the way.

const FILE = "demo.port";
const PATIENCE_MS = 5_000;

/** Where the demo that uses the folder is to be found; null when none does. */
export function findRunning(folder: string): Promise<string | null> {
  const port = readPort(folder);
  if (port === null) return Promise.resolve(null);
  return new Promise((done) => {
    let said = "";
    const socket = connect(port, "127.0.0.1").setEncoding("utf8").setTimeout(PATIENCE_MS);
    socket.on("data", (text: string) => (said += text));
    socket.on("timeout", () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      const [owner, address] = said.trim().split("\n");
      done(owner === resolve(folder) && address !== undefined ? address : null);
    });
  });
}

/** Marks the folder as used for as long as this process lives. */
export function claimFolder(folder: string, address: string): Promise<void> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.end(`${resolve(folder)}\n${address}\n`);
  });
  server.unref();
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const bound = server.address();
      if (typeof bound === "object" && bound !== null) writeFileSync(join(folder, FILE), `${bound.port}\n`);
      done();
    });
  });
}

function readPort(folder: string): number | null {
  try {
    const port = Number(readFileSync(join(folder, FILE), "utf8"));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
  } catch {
    return null;
  }
}
