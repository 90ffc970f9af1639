import { defineConfig } from "oxlint";

// The import zones of docs/architecture.md. Direction: routes → loyalty → platform; the ledger stands on the platform alone.
// A later override replaces an earlier one's rule, so each zone lists everything that holds in it.

interface Zone {
  group: string[];
  message: string;
  allowTypeImports?: boolean;
}

const noSandbox: Zone = {
  group: ["#sandbox/*", "#sandbox/**"],
  message: "The app meets the sandbox only over HTTP, so that it cannot tell it from Shopify.",
};
const noApp: Zone = {
  group: ["#app/*", "#app/**"],
  message:
    "The sandbox stands for Shopify, which knows nothing of our code: speak HTTP, or copy the constant.",
};
const noLoyalty: Zone = {
  group: ["#app/loyalty/**", "#app/components/**", "#app/routes/**"],
  message:
    "The platform carries the product and knows nothing of loyalty: pass what it needs as an argument.",
};
const noEdge: Zone = {
  group: [
    "#app/routes/**",
    "#app/components/**",
    "@remix-run/*",
    "react",
    "react-dom",
    "@shopify/shopify-app-remix/**",
  ],
  message: "Use cases know nothing of pages and frameworks: routes call them, never the other way round.",
};
const ledgerAlone: Zone = {
  group: ["#app/loyalty/*", "#app/loyalty/!(ledger)/**", "../*"],
  message:
    "Everything may use the ledger; the ledger uses nothing of the product, so that its laws depend on nothing.",
};
const noEffects: Zone = {
  group: [
    "**/*.server.ts",
    "**/*.server",
    "node:*",
    "!node:buffer",
    "!node:crypto",
    "!node:net",
    "pg",
    "@prisma/client",
    "graphile-worker",
    "pino",
  ],
  // Of node:crypto and node:net only what computes: hashes, isIP.
  message:
    "A file without .server in its name is pure: no I/O, clock, randomness or environment. Take values as arguments.",
  allowTypeImports: true,
};
const noServerInPages: Zone = {
  group: ["**/*.server.ts", "**/*.server", "node:*"],
  message: "Components run in the browser: load data in a route and pass it on.",
  allowTypeImports: true,
};
const serverBySpecifier: Zone = {
  group: ["./**/*.server.ts", "../**/*.server.ts"],
  message:
    "Import server modules as #app/…: only then do they stay outside the bundle, one copy in the process.",
};

const zone = (...patterns: Zone[]): Record<string, ["error", { patterns: Zone[] }]> => ({
  "no-restricted-imports": ["error", { patterns }],
});

const clock = [
  { object: "Date", property: "now", message: "Time is an argument (`now`): only edges read the clock." },
  { object: "Math", property: "random", message: "Randomness is an argument (`randomBytes`, `newId`)." },
];

export default defineConfig({
  plugins: ["typescript", "unicorn", "oxc", "import"],
  categories: { correctness: "error", suspicious: "warn" },
  ignorePatterns: ["build", "graphql-env.d.ts", "extensions/**/assets", "tests/support/fixtures"],
  rules: {
    "import/no-cycle": "error",
    "import/no-default-export": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/consistent-type-imports": "error",
    "no-console": "error",
    "no-eval": "error",
    eqeqeq: ["error", "always", { null: "ignore" }],
    "no-shadow": "off",
    "no-underscore-dangle": "off",
    "import/no-unassigned-import": "off",
    "import/no-named-as-default": "off",
    "import/no-named-as-default-member": "off",
    "unicorn/no-array-sort": "off",
    "unicorn/consistent-function-scoping": "off",
    "no-await-in-loop": "off",
    // It does not see what an event handler changes.
    "no-unmodified-loop-condition": "off",
    "max-lines": ["error", { max: 400 }],
    "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
  },
  overrides: [
    { files: ["app/platform/**"], rules: zone(noLoyalty, noSandbox) },
    {
      files: ["app/loyalty/**/*.ts"],
      rules: { ...zone(noEdge, noSandbox, noEffects), "no-restricted-properties": ["error", ...clock] },
    },
    { files: ["app/loyalty/**/*.server.ts"], rules: zone(noEdge, noSandbox) },
    { files: ["app/loyalty/ledger/**/*.ts"], rules: zone(noEdge, noSandbox, ledgerAlone, noEffects) },
    { files: ["app/loyalty/ledger/**/*.server.ts"], rules: zone(noEdge, noSandbox, ledgerAlone) },
    { files: ["app/components/**/*.tsx"], rules: zone(noSandbox, noServerInPages) },
    {
      files: ["**/*.tsx"],
      plugins: ["react", "jsx-a11y"],
      rules: {
        "react/rules-of-hooks": "error",
        "react/exhaustive-deps": "error",
        "react/react-in-jsx-scope": "off",
        "jsx-a11y/prefer-tag-over-role": "off",
        "jsx-a11y/no-autofocus": "off",
        // Rules of the React compiler, which React 18 does not have.
        "react/refs": "off",
        "react/set-state-in-effect": "off",
        "react/exhaustive-effect-dependencies": "off",
        "max-lines-per-function": ["error", { max: 110, skipBlankLines: true, skipComments: true }],
      },
    },
    { files: ["app/routes/**"], rules: zone(noSandbox, serverBySpecifier) },
    { files: ["sandbox/**"], rules: { ...zone(noApp), "no-console": "off" } },
    {
      files: ["app/routes/**", "app/root.tsx", "app/entry.*.tsx", "*.config.ts", "sandbox/**/*.tsx"],
      rules: { "import/no-default-export": "off" },
    },
    // Data, written out.
    {
      files: ["app/loyalty/program/default-settings.ts", "app/platform/i18n/messages/**"],
      rules: { "max-lines": "off", "max-lines-per-function": "off" },
    },
    {
      files: ["app/main.ts", "app/worker.ts", "app/ledger-audit.ts", "scripts/**", "benchmarks/**"],
      rules: { "no-console": "off" },
    },
    {
      files: ["tests/**"],
      rules: {
        "typescript/no-non-null-assertion": "off",
        // Ids that a float would round are what some tests are about.
        "no-loss-of-precision": "off",
        "no-console": "off",
        "max-lines": ["error", { max: 600 }],
        "max-lines-per-function": "off",
      },
    },
  ],
});
