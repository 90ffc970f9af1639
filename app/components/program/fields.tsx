import { Box, InlineError, InlineStack, Text, TextField } from "@shopify/polaris";
import { InfoIcon } from "@shopify/polaris-icons";
import { Icon } from "@shopify/polaris";
import type { ReactNode } from "react";
import { useAdmin } from "#app/components/shared/admin-context.tsx";
import { useFields } from "./editor-context.tsx";

interface FieldProps {
  /** The setting's path: where the schema reports its errors. */
  path: string;
  label: string;
  value: string;
  onChange(value: string): void;
  helpText?: ReactNode;
  suffix?: string;
  disabled?: boolean;
}

/** A whole number as text: what cannot be read stays in the field with the error beside it. */
export function NumberField(props: FieldProps) {
  return <EditorField {...props} inputMode="numeric" />;
}

/** Money of the shop's currency. */
export function MoneyField(props: FieldProps) {
  const { currency } = useFields();
  return <EditorField suffix={currency} {...props} inputMode="decimal" />;
}

export function PlainField(props: FieldProps & { maxLength?: number }) {
  return <EditorField {...props} />;
}

function EditorField({
  path,
  label,
  value,
  onChange,
  helpText,
  suffix,
  disabled = false,
  inputMode,
  maxLength,
}: FieldProps & { inputMode?: "numeric" | "decimal"; maxLength?: number }) {
  const { errorAt, touch } = useFields();
  const error = errorAt(path);
  return (
    <TextField
      id={`field-${path}`}
      label={label}
      value={value}
      onChange={onChange}
      onBlur={() => touch(path)}
      autoComplete="off"
      disabled={disabled}
      {...(inputMode ? { inputMode } : {})}
      {...(maxLength ? { maxLength } : {})}
      {...(suffix ? { suffix } : {})}
      {...(helpText ? { helpText } : {})}
      {...(error ? { error } : {})}
    />
  );
}

/** English and Korean of one text, side by side. */
export function LocalizedFields(props: {
  path: string;
  label: string;
  value: { en: string; ko: string };
  onChange(value: { en: string; ko: string }): void;
  helpText?: string;
}) {
  const { t } = useAdmin();
  const { path, label, value, onChange, helpText } = props;
  return (
    <div
      style={{
        display: "grid",
        gap: "var(--p-space-300)",
        gridTemplateColumns: "repeat(auto-fit, minmax(200px, 1fr))",
      }}
    >
      <PlainField
        path={`${path}.en`}
        label={t("program.inEnglish", { label })}
        value={value.en}
        onChange={(en) => onChange({ ...value, en })}
        helpText={helpText}
      />
      <PlainField
        path={`${path}.ko`}
        label={t("program.inKorean", { label })}
        value={value.ko}
        onChange={(ko) => onChange({ ...value, ko })}
      />
    </div>
  );
}

/** What is wrong with a list as a whole: it has too many entries. */
export function ListError({ path }: { path: string }) {
  const { errorAt } = useFields();
  const error = errorAt(path);
  if (!error) return null;
  return (
    <div id={`field-${path}`} tabIndex={-1}>
      <InlineError message={error} fieldID={path} />
    </div>
  );
}

/** What the controls above it mean, in a sentence; changes as they do and is read out when it does. */
export function Sentence({ children }: { children: ReactNode }) {
  return (
    <Box background="bg-surface-secondary" padding="300" borderRadius="200">
      <InlineStack gap="200" wrap={false} blockAlign="start">
        <Box>
          <Icon source={InfoIcon} tone="subdued" />
        </Box>
        <div aria-live="polite">
          <Text as="p">{children}</Text>
        </div>
      </InlineStack>
    </Box>
  );
}
