import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { findRunning } from "../../../scripts/claim-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "dangol-claim-"));
const MODULE = resolve(import.meta.dirname, "../../../scripts/claim-folder.ts");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a folder is taken while its demo lives, and free the moment that is killed", async () => {
  expect(await findRunning(folder)).toBeNull();
  const script = `
    const { claimFolder } = await import(${JSON.stringify(MODULE)});
    await claimFolder(${JSON.stringify(folder)}, "http://localhost:4000/admin");
    setInterval(() => {}, 1000);
    console.log("claimed");`;
  const demo = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(demo.stdout, "data");
  expect(await findRunning(folder)).toBe("http://localhost:4000/admin");
  expect(await findRunning(folder)).toBe("http://localhost:4000/admin");
  demo.kill("SIGKILL");
  await once(demo, "exit");
  expect(await findRunning(folder)).toBeNull();
});

test.each(["", "many", "99999999", "-1"])("a port file of %j takes nothing", async (text) => {
  writeFileSync(join(folder, "demo.port"), text);
  expect(await findRunning(folder)).toBeNull();
});

test("another program that was given the port since takes nothing", async () => {
  const other = createServer((socket) => socket.end("220 mail.example.com\r\n")).listen(0, "127.0.0.1");
  await once(other, "listening");
  writeFileSync(join(folder, "demo.port"), String((other.address() as AddressInfo).port));
  expect(await findRunning(folder)).toBeNull();
  other.close();
});
