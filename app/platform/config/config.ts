/** The parsed, frozen settings of one process. Secrets are in it: never log it. */
export interface Config {
  readonly environment: "development" | "test" | "production";
  readonly port: number;
  readonly database: {
    /** null: the embedded server is started in dataDir. */
    readonly url: string | null;
    /** Past a pooler that shares connections between transactions, for what needs one to itself; null: url does. */
    readonly sessionUrl: string | null;
    readonly dataDir: string;
    /** null: any free port. */
    readonly embeddedPort: number | null;
    readonly poolMax: number;
  };
  readonly worker: { readonly enabled: boolean; readonly concurrency: number };
  readonly shopify: {
    readonly apiKey: string;
    readonly apiSecret: string;
    /** Accepted beside apiSecret while a rotation lasts. */
    readonly previousApiSecret: string | null;
    readonly appUrl: string;
    readonly scopes: readonly string[];
    /** Where requests to https://{shop}/… go instead; null: Shopify itself. */
    readonly sandboxUrl: string | null;
    /** The script of the sandbox's admin shell; null: Shopify's own. */
    readonly appBridgeUrl: string | null;
  };
  /** Keys the hashes of e-mails and IP prefixes; changing it forgets guests and referrals not yet claimed. */
  readonly hashSecret: string;
  readonly logLevel: "fatal" | "error" | "warn" | "info" | "debug" | "silent";
}

/** The secrets a webhook or proxied request may be signed with: today's, and yesterday's during a rotation. */
export function signingSecrets(config: Config): string[] {
  const { apiSecret, previousApiSecret } = config.shopify;
  return previousApiSecret === null ? [apiSecret] : [apiSecret, previousApiSecret];
}
