import { APP_ID } from "#sandbox/actions/metafields.ts";
import { gid } from "#sandbox/webhooks/payload-values.ts";
import type { Api, Args, Resolvers, Source } from "../api.ts";
import { connection } from "../connection.ts";
import { mutate } from "../mutation.ts";
import { dateTime, textsArg } from "../values.ts";
import { metafieldFields } from "./metafield-fields.ts";

/** The shop. */
export function shopNode(api: Api): Source {
  const { shop } = api.state;
  return {
    __typename: "Shop",
    id: gid("Shop", shop.id),
    name: shop.name,
    email: shop.email,
    contactEmail: shop.email,
    myshopifyDomain: shop.domain,
    currencyCode: shop.currency,
    ianaTimezone: shop.timeZone,
    taxesIncluded: shop.taxesIncluded,
    taxShipping: true,
    createdAt: dateTime(shop.createdAt),
    updatedAt: dateTime(shop.updatedAt),
    url: `https://${shop.domain}`,
    primaryDomain: domainNode(api),
    domains: [domainNode(api)],
    plan: {
      displayName: shop.planName,
      publicDisplayName: shop.planName,
      partnerDevelopment: false,
      shopifyPlus: shop.planName.includes("Plus"),
    },
    currencyFormats: {
      moneyFormat: shop.moneyFormat,
      moneyInEmailsFormat: shop.moneyFormat,
      moneyWithCurrencyFormat: shop.moneyWithCurrencyFormat,
      moneyWithCurrencyInEmailsFormat: shop.moneyWithCurrencyFormat,
    },
    enabledPresentmentCurrencies: [shop.currency],
    shopOwnerName: shop.name,
    ...metafieldFields(api, gid("Shop", shop.id)),
  };
}

/** The address that shoppers use: here the sandbox's own, since nothing answers at the real one. */
function domainNode(api: Api): Source {
  const url = api.sandbox.shopUrl(api.shop);
  return {
    __typename: "Domain",
    id: gid("Domain", api.state.shop.id),
    host: new URL(url).host,
    url,
    sslEnabled: false,
    localization: {
      country: api.state.shop.countryCode,
      defaultLocale: api.state.shop.locale,
      alternateLocales: [],
    },
  };
}

/** The app's installation; null when the shop has none (a person at a terminal may ask). */
export function installationNode(api: Api): Source | null {
  const { installation } = api.state;
  if (installation === null) return null;
  const scopeNode = (handle: string) => ({ handle, description: handle.replaceAll("_", " ") });
  return {
    __typename: "AppInstallation",
    id: gid("AppInstallation", installation.id),
    accessScopes: installation.scopes.map(scopeNode),
    activeSubscriptions: [],
    launchUrl: `${api.sandbox.app.url}/app`,
    uninstallUrl: null,
    app: appNode(api),
    ...metafieldFields(api, gid("AppInstallation", installation.id)),
  };
}

function appNode(api: Api): Source {
  return {
    __typename: "App",
    id: gid("App", APP_ID),
    apiKey: api.sandbox.app.apiKey,
    title: api.sandbox.config().name,
    handle: "dangol",
    embedded: true,
    launchUrl: `${api.sandbox.app.url}/app`,
    webhookApiVersion: api.sandbox.config().apiVersion,
  };
}

export const shopQueries: Resolvers = {
  shop: (_args, api) => shopNode(api),
  currentAppInstallation: (_args, api) => installationNode(api),
  appInstallation: (_args, api) => installationNode(api),
  themes: (args: Args, api) => {
    const { theme } = api.state;
    const roles = textsArg(args, "roles");
    return connection(roles === undefined || roles.includes("MAIN") ? [theme] : [], args, () =>
      themeNode(api),
    );
  },
  theme: (_args, api) => themeNode(api),
};

/** The main theme; of its files the sandbox shows `config/settings_data.json`, where app embeds are switched on. */
function themeNode(api: Api): Source {
  const { theme, shop } = api.state;
  return {
    __typename: "OnlineStoreTheme",
    id: gid("OnlineStoreTheme", theme.id),
    name: theme.name,
    role: "MAIN",
    prefix: "",
    processing: false,
    processingFailed: false,
    themeStoreId: null,
    createdAt: dateTime(shop.createdAt),
    updatedAt: dateTime(shop.updatedAt),
    files: (args: Args) => {
      const wanted = textsArg(args, "filenames");
      const files = themeFiles(api).filter((file) => wanted === undefined || wanted.includes(file.filename));
      return { ...connection(files, { first: 50, ...args }, (file) => fileNode(api, file)), userErrors: [] };
    },
  };
}

function themeFiles(api: Api): { filename: string; content: string }[] {
  const { blocks } = api.state.theme;
  const type = (handle: string) =>
    `shopify://apps/${api.sandbox.config().name.toLowerCase()}/blocks/${handle}/${api.sandbox.app.apiKey}`;
  const embeds = blocks.filter((block) => block.target === "embed");
  const settings = {
    current: {
      blocks: Object.fromEntries(
        embeds.map((block) => [
          block.id,
          { type: type(block.handle), disabled: !block.enabled, settings: block.settings },
        ]),
      ),
    },
  };
  const templates = [
    ...new Set(blocks.flatMap((block) => (block.template === null ? [] : [block.template]))),
  ];
  return [
    { filename: "config/settings_data.json", content: JSON.stringify(settings) },
    ...templates.map((template) => {
      const placed = blocks.filter((block) => block.template === template);
      const inside = Object.fromEntries(
        placed.map((block) => [
          block.id,
          { type: type(block.handle), disabled: !block.enabled, settings: block.settings },
        ]),
      );
      const content = JSON.stringify({
        sections: { main: { type: `main-${template}`, blocks: inside } },
        order: ["main"],
      });
      return { filename: `templates/${template}.json`, content };
    }),
  ];
}

function fileNode(api: Api, file: { filename: string; content: string }): Source {
  return {
    filename: file.filename,
    contentType: "application/json",
    size: String(Buffer.byteLength(file.content)),
    checksumMd5: null,
    createdAt: dateTime(api.state.shop.createdAt),
    updatedAt: dateTime(api.state.shop.updatedAt),
    body: { __typename: "OnlineStoreThemeFileBodyText", content: file.content },
  };
}

export const shopMutations: Resolvers = {
  appUninstall: (_args, api, info) => {
    const app = appNode(api);
    return mutate(info, [], () => {
      api.sandbox.actions.uninstallApp(api.shop);
      return { app };
    });
  },
  appRevokeAccessScopes: (args, api, info) =>
    mutate(info, [], () => {
      const revoked = textsArg(args, "scopes") ?? [];
      const before = api.state.installation?.scopes ?? [];
      api.sandbox.actions.updateScopes(
        api.shop,
        before.filter((scope) => !revoked.includes(scope)),
      );
      return {
        revoked: before
          .filter((scope) => revoked.includes(scope))
          .map((handle) => ({ handle, description: handle })),
      };
    }),
};
