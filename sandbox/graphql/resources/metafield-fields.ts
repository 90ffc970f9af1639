import {
  deleteMetafields,
  readMetafield,
  resolveNamespace,
  setMetafields,
} from "#sandbox/actions/metafields.ts";
import type { MetafieldInput } from "#sandbox/actions/inputs.ts";
import { parseGid } from "#sandbox/gid.ts";
import type { Metafield } from "#sandbox/store/types.ts";
import { gid } from "#sandbox/webhooks/payload-values.ts";
import type { Api, Args, Resolvers, Source } from "../api.ts";
import { connection } from "../connection.ts";
import { mutate } from "../mutation.ts";
import { checkOwnerScope } from "../scopes.ts";
import { dateTime, listArg, textArg, textsArg } from "../values.ts";

/** `metafield` and `metafields` of an owner. */
export function metafieldFields(api: Api, ownerId: string): Source {
  return {
    metafield: (args: Args) => {
      const found = readMetafield(
        api.sandbox,
        api.shop,
        ownerId,
        textArg(args, "namespace") ?? "$app",
        textArg(args, "key") ?? "",
      );
      return found === undefined ? null : metafieldNode(found);
    },
    metafields: (args: Args) => {
      const namespace = textArg(args, "namespace");
      const keys = textsArg(args, "keys");
      const all = [...(api.state.metafields.get(ownerId)?.values() ?? [])].filter(
        (one) =>
          (namespace === undefined || one.namespace === resolveNamespace(namespace)) &&
          (keys === undefined || keys.includes(`${one.namespace}.${one.key}`)),
      );
      return connection(all, args, metafieldNode);
    },
  };
}

/** A metafield. */
export function metafieldNode(metafield: Metafield): Source {
  return {
    __typename: "Metafield",
    id: gid("Metafield", metafield.id),
    legacyResourceId: metafield.id,
    namespace: metafield.namespace,
    key: metafield.key,
    type: metafield.type,
    value: metafield.value,
    jsonValue: jsonValue(metafield),
    compareDigest: metafield.compareDigest,
    sizeInBytes: Buffer.byteLength(metafield.value),
    ownerType: (parseGid(metafield.ownerId)?.type ?? "").toUpperCase(),
    createdAt: dateTime(metafield.createdAt),
    updatedAt: dateTime(metafield.updatedAt),
  };
}

function jsonValue(metafield: Metafield): unknown {
  if (metafield.type === "json" || metafield.type.startsWith("list.") || metafield.type === "money")
    return JSON.parse(metafield.value);
  if (metafield.type === "number_integer") return Number(metafield.value);
  if (metafield.type === "boolean") return metafield.value === "true";
  return metafield.value;
}

function readInput(one: Args): MetafieldInput {
  return {
    ownerId: textArg(one, "ownerId") ?? "",
    namespace: textArg(one, "namespace"),
    key: textArg(one, "key") ?? "",
    type: textArg(one, "type"),
    value: textArg(one, "value") ?? "",
    ...("compareDigest" in one ? { compareDigest: textArg(one, "compareDigest") ?? null } : {}),
  };
}

export const metafieldMutations: Resolvers = {
  metafieldsSet: (args, api, info) => {
    const inputs = listArg(args, "metafields").map(readInput);
    for (const input of inputs) {
      const reserved = resolveNamespace(input.namespace).startsWith("app--");
      if (!reserved) checkOwnerScope(api, "metafieldsSet", parseGid(input.ownerId)?.type);
    }
    return mutate(info, [], () => ({
      metafields: setMetafields(api.sandbox, api.shop, inputs).map(metafieldNode),
    }));
  },
  metafieldsDelete: (args, api, info) => {
    const identifiers = listArg(args, "metafields").map((one) => ({
      ownerId: textArg(one, "ownerId") ?? "",
      namespace: textArg(one, "namespace") ?? "$app",
      key: textArg(one, "key") ?? "",
    }));
    return mutate(info, [], () => {
      const found = identifiers.map((one) =>
        readMetafield(api.sandbox, api.shop, one.ownerId, one.namespace, one.key),
      );
      deleteMetafields(api.sandbox, api.shop, identifiers);
      const deleted = found.map((one) =>
        one === undefined ? null : { ownerId: one.ownerId, namespace: one.namespace, key: one.key },
      );
      return { deletedMetafields: deleted };
    });
  },
};
