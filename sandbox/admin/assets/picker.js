import { openDialog } from "./dialogs.js";

/** Shopify's resource picker: products, variants or collections; resolves with what was chosen, or null. */
export async function createPicker({ type, multiple = false, selectionIds = [], query = "" }) {
  const response = await fetch(`/admin/__resources?type=${encodeURIComponent(type)}`);
  const resources = await response.json();
  const choices =
    type === "variant"
      ? resources.flatMap((product) =>
          product.variants.map((variant) => ({ ...variant, title: variant.displayName, product })),
        )
      : resources;
  const chosen = new Set(selectionIds.map(({ id }) => id));

  const content = Object.assign(document.createElement("div"), { className: "picker" });
  const search = Object.assign(document.createElement("input"), {
    type: "search",
    placeholder: "Search",
    value: query,
    ariaLabel: "Search",
  });
  const list = Object.assign(document.createElement("ul"), { className: "picker__list" });
  const limit = multiple === true ? Infinity : multiple === false ? 1 : multiple;

  function choose(id, isChecked) {
    if (limit === 1) chosen.clear();
    if (isChecked && chosen.size < limit) chosen.add(id);
    if (!isChecked) chosen.delete(id);
    draw();
  }

  function draw() {
    const fitting = choices.filter(({ title }) => title.toLowerCase().includes(search.value.toLowerCase()));
    list.replaceChildren(
      ...fitting.map(({ id, title, images }) => {
        const box = Object.assign(document.createElement("input"), {
          type: limit === 1 ? "radio" : "checkbox",
          name: "picked",
          checked: chosen.has(id),
        });
        box.addEventListener("change", () => choose(id, box.checked));
        const label = document.createElement("label");
        label.append(box);
        if (images?.[0])
          label.append(Object.assign(document.createElement("img"), { src: images[0].originalSrc, alt: "" }));
        label.append(title);
        const item = document.createElement("li");
        item.append(label);
        return item;
      }),
    );
  }

  search.addEventListener("input", draw);
  draw();
  content.append(search, list);
  const answer = await openDialog({
    title:
      { product: "Add products", variant: "Add variants", collection: "Add collections" }[type] ?? "Choose",
    content,
    buttons: [
      { label: "Cancel", value: "cancel" },
      { label: "Add", value: "add", tone: "button--primary" },
    ],
  });
  return answer === "add" ? choices.filter(({ id }) => chosen.has(id)) : null;
}
