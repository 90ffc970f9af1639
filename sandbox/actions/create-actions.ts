import type { World } from "#sandbox/context.ts";
import * as lifecycle from "./app-lifecycle.ts";
import * as credit from "./credit.ts";
import * as customers from "./customers.ts";
import * as discounts from "./discounts.ts";
import * as drafts from "./drafts.ts";
import { editOrder } from "./edits.ts";
import type { Actions } from "./index.ts";
import * as mailAndTheme from "./mail-and-theme.ts";
import * as metafields from "./metafields.ts";
import * as orders from "./orders.ts";
import * as payments from "./payments.ts";
import * as products from "./products.ts";
import { disputeOrder } from "./disputes.ts";
import { refundOrder } from "./refunds.ts";
import * as tags from "./tags.ts";

/** Binds every action to a world. */
export function createActions(world: World): Actions {
  const bind =
    <A extends unknown[], R>(action: (world: World, ...input: A) => R) =>
    (...input: A): R =>
      action(world, ...input);
  return {
    createCustomer: bind(customers.createCustomer),
    updateCustomer: bind(customers.updateCustomer),
    deleteCustomer: bind(customers.deleteCustomer),
    mergeCustomers: bind(customers.mergeCustomers),
    addTags: bind(tags.addTags),
    removeTags: bind(tags.removeTags),
    createProduct: bind(products.createProduct),
    updateProduct: bind(products.updateProduct),
    deleteProduct: bind(products.deleteProduct),
    createCollection: bind(products.createCollection),
    updateCollection: bind(products.updateCollection),
    addProductsToCollection: bind(products.addProductsToCollection),
    removeProductsFromCollection: bind(products.removeProductsFromCollection),
    quoteOrder: bind(orders.quoteOrder),
    placeOrder: bind(orders.placeOrder),
    updateOrder: bind(orders.updateOrder),
    markPaid: bind(payments.markPaid),
    fulfilOrder: bind(payments.fulfilOrder),
    cancelOrder: bind(payments.cancelOrder),
    editOrder: bind(editOrder),
    refundOrder: bind(refundOrder),
    disputeOrder: bind(disputeOrder),
    createDraftOrder: bind(drafts.createDraftOrder),
    completeDraftOrder: bind(drafts.completeDraftOrder),
    createDiscount: bind(discounts.createDiscount),
    deactivateDiscount: bind(discounts.deactivateDiscount),
    activateDiscount: bind(discounts.activateDiscount),
    deleteDiscount: bind(discounts.deleteDiscount),
    addDiscountCodes: bind(discounts.addDiscountCodes),
    findDiscountByCode: bind(discounts.findDiscountByCode),
    setMetafields: bind(metafields.setMetafields),
    deleteMetafields: bind(metafields.deleteMetafields),
    readMetafield: bind(metafields.readMetafield),
    createGiftCard: bind(credit.createGiftCard),
    creditStoreCredit: bind(credit.creditStoreCredit),
    debitStoreCredit: bind(credit.debitStoreCredit),
    storeCreditBalance: bind(credit.storeCreditBalance),
    installApp: bind(lifecycle.installApp),
    uninstallApp: bind(lifecycle.uninstallApp),
    updateScopes: bind(lifecycle.updateScopes),
    updateShop: bind(lifecycle.updateShop),
    sendDataRequest: bind(lifecycle.sendDataRequest),
    sendCustomerRedact: bind(lifecycle.sendCustomerRedact),
    sendShopRedact: bind(lifecycle.sendShopRedact),
    receiveMail: bind(mailAndTheme.receiveMail),
    saveThemeBlock: bind(mailAndTheme.saveThemeBlock),
    removeThemeBlock: bind(mailAndTheme.removeThemeBlock),
  };
}
