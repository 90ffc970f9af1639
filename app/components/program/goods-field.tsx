import { EARN_LIMITS } from "#app/loyalty/program/earn-settings.ts";
import type { RuleKind } from "#app/loyalty/program/earn-settings.ts";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { ResourceField } from "#app/components/shared/resource-field.tsx";
import { listOf } from "#app/components/shared/typed-list.ts";
import { useFields } from "./editor-context.tsx";
import { PlainField } from "./fields.tsx";

/** What a rule is about: chosen from the catalogue where things have ids, typed where they have words. */
export function GoodsField(props: {
  kind: RuleKind;
  path: string;
  label: string;
  /** The form holds all values as one text, separated by commas. */
  value: string;
  onChange(value: string): void;
}) {
  const { kind, path, label, value, onChange } = props;
  const { t } = useAdmin();
  const { errorAt, touch } = useFields();
  if (kind === "tag" || kind === "vendor") {
    return (
      <PlainField
        path={path}
        label={label}
        value={value}
        onChange={onChange}
        helpText={t("program.values.words")}
      />
    );
  }
  return (
    <ResourceField
      id={`field-${path}`}
      kind={kind}
      label={label}
      values={listOf(value)}
      onChange={(ids) => onChange(ids.join(", "))}
      max={EARN_LIMITS.valuesMax}
      error={errorAt(path)}
      onBlur={() => touch(path)}
    />
  );
}
