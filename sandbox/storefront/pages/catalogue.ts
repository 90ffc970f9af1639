import { buildProduct, isPublished } from "#sandbox/storefront/objects/build-product.ts";
import { buildCollections } from "#sandbox/storefront/objects/build-product.ts";
import { translateText } from "#sandbox/storefront/liquid/translate.ts";
import { readThemeCatalogue, renderPage } from "#sandbox/storefront/render-page.ts";
import type { Visit } from "#sandbox/storefront/render-page.ts";
import { html, json } from "#sandbox/http.ts";
import type { SandboxResponse } from "#sandbox/http.ts";

/** The home page. */
export async function showHome(visit: Visit): Promise<SandboxResponse> {
  const { shop } = visit.context.store.shop(visit.request.shop);
  return html(200, await renderPage(visit, { type: "index", template: "index", title: shop.name }));
}

/** The page for what is not there. */
export async function showNotFound(visit: Visit): Promise<SandboxResponse> {
  const title = translateText(readThemeCatalogue(visit.session), "general.not_found_title");
  return html(404, await renderPage(visit, { type: "404", template: "404", title }));
}

/** A product's page, or its JSON at `/products/<handle>.js`. */
export async function showProduct(visit: Visit, path: string): Promise<SandboxResponse> {
  const handle = path.replace(/\.(js|json)$/, "");
  const state = visit.context.store.shop(visit.request.shop);
  const entity = [...state.products.values()].find((entry) => entry.handle === handle && isPublished(entry));
  if (!entity) return showNotFound(visit);
  const variantId = visit.request.url.searchParams.get("variant") ?? undefined;
  const product = buildProduct(entity, state.shop.currency, variantId, state.collections.values());
  if (path !== handle) return json(200, product);
  const description = entity.descriptionHtml.replace(/<[^>]+>/g, "").trim();
  return html(
    200,
    await renderPage(visit, {
      type: "product",
      template: "product",
      title: entity.title,
      description,
      objects: { product },
    }),
  );
}

/** A collection's page; `/collections` itself shows everything. */
export async function showCollection(visit: Visit, handle: string): Promise<SandboxResponse> {
  const state = visit.context.store.shop(visit.request.shop);
  const all = buildCollections(state, translateText(readThemeCatalogue(visit.session), "collection.all"));
  if (!Object.hasOwn(all, handle)) return showNotFound(visit);
  const collection = (all as Record<string, (typeof all)["all"]>)[handle];
  const title = collection?.title ?? handle;
  return html(
    200,
    await renderPage(visit, { type: "collection", template: "collection", title, objects: { collection } }),
  );
}
