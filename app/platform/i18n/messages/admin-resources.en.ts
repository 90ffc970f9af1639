/** What the fields say that take products, variants and collections of the catalogue. */
export const resourcesEn = {
  "resource.choose.product": "Choose products",
  "resource.choose.variant": "Choose variants",
  "resource.choose.collection": "Choose collections",
  "resource.unnamed.product": "Product {id}",
  "resource.unnamed.variant": "Variant {id}",
  "resource.unnamed.collection": "Collection {id}",
  "resource.gone.product": "Deleted product {id}",
  "resource.gone.variant": "Deleted variant {id}",
  "resource.gone.collection": "Deleted collection {id}",
  "resource.remove": "Remove {name}",
  "resource.all_one": "Show it",
  "resource.all_other": "Show all {count}",
  "resource.fewer": "Show fewer",
  "resource.typeIds": "Enter IDs",
  "resource.hideIds": "Hide IDs",
  "resource.ids": "{label}: IDs",
  "resource.ids.help": "IDs or their addresses in Shopify, separated by commas.",
  "resource.noPicker": "Shopify’s list cannot be opened here. Enter IDs instead.",
  "resource.noTitles":
    "Some names could not be loaded from Shopify. Their IDs are shown and nothing is lost.",
} as const;
