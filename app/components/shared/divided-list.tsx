import { Divider } from "@shopify/polaris";
import { Children, isValidElement } from "react";
import type { ReactNode } from "react";

/** A list with a line between its entries; the line belongs to the entry below it, as lists hold nothing but entries. */
export function DividedList({ flush = false, children }: { flush?: boolean; children: ReactNode }) {
  return (
    <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>
      {Children.toArray(children).map((child, index) => (
        <li key={isValidElement(child) ? child.key : index}>
          {index > 0 ? (
            <div style={{ paddingBlock: flush ? 0 : "var(--p-space-300)" }}>
              <Divider />
            </div>
          ) : null}
          {child}
        </li>
      ))}
    </ul>
  );
}
