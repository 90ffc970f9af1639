import { on, send } from "./messages.js";

/** What the shell needs to show a button of the app. */
export function describeButton(button) {
  return {
    label: button.textContent.trim(),
    primary: button.getAttribute("variant") === "primary",
    critical: button.getAttribute("tone") === "critical",
    disabled: button.hasAttribute("disabled"),
    loading: button.hasAttribute("loading") && button.getAttribute("loading") !== "false",
    href: button.getAttribute("href"),
  };
}

/** An element that is not seen itself; the shell shows what it holds, and is told of every change. */
class PublishedElement extends HTMLElement {
  connectedCallback() {
    this.style.display = "none";
    this.observer = new MutationObserver(() => this.publish());
    this.observer.observe(this, { subtree: true, childList: true, attributes: true, characterData: true });
    this.publish();
  }

  disconnectedCallback() {
    this.observer?.disconnect();
    this.withdraw?.();
  }
}

class NavMenu extends PublishedElement {
  publish() {
    const links = [...this.querySelectorAll("a[href], s-link[href]")].map((link) => ({
      label: link.textContent.trim(),
      href: link.getAttribute("href"),
      isHome: link.getAttribute("rel") === "home",
    }));
    if (links.length > 0) send("nav", { links });
  }
}

class TitleBar extends PublishedElement {
  get buttons() {
    return [...this.querySelectorAll("button, a")];
  }

  publish() {
    const modal = this.closest("ui-modal");
    if (modal) {
      modal.readTitleBar?.(this);
      return;
    }
    if (TitleBar.current && TitleBar.current !== this && TitleBar.current.isConnected) return;
    TitleBar.current = this;
    send("title-bar", { title: this.getAttribute("title") ?? "", buttons: this.buttons.map(describeButton) });
  }

  withdraw() {
    if (TitleBar.current !== this) return;
    TitleBar.current = undefined;
    send("title-bar", { title: "", buttons: [] });
  }
}

on("title-action", ({ index }) => TitleBar.current?.buttons[index]?.click());

/** What the save bar is about now: a `ui-save-bar` element or a form. Both know how to save and discard. */
let barOwner;

/** Shows the save bar for its owner. */
export function showBar(owner) {
  barOwner = owner;
  send("save-bar", { showing: true, ...owner.describe() });
}

/** Hides the save bar, if it is its owner's. */
export function hideBar(owner) {
  if (barOwner !== owner) return;
  barOwner = undefined;
  send("save-bar", { showing: false });
}

on("save-bar-action", ({ action }) => barOwner?.[action]());

class SaveBar extends PublishedElement {
  get showing() {
    return barOwner === this;
  }

  get discardConfirmation() {
    return this.hasAttribute("discardConfirmation");
  }

  set discardConfirmation(value) {
    this.toggleAttribute("discardConfirmation", Boolean(value));
  }

  get primary() {
    return this.querySelector("button[variant='primary']");
  }

  get secondary() {
    return this.querySelector("button:not([variant='primary'])");
  }

  describe() {
    const [primary, secondary] = [this.primary, this.secondary].map(
      (button) => button && describeButton(button),
    );
    return { primary, secondary, discardConfirmation: this.discardConfirmation };
  }

  publish() {
    if (this.showing) showBar(this);
  }

  withdraw() {
    hideBar(this);
  }

  async show() {
    if (this.showing) return;
    showBar(this);
    this.dispatchEvent(new CustomEvent("show"));
  }

  async hide() {
    if (!this.showing) return;
    hideBar(this);
    this.dispatchEvent(new CustomEvent("hide"));
  }

  toggle() {
    return this.showing ? this.hide() : this.show();
  }

  save() {
    this.primary?.click();
  }

  discard() {
    this.secondary?.click();
  }
}

for (const [name, element] of [
  ["ui-nav-menu", NavMenu],
  ["ui-title-bar", TitleBar],
  ["ui-save-bar", SaveBar],
]) {
  customElements.define(name, element);
}
customElements.define("s-app-nav", class extends NavMenu {});
