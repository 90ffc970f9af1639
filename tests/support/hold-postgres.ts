import { startEmbeddedPostgres } from "#app/platform/db/embedded/start-postgres.server.ts";

// A process of its own for tests: starts or joins the server of a folder, says so, and stops it on SIGTERM.

const [dataDir = ""] = process.argv.slice(2);
const server = await startEmbeddedPostgres({ dataDir, port: null });
console.log(JSON.stringify({ url: server.url, owned: server.owned }));
const hold = setInterval(() => {}, 1_000);
process.on("SIGTERM", () => {
  void server.stop().then(() => clearInterval(hold));
});
