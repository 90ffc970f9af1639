import type { World } from "#sandbox/context.ts";
import type {
  Customer,
  Discount,
  GiftCard,
  Mail,
  Metafield,
  Product,
  Collection,
  StoreCreditAccount,
  ThemeBlock,
  Id,
  Installation,
} from "#sandbox/store/types.ts";
import type { DraftOrder, Order, Refund } from "#sandbox/store/order-types.ts";
import type * as Input from "./inputs.ts";

/**
 * Everything that changes a shop. Each acts at once (no promise), keeps the state whole, bumps `updatedAt`
 * and queues the webhooks that Shopify would send. What Shopify would refuse throws `Refusal`.
 */
export interface Actions {
  createCustomer(shop: string, input: Input.CustomerInput): Customer;
  updateCustomer(shop: string, id: Id, input: Input.CustomerInput): Customer;
  deleteCustomer(shop: string, id: Id): void;
  mergeCustomers(shop: string, oneId: Id, twoId: Id): Input.MergeResult;
  addTags(shop: string, gid: string, tags: string[]): void;
  removeTags(shop: string, gid: string, tags: string[]): void;

  createProduct(shop: string, input: Input.ProductInput): Product;
  updateProduct(shop: string, id: Id, input: Partial<Input.ProductInput>): Product;
  deleteProduct(shop: string, id: Id): void;
  createCollection(shop: string, input: Input.CollectionInput): Collection;
  updateCollection(shop: string, id: Id, input: Input.CollectionChange): Collection;
  addProductsToCollection(shop: string, id: Id, productIds: Id[]): Collection;
  removeProductsFromCollection(shop: string, id: Id, productIds: Id[]): Collection;

  /** Prices a cart as `placeOrder` would, and says which codes do not apply and why. Changes nothing. */
  quoteOrder(shop: string, input: Input.PlaceOrderInput): Input.Quote;
  placeOrder(shop: string, input: Input.PlaceOrderInput): Order;
  updateOrder(
    shop: string,
    id: Id,
    input: { tags?: string[]; note?: string | null; email?: string | null; customerId?: Id | null },
  ): Order;
  markPaid(shop: string, orderId: Id): Order;
  fulfilOrder(shop: string, orderId: Id, lines?: { lineItemId: Id; quantity: number }[]): Order;
  cancelOrder(shop: string, input: Input.CancelInput): Order;
  editOrder(shop: string, input: Input.EditInput): Order;
  refundOrder(shop: string, input: Input.RefundInput): Refund;
  disputeOrder(shop: string, input: Input.DisputeInput): Order;
  createDraftOrder(shop: string, input: Input.DraftOrderInput): DraftOrder;
  completeDraftOrder(shop: string, id: Id, paymentPending?: boolean): Order;

  createDiscount(shop: string, input: Input.DiscountInput): Discount;
  deactivateDiscount(shop: string, id: Id): Discount;
  activateDiscount(shop: string, id: Id): Discount;
  deleteDiscount(shop: string, id: Id): void;
  addDiscountCodes(shop: string, id: Id, codes: string[]): Discount;
  findDiscountByCode(shop: string, code: string): Discount | undefined;

  setMetafields(shop: string, inputs: Input.MetafieldInput[]): Metafield[];
  deleteMetafields(shop: string, identifiers: { ownerId: string; namespace: string; key: string }[]): void;
  /** Reads one; `$app` is understood. */
  readMetafield(shop: string, ownerId: string, namespace: string, key: string): Metafield | undefined;

  createGiftCard(shop: string, input: Input.GiftCardInput): GiftCard;
  creditStoreCredit(
    shop: string,
    customerId: Id,
    amountMinor: number,
    expiresAt?: string | null,
  ): StoreCreditAccount;
  debitStoreCredit(shop: string, customerId: Id, amountMinor: number): StoreCreditAccount;
  /** The spendable store credit of a customer in the shop's currency. */
  storeCreditBalance(shop: string, customerId: Id): number;

  /** Managed installation: grants the scopes of shopify.app.toml. The token comes later, by token exchange. */
  installApp(shop: string): Installation;
  uninstallApp(shop: string): void;
  updateScopes(shop: string, scopes: string[]): Installation;
  updateShop(shop: string, input: Input.ShopInput): void;
  sendDataRequest(shop: string, customerId: Id): void;
  sendCustomerRedact(
    shop: string,
    customer: { id: Id; email?: string | null; phone?: string | null },
    orderIds?: Id[],
  ): void;
  sendShopRedact(shop: string): void;

  /** Puts a mail into the shop's mailbox page. */
  receiveMail(shop: string, input: Input.MailInput): Mail;
  saveThemeBlock(shop: string, input: Input.ThemeBlockInput): ThemeBlock;
  removeThemeBlock(shop: string, id: Id): void;
}

export type ActionsOf = (world: World) => Actions;
