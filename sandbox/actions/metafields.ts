import { createHash } from "node:crypto";
import type { World } from "#sandbox/context.ts";
import { parseGid } from "#sandbox/gid.ts";
import type { Metafield, ShopState } from "#sandbox/store/types.ts";
import type { MetafieldInput } from "./inputs.ts";
import { checkMetafieldValue, isMetafieldType } from "./metafield-types.ts";
import { Refusal, refuse } from "./refusal.ts";
import type { UserError } from "./refusal.ts";

/** The app's numeric id, part of its reserved namespace. */
export const APP_ID = "5200001";
export const MAX_METAFIELDS_PER_CALL = 25;
const MAX_BYTES = 10_000_000;

/** Sets up to 25 metafields, all or none. */
export function setMetafields(world: World, shop: string, inputs: MetafieldInput[]): Metafield[] {
  const state = world.store.shop(shop);
  if (inputs.length > MAX_METAFIELDS_PER_CALL) {
    refuse(["metafields"], "Exceeded the maximum metafields input limit of 25.", "LESS_THAN_OR_EQUAL_TO");
  }
  if (inputs.reduce((sum, input) => sum + Buffer.byteLength(input.value), 0) > MAX_BYTES) {
    refuse(["metafields"], "Exceeded the maximum input size of 10 MB.", "CAPABILITY_VIOLATION");
  }
  const prepared = inputs.map((input, index) => prepare(world, state, input, index));
  const errors = prepared.flatMap((one) => ("error" in one ? [one.error] : []));
  if (errors.length > 0) throw new Refusal(errors);
  const at = world.now().toISOString();
  const saved = prepared.flatMap((one) => ("error" in one ? [] : [save(world, state, one, at)]));
  world.store.changed();
  return saved;
}

/** Deletes metafields; those that are not there are left alone. */
export function deleteMetafields(
  world: World,
  shop: string,
  identifiers: { ownerId: string; namespace: string; key: string }[],
): void {
  const state = world.store.shop(shop);
  for (const { ownerId, namespace, key } of identifiers) {
    state.metafields.get(ownerId)?.delete(`${resolveNamespace(namespace)}.${key}`);
  }
  world.store.changed();
}

/** Reads a metafield; `$app` is understood. */
export function readMetafield(
  world: World,
  shop: string,
  ownerId: string,
  namespace: string,
  key: string,
): Metafield | undefined {
  return world.store
    .shop(shop)
    .metafields.get(ownerId)
    ?.get(`${resolveNamespace(namespace)}.${key}`);
}

/** Writes `$app` and `$app:name` out as the reserved namespace of the app. */
export function resolveNamespace(namespace: string | undefined): string {
  if (namespace === undefined || namespace === "$app") return `app--${APP_ID}`;
  return namespace.startsWith("$app:") ? `app--${APP_ID}--${namespace.slice(5)}` : namespace;
}

interface Prepared {
  input: MetafieldInput;
  namespace: string;
  type: string;
  before: Metafield | undefined;
}

function prepare(
  world: World,
  state: ShopState,
  input: MetafieldInput,
  index: number,
): Prepared | { error: UserError } {
  const fail = (field: string, message: string, code: string) => ({
    error: { field: ["metafields", String(index), ...(field === "" ? [] : [field])], message, code },
  });
  if (!ownerExists(state, input.ownerId)) return fail("ownerId", "Owner does not exist.", "INVALID");
  if (input.key.length < 2 || input.key.length > 64)
    return fail("key", "Key must be 2 to 64 characters.", "TOO_SHORT");
  const namespace = resolveNamespace(input.namespace);
  const before = state.metafields.get(input.ownerId)?.get(`${namespace}.${input.key}`);
  const declared = declaredType(world, input);
  const type = input.type ?? declared ?? before?.type;
  if (type === undefined) return fail("type", "Type can't be blank.", "BLANK");
  if (!isMetafieldType(type))
    return fail("type", `Type ${type} is not one that the sandbox knows.`, "INVALID_TYPE");
  if (declared !== undefined && declared !== type) {
    return fail("type", `Type must be consistent with the definition's type: ${declared}.`, "INVALID_TYPE");
  }
  if (input.value === "") return fail("value", "Value can't be blank.", "BLANK");
  const wrong = checkMetafieldValue(type, input.value);
  if (wrong !== undefined) return fail("value", wrong, "INVALID_VALUE");
  if (input.compareDigest !== undefined && (before?.compareDigest ?? null) !== input.compareDigest) {
    const message =
      "The resource has been updated since it was loaded. Try again with an updated `compareDigest` value.";
    return fail("", message, "STALE_OBJECT");
  }
  return { input, namespace, type, before };
}

function declaredType(world: World, input: MetafieldInput): string | undefined {
  const namespace = resolveNamespace(input.namespace);
  const ownerType = (parseGid(input.ownerId)?.type ?? "").toUpperCase();
  return world
    .config()
    .metafields.find(
      (one) =>
        one.ownerType === ownerType && resolveNamespace(one.namespace) === namespace && one.key === input.key,
    )?.type;
}

function save(
  world: World,
  state: ShopState,
  { input, namespace, type, before }: Prepared,
  at: string,
): Metafield {
  const metafield: Metafield = {
    id: before?.id ?? world.store.newId(),
    ownerId: input.ownerId,
    namespace,
    key: input.key,
    type,
    value: input.value,
    compareDigest: createHash("sha256").update(`${type}\n${input.value}`).digest("hex"),
    createdAt: before?.createdAt ?? at,
    updatedAt: at,
  };
  const owned = state.metafields.get(input.ownerId) ?? new Map<string, Metafield>();
  owned.set(`${namespace}.${input.key}`, metafield);
  state.metafields.set(input.ownerId, owned);
  return metafield;
}

function ownerExists(state: ShopState, ownerId: string): boolean {
  const owner = parseGid(ownerId);
  switch (owner?.type) {
    case "Customer":
      return state.customers.has(owner.id);
    case "Order":
      return state.orders.has(owner.id);
    case "Product":
      return state.products.has(owner.id);
    case "ProductVariant":
      return [...state.products.values()].some((product) =>
        product.variants.some((variant) => variant.id === owner.id),
      );
    case "Collection":
      return state.collections.has(owner.id);
    case "Shop":
      return state.shop.id === owner.id;
    case "AppInstallation":
      return state.installation?.id === owner.id;
    default:
      return false;
  }
}
