import { useAppBridge } from "@shopify/app-bridge-react";
import { BlockStack, Button, InlineError, InlineStack, Text, TextField } from "@shopify/polaris";
import { useId, useRef, useState } from "react";
import type { ResourceKind } from "#app/loyalty/insights/resource-title.ts";
import { useAdmin } from "./admin-context.tsx";
import { pickResources } from "./pick-resources.ts";
import { ResourceTag } from "./resource-tag.tsx";
import { listOf } from "./typed-list.ts";
import { rememberTitles, useResourceTitles } from "./use-resource-titles.ts";

/** As many are shown before the merchant asks for all of them. */
const SHOWN = 8;

export interface ResourceFieldProps {
  kind: ResourceKind;
  /** Shopify's ids in digits. What is no id is shown as it was typed, for the form to refuse. */
  values: readonly string[];
  onChange(values: string[]): void;
  label: string;
  /** The most that may be chosen. */
  max?: number;
  error?: string | undefined;
  help?: string | undefined;
  /** Of the element that takes the focus when something is wrong. */
  id?: string;
  onBlur?(): void;
}

/**
 * Products, variants or collections from the merchant's catalogue: chosen in Shopify's picker, shown by name and picture.
 * Ids can always be typed instead, which is all there is where the picker cannot be opened.
 */
export function ResourceField(props: ResourceFieldProps) {
  const { kind, values, onChange, label, error, help, onBlur, max = 250 } = props;
  const { t } = useAdmin();
  const bridge = useAppBridge();
  const ownId = useId();
  const id = props.id ?? ownId;
  const [all, setAll] = useState(false);
  const [typing, setTyping] = useState(false);
  const [pickerFailed, setPickerFailed] = useState(false);
  const chooseButton = useRef<HTMLDivElement>(null);
  const shown = all ? values : values.slice(0, SHOWN);
  const { titleOf, incomplete } = useResourceTitles(kind, shown);

  async function choose() {
    const known = values.filter((value) => /^\d+$/u.test(value));
    try {
      const picked = await pickResources(bridge, { kind, ids: known, max });
      if (picked) {
        rememberTitles(picked.titles);
        // What the picker cannot show stays until the merchant removes it here.
        const kept = values.filter((value) => !known.includes(value) || titleOf(value)?.outcome === "gone");
        onChange([...new Set([...picked.ids, ...kept])]);
      }
    } catch {
      setPickerFailed(true);
      setTyping(true);
    }
    onBlur?.();
  }

  function remove(value: string) {
    onChange(values.filter((entry) => entry !== value));
    chooseButton.current?.querySelector("button")?.focus();
  }

  return (
    <div role="group" aria-labelledby={`${id}-label`} data-resource-field={kind}>
      <BlockStack gap="200">
        <Text as="span" id={`${id}-label`}>
          {label}
        </Text>
        {values.length > 0 ? (
          <ul
            style={{
              display: "flex",
              flexWrap: "wrap",
              gap: "var(--p-space-200)",
              listStyle: "none",
              margin: 0,
              padding: 0,
            }}
          >
            {shown.map((value) => (
              <ResourceTag
                key={value}
                kind={kind}
                value={value}
                title={titleOf(value)}
                onRemove={() => remove(value)}
              />
            ))}
          </ul>
        ) : null}
        <InlineStack gap="300" blockAlign="center">
          <div ref={chooseButton}>
            <Button
              id={id}
              onClick={() => void choose()}
              {...(error ? { ariaDescribedBy: `${id}-error` } : {})}
            >
              {t(`resource.choose.${kind}`)}
            </Button>
          </div>
          {values.length > SHOWN ? (
            <Button variant="plain" onClick={() => setAll(!all)}>
              {t(all ? "resource.fewer" : "resource.all", { count: values.length })}
            </Button>
          ) : null}
          <Button variant="plain" ariaExpanded={typing} onClick={() => setTyping(!typing)}>
            {t(typing ? "resource.hideIds" : "resource.typeIds")}
          </Button>
        </InlineStack>
        {typing ? <TypedIds label={label} values={values} onChange={onChange} onBlur={onBlur} /> : null}
        {error ? <InlineError message={error} fieldID={`${id}-error`} /> : null}
        <div aria-live="polite">
          {pickerFailed || incomplete ? (
            <Text as="p" tone="subdued">
              {t(pickerFailed ? "resource.noPicker" : "resource.noTitles")}
            </Text>
          ) : null}
        </div>
        {help ? (
          <Text as="p" tone="subdued">
            {help}
          </Text>
        ) : null}
      </BlockStack>
    </div>
  );
}

/** The ids as text. What is typed stays as it is while it means what is chosen: a comma at the end is not eaten. */
function TypedIds(props: {
  label: string;
  values: readonly string[];
  onChange(values: string[]): void;
  onBlur?: (() => void) | undefined;
}) {
  const { label, values, onChange, onBlur } = props;
  const { t } = useAdmin();
  const [text, setText] = useState(values.join(", "));
  const agrees = listOf(text).join() === values.join();
  return (
    <TextField
      label={t("resource.ids", { label })}
      value={agrees ? text : values.join(", ")}
      onChange={(typed) => {
        setText(typed);
        onChange(listOf(typed));
      }}
      onBlur={() => onBlur?.()}
      helpText={t("resource.ids.help")}
      autoComplete="off"
      multiline={2}
      maxHeight="12rem"
    />
  );
}
