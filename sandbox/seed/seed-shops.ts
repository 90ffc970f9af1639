import type { World } from "#sandbox/context.ts";
import { createCustomer } from "#sandbox/actions/customers.ts";
import { createCollection, createProduct } from "#sandbox/actions/products.ts";
import type { CustomerInput } from "#sandbox/actions/inputs.ts";
import type { Shop } from "#sandbox/store/types.ts";
import { DEMO_CATALOGUE, DEMO_CUSTOMERS } from "./demo-shop.ts";
import { SEOUL_CATALOGUE, SEOUL_CUSTOMERS } from "./seoul-shop.ts";

export const DEMO_SHOP = "dangol-demo.myshopify.com";
export const SEOUL_SHOP = "dangol-seoul.myshopify.com";

export interface SeedProduct {
  handle: string;
  title: string;
  description: string;
  type: string;
  tags: string[];
  collections: string[];
  option?: string;
  /** Title (empty for the only one), price in minor units, and the price before a sale. */
  variants: [title: string, priceMinor: number, compareAtMinor?: number][];
  giftCard?: boolean;
}

export interface Catalogue {
  vendor: string;
  collections: { handle: string; title: string; description: string }[];
  products: SeedProduct[];
}

type ShopFacts = Omit<Shop, "id" | "createdAt" | "updatedAt" | "largeIds">;

const DEMO_FACTS: ShopFacts = {
  domain: DEMO_SHOP,
  host: "dangol-demo.localhost",
  name: "Dangol Goods",
  email: "hello@dangol-demo.example",
  currency: "USD",
  timeZone: "America/New_York",
  locale: "en",
  countryCode: "US",
  countryName: "United States",
  city: "New York",
  moneyFormat: "${{amount}}",
  moneyWithCurrencyFormat: "${{amount}} USD",
  taxesIncluded: false,
  taxRate: "0.08875",
  taxTitle: "New York Sales Tax",
  planName: "Basic",
  shippingRates: [
    { handle: "standard", title: "Standard", priceMinor: 695, freeFromMinor: 12_000 },
    { handle: "express", title: "Express", priceMinor: 1495, freeFromMinor: null },
  ],
};

const SEOUL_FACTS: ShopFacts = {
  domain: SEOUL_SHOP,
  host: "dangol-seoul.localhost",
  name: "단골상점",
  email: "hello@dangol-seoul.example",
  currency: "KRW",
  timeZone: "Asia/Seoul",
  locale: "ko",
  countryCode: "KR",
  countryName: "South Korea",
  city: "서울",
  moneyFormat: "{{amount_no_decimals}}원",
  moneyWithCurrencyFormat: "{{amount_no_decimals}}원",
  taxesIncluded: true,
  taxRate: "0.1",
  taxTitle: "부가가치세",
  planName: "Basic",
  shippingRates: [
    { handle: "standard", title: "택배", priceMinor: 3000, freeFromMinor: 50_000 },
    { handle: "dawn", title: "새벽배송", priceMinor: 5000, freeFromMinor: null },
  ],
};

/** Opens the two demo shops with their goods and first customers. Nothing is installed, nothing sold yet. */
export function seedShops(world: World): void {
  seedShop(world, DEMO_FACTS, DEMO_CATALOGUE, DEMO_CUSTOMERS);
  seedShop(world, SEOUL_FACTS, SEOUL_CATALOGUE, SEOUL_CUSTOMERS);
}

function seedShop(world: World, facts: ShopFacts, catalogue: Catalogue, customers: CustomerInput[]): void {
  const at = world.now().toISOString();
  world.store.addShop({ ...facts, id: world.store.newId(), largeIds: false, createdAt: at, updatedAt: at });
  const products = catalogue.products.map((seed) => ({
    seed,
    product: addProduct(world, facts.domain, catalogue.vendor, seed),
  }));
  for (const collection of catalogue.collections) {
    const members = products.filter(({ seed }) => seed.collections.includes(collection.handle));
    createCollection(world, facts.domain, {
      handle: collection.handle,
      title: collection.title,
      descriptionHtml: `<p>${collection.description}</p>`,
      productIds: members.map(({ product }) => product.id),
      imagePath: members[0]?.product.images[0]?.path ?? null,
    });
  }
  for (const customer of customers)
    createCustomer(world, facts.domain, { locale: facts.locale, enabled: true, ...customer });
}

function addProduct(world: World, shop: string, vendor: string, seed: SeedProduct) {
  const titles = seed.variants.map(([title]) => title || "Default Title");
  return createProduct(world, shop, {
    handle: seed.handle,
    title: seed.title,
    descriptionHtml: `<p>${seed.description}</p>`,
    vendor,
    productType: seed.type,
    tags: seed.tags,
    isGiftCard: seed.giftCard ?? false,
    options: [{ name: seed.option ?? "Title", values: titles }],
    variants: seed.variants.map(([, priceMinor, compareAtMinor], index) => ({
      title: titles[index],
      optionValues: [titles[index] ?? "Default Title"],
      sku: `${seed.handle.slice(0, 12).toUpperCase()}-${index + 1}`,
      priceMinor,
      compareAtMinor: compareAtMinor ?? null,
      inventoryQuantity: seed.giftCard === true ? null : 10_000,
    })),
    images: [{ path: `/cdn/products/${seed.handle}.svg`, alt: seed.title }],
  });
}
