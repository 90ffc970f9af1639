import { describeButton } from "./bars.js";

const modalStyles = new CSSStyleSheet();
modalStyles.replaceSync(`
  dialog { border: 0; padding: 0; border-radius: 12px; width: min(38.75rem, calc(100vw - 2rem)); max-height: calc(100dvh - 2rem); box-shadow: 0 20px 60px rgba(0, 0, 0, 0.3); color: inherit; font: inherit; overflow: hidden; }
  dialog[open] { display: flex; flex-direction: column; }
  dialog::backdrop { background: rgba(0, 0, 0, 0.45); }
  .small { width: min(24rem, calc(100vw - 2rem)); }
  .large { width: min(61rem, calc(100vw - 2rem)); }
  .max { width: calc(100vw - 2rem); height: calc(100dvh - 2rem); }
  header { display: flex; justify-content: space-between; align-items: center; gap: 1rem; padding: 0.875rem 1rem; border-bottom: 1px solid #e3e3e3; background: #f3f3f3; font-weight: 600; }
  header button { border: 0; background: none; font: inherit; font-size: 1.125rem; width: 2rem; height: 2rem; border-radius: 8px; cursor: pointer; }
  header button:hover { background: #e3e3e3; }
  .body { overflow: auto; flex: 1; }
  iframe { border: 0; width: 100%; height: 100%; min-height: 24rem; display: block; }
  footer { display: flex; justify-content: flex-end; gap: 0.5rem; padding: 0.875rem 1rem; border-top: 1px solid #e3e3e3; }
  footer:empty { display: none; }
  footer button { min-height: 2rem; padding: 0.25rem 0.875rem; border-radius: 8px; border: 1px solid #c9c9c9; background: #fff; font: inherit; font-weight: 550; cursor: pointer; }
  footer button.primary { background: #303030; border-color: #303030; color: #fff; }
  footer button.critical { background: #c70a24; border-color: #c70a24; color: #fff; }
  footer button:disabled { opacity: 0.5; cursor: default; }
`);

/** Shopify shows a modal in the admin; here it opens over the app's own page. */
class Modal extends HTMLElement {
  constructor() {
    super();
    this.content = document.createElement("div");
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [modalStyles];
    root.innerHTML = `<dialog aria-labelledby="title"><header><span id="title"></span><button type="button" aria-label="Close">×</button></header><div class="body"><slot></slot></div><footer></footer></dialog>`;
    this.dialog = root.querySelector("dialog");
    root.querySelector("header button").addEventListener("click", () => this.hide());
    this.dialog.addEventListener("close", () => this.dispatchEvent(new CustomEvent("hide")));
  }

  connectedCallback() {
    if (this.content.parentNode !== this) this.append(this.content);
    if (this.hasAttribute("src") && !this.frame) {
      this.frame = Object.assign(document.createElement("iframe"), { src: this.getAttribute("src") });
      this.shadowRoot.querySelector(".body").replaceChildren(this.frame);
    }
  }

  get contentWindow() {
    return this.frame?.contentWindow ?? null;
  }

  get variant() {
    return this.getAttribute("variant") ?? "base";
  }

  set variant(value) {
    this.setAttribute("variant", value);
  }

  readTitleBar(bar) {
    this.shadowRoot.querySelector("#title").textContent = bar.getAttribute("title") ?? "";
    const buttons = bar.buttons.map((button) => {
      const { label, primary, critical, disabled, loading } = describeButton(button);
      const copy = Object.assign(document.createElement("button"), {
        type: "button",
        textContent: label,
        disabled: disabled || loading,
      });
      copy.classList.toggle("primary", primary && !critical);
      copy.classList.toggle("critical", critical);
      copy.addEventListener("click", () => button.click());
      return copy;
    });
    // Shopify puts the primary action last.
    this.shadowRoot.querySelector("footer").replaceChildren(...buttons.toReversed());
  }

  async show() {
    if (this.dialog.open || !this.isConnected) return;
    this.dialog.className = this.variant;
    this.dialog.showModal();
    this.dispatchEvent(new CustomEvent("show"));
  }

  async hide() {
    if (this.dialog.open) this.dialog.close();
  }

  toggle() {
    return this.dialog.open ? this.hide() : this.show();
  }
}

customElements.define("ui-modal", Modal);
