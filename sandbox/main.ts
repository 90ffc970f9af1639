import { resolve } from "node:path";
import { createSandbox } from "#sandbox/server.ts";

const DEFAULT_PORT = 4000;

const sandbox = await createSandbox({
  port: Number(process.env["SANDBOX_PORT"] ?? DEFAULT_PORT),
  app: {
    url: process.env["SHOPIFY_APP_URL"] ?? "http://localhost:3000",
    apiKey: process.env["SHOPIFY_API_KEY"] ?? "dangol-sandbox-key",
    apiSecret: process.env["SHOPIFY_API_SECRET"] ?? "dangol-sandbox-secret",
    configFile: resolve(process.env["SANDBOX_APP_CONFIG"] ?? "shopify.app.toml"),
    extensionDir: resolve(process.env["SANDBOX_EXTENSION_DIR"] ?? "extensions/storefront-loyalty"),
  },
  dataFile: process.env["SANDBOX_DATA_FILE"] ?? resolve(".dangol/sandbox.json"),
}).catch((error: unknown) => {
  console.error(`The sandbox could not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});

const { shops } = sandbox.control.store.state;
console.log(`Sandbox on ${sandbox.url} (control and inspector: ${sandbox.url}/__sandbox)`);
for (const { shop } of shops.values()) console.log(`  ${shop.domain}: http://${shop.host}:${sandbox.port}`);

let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void sandbox.close().then(() => process.exit(0));
  });
}
