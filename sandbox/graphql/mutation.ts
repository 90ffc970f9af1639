import { getNamedType, isEnumType, isObjectType } from "graphql";
import type { GraphQLResolveInfo } from "graphql";
import { Refusal } from "#sandbox/actions/refusal.ts";
import type { UserError } from "#sandbox/actions/refusal.ts";
import type { Source } from "./api.ts";

/**
 * Runs an action and answers with its payload; a refusal becomes userErrors, with every other field null and the
 * action's own field names put under `prefix`.
 */
export function mutate(info: GraphQLResolveInfo, prefix: readonly string[], act: () => Source): Source {
  try {
    return payload(info, act(), []);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return payload(
      info,
      {},
      error.userErrors.map((one) => ({ ...one, field: place(one.field, prefix) })),
    );
  }
}

/** The payload of a mutation that answers with these userErrors and nothing else. */
export function refusedPayload(info: GraphQLResolveInfo, userErrors: readonly UserError[]): Source {
  return payload(info, {}, userErrors);
}

function place(field: string[] | null, prefix: readonly string[]): string[] | null {
  if (field === null) return null;
  return prefix.length > 0 && field[0] !== prefix[0] ? [...prefix, ...field] : field;
}

/** Every field of the payload's type: what the action gave, the errors, and null for the rest. */
function payload(info: GraphQLResolveInfo, values: Source, userErrors: readonly UserError[]): Source {
  const type = getNamedType(info.returnType);
  if (!isObjectType(type)) return values;
  const filled: Source = {};
  for (const [name, field] of Object.entries(type.getFields())) {
    if (name === "userErrors" || name.endsWith("UserErrors")) {
      const errorType = getNamedType(field.type);
      const codeType = isObjectType(errorType)
        ? getNamedType(errorType.getFields()["code"]?.type)
        : undefined;
      const codes = isEnumType(codeType)
        ? new Set(codeType.getValues().map((value) => value.name))
        : new Set<string>();
      filled[name] = userErrors.map((error) => ({
        ...error,
        code: codes.has(error.code) ? error.code : codes.has("INVALID") ? "INVALID" : null,
        elementIndex:
          Number(error.field?.find((part) => /^\d+$/.test(part)) ?? Number.NaN) ||
          (error.field?.includes("0") === true ? 0 : null),
        extraInfo: null,
      }));
    } else {
      filled[name] = values[name] ?? null;
    }
  }
  return filled;
}
