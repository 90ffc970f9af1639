import { openDialog } from "./dialogs.js";

const WORDS = {
  en: {
    titles: {
      add: { product: "Add products", variant: "Add variants", collection: "Add collections" },
      select: { product: "Select products", variant: "Select variants", collection: "Select collections" },
    },
    search: { product: "Search products", variant: "Search variants", collection: "Search collections" },
    cancel: "Cancel",
    add: "Add",
    select: "Select",
    none: "Nothing found",
    selected: (count, limit) => (limit === Infinity ? `${count} selected` : `${count}/${limit} selected`),
  },
  ko: {
    titles: {
      add: { product: "제품 추가", variant: "이형 상품 추가", collection: "컬렉션 추가" },
      select: { product: "제품 선택", variant: "이형 상품 선택", collection: "컬렉션 선택" },
    },
    search: { product: "제품 검색", variant: "이형 상품 검색", collection: "컬렉션 검색" },
    cancel: "취소",
    add: "추가",
    select: "선택",
    none: "결과가 없어요",
    selected: (count, limit) => (limit === Infinity ? `${count}개 선택됨` : `${count}/${limit} 선택됨`),
  },
};

const element = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};

async function readResources(type, filter) {
  const query = new URLSearchParams({ type, query: filter.query ?? "" });
  for (const kind of ["draft", "archived"]) if (filter[kind] === false) query.set(kind, "0");
  const response = await fetch(`/admin/__resources?${query}`);
  if (!response.ok) throw new Error(`The resource picker's list answered ${response.status}.`);
  return response.json();
}

/** What a row shows, and what the search looks through. */
function describe(resource) {
  const product = resource.product ?? resource;
  const isOnly = resource.title === "Default Title";
  return {
    title: resource.product && !isOnly ? `${product.title} - ${resource.title}` : product.title,
    image: (resource.image ?? product.images?.[0])?.originalSrc,
  };
}

/** Arrow keys go from row to row, from the search into the list and back; Enter chooses what is ticked. */
function listenToKeys(content, submit) {
  content.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      submit();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const stops = [...content.querySelectorAll("input:not(:disabled)")];
    const next = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    stops[Math.min(Math.max(next, 0), stops.length - 1)]?.focus();
  });
}

/**
 * Shopify's resource picker: products, variants or collections. Resolves with what was chosen, what was chosen before
 * first; null when it was closed without choosing. What is preselected but gone is not among the chosen.
 */
export async function openPicker(options, locale) {
  const { type, action = "add", multiple = false, selectionIds = [], query = "", filter = {} } = options;
  const words = WORDS[locale] ?? WORDS.en;
  const limit = multiple === true ? Infinity : multiple === false ? 1 : multiple;
  const resources = new Map((await readResources(type, filter)).map((entry) => [entry.id, entry]));
  const chosen = new Set(selectionIds.map(({ id }) => id).filter((id) => resources.has(id)));

  const search = element("input", {
    type: "search",
    placeholder: words.search[type],
    ariaLabel: words.search[type],
    value: query,
    autofocus: true,
  });
  const list = element("ul", { className: "picker__list" });
  const count = element("p", { className: "picker__count", role: "status" });
  const content = element("div", { className: "picker" }, search, list, count);

  function choose(id, isChosen) {
    if (limit === 1) chosen.clear();
    if (isChosen) chosen.add(id);
    else chosen.delete(id);
    mark();
  }

  /** Ticks the rows there are, and keeps more than the limit from being ticked. */
  function mark() {
    for (const box of list.querySelectorAll("input")) {
      box.checked = chosen.has(box.value);
      box.disabled = limit !== 1 && !box.checked && chosen.size >= limit;
    }
    count.textContent = words.selected(chosen.size, limit);
  }

  function row(resource) {
    const { title, image } = describe(resource);
    const box = element("input", {
      type: limit === 1 ? "radio" : "checkbox",
      name: "picked",
      value: resource.id,
    });
    box.addEventListener("change", () => choose(resource.id, box.checked));
    const picture = element("span", { className: "picker__picture" });
    if (image) picture.append(element("img", { src: image, alt: "", loading: "lazy" }));
    return element("li", {}, element("label", {}, box, picture, element("span", { textContent: title })));
  }

  function draw() {
    const typed = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fitting = [...resources.values()].filter((resource) =>
      typed.every((word) => describe(resource).title.toLowerCase().includes(word)),
    );
    list.replaceChildren(...fitting.map(row));
    if (fitting.length === 0)
      list.append(element("li", { className: "picker__none", textContent: words.none }));
    mark();
  }

  search.addEventListener("input", draw);
  draw();
  const answer = openDialog({
    title: words.titles[action][type],
    content,
    buttons: [
      { label: words.cancel, value: "cancel" },
      { label: words[action], value: "choose", tone: "button--primary" },
    ],
  });
  listenToKeys(content, () => content.closest("dialog").close("choose"));
  return (await answer) === "choose" ? [...chosen].map((id) => resources.get(id)) : null;
}
