/** The floor of webhook_ack: bare Node and pg, HMAC over the raw body, one insert, 200. Reads PORT and DATABASE_URL. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"], max: 20 });
const secret = process.env["SHOPIFY_API_SECRET"] ?? "";
await pool.query(
  "create table if not exists bare_inbox (shop_id text, webhook_id text, payload text, primary key (shop_id, webhook_id))",
);

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    const expected = createHmac("sha256", secret).update(body).digest();
    const given = Buffer.from(String(request.headers["x-shopify-hmac-sha256"]), "base64");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      response.writeHead(401).end();
      return;
    }
    pool
      .query({
        name: "insert",
        text: "insert into bare_inbox (shop_id, webhook_id, payload) values ($1, $2, $3) on conflict do nothing",
        values: [
          request.headers["x-shopify-shop-domain"],
          request.headers["x-shopify-webhook-id"],
          body.toString("utf8"),
        ],
      })
      .then(
        () => response.writeHead(200).end(),
        () => response.writeHead(503).end(),
      );
  });
});
server.listen(Number(process.env["PORT"]), "127.0.0.1");
process.on("SIGTERM", () => {
  server.close();
  server.closeAllConnections();
  void pool.end();
});
