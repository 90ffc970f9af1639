import { randomBytes } from "node:crypto";
import type { Id, Shop, ShopState, State } from "./types.ts";

/** The state of the local Shopify, in memory. Whoever changes it calls `changed`, so that it is written to disk. */
export interface Store {
  state: State;
  /** The state of a shop; throws when there is no such shop. */
  shop(domain: string): ShopState;
  /** The state of a shop, or undefined. */
  findShop(domain: string): ShopState | undefined;
  addShop(shop: Shop): ShopState;
  /** A new id; 18 digits for the kinds that `largeIds` is about, else 13 as Shopify's are today. */
  newId(shop?: ShopState): Id;
  /** A random lower-case token, for order status pages and the like. */
  newToken(bytes?: number): string;
  changed(): void;
  /** Called after every change. */
  onChange(listener: () => void): void;
}

const FIRST_ID = 7_400_000_000_000;
const LARGE_ID_PREFIX = "82098";

/** A store over a state, empty unless one is given. */
export function createStore(initial?: State): Store {
  const listeners: (() => void)[] = [];
  const store: Store = {
    state: initial ?? emptyState(),
    shop(domain) {
      const found = store.state.shops.get(domain);
      if (found === undefined) throw new RangeError(`The sandbox has no shop ${domain}`);
      return found;
    },
    findShop: (domain) => store.state.shops.get(domain),
    addShop(shop) {
      const state = emptyShopState(shop, store.newId());
      store.state.shops.set(shop.domain, state);
      store.changed();
      return state;
    },
    newId(shop) {
      store.state.lastId += 1 + (store.state.lastId % 7);
      const id = String(store.state.lastId);
      return shop?.shop.largeIds === true ? LARGE_ID_PREFIX + id : id;
    },
    newToken: (bytes = 16) => randomBytes(bytes).toString("hex"),
    changed() {
      for (const listener of listeners) listener();
    },
    onChange(listener) {
      listeners.push(listener);
    },
  };
  return store;
}

/** A state without shops. */
export function emptyState(): State {
  return { version: 1, lastId: FIRST_ID, shops: new Map() };
}

function emptyShopState(shop: Shop, themeId: Id): ShopState {
  return {
    shop,
    orderNumber: 1000,
    customers: new Map(),
    products: new Map(),
    collections: new Map(),
    orders: new Map(),
    draftOrders: new Map(),
    discounts: new Map(),
    giftCards: new Map(),
    storeCredit: new Map(),
    metafields: new Map(),
    installation: null,
    tokens: new Map(),
    subscriptions: new Map(),
    bulkOperations: new Map(),
    mailbox: [],
    theme: { id: themeId, name: "Maru", blocks: [], settings: {} },
    mergedCustomers: new Map(),
  };
}
