// Custom elements of the storefront blocks. Deferred, no globals, and no request before the shopper acts: the panel's
// own script is imported when the panel is first opened by someone it has something to fetch for.
(() => {
  const REF_KEY = "dangol:ref";
  const PHONE = "(max-width: 749px)";

  const define = (name, element) => customElements.get(name) ?? customElements.define(name, element);

  const remember = (key, value) => {
    try {
      if (value) sessionStorage.setItem(key, value);
      return sessionStorage.getItem(key);
    } catch {
      return value; // Storage is switched off: what the page itself says has to do.
    }
  };

  /** Shows a text on a button for two seconds, where the shopper is looking. */
  const acknowledge = (button, text) => {
    const label = button.querySelector("span") ?? button;
    label.dataset.text ??= label.textContent;
    button.style.minInlineSize = `${button.offsetWidth}px`;
    label.textContent = text;
    clearTimeout(button.dangolTimer);
    button.dangolTimer = setTimeout(() => {
      label.textContent = label.dataset.text;
      button.style.minInlineSize = "";
    }, 2000);
  };

  const copyText = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const field = Object.assign(document.createElement("textarea"), { value: text });
    (document.querySelector("dialog[open]") ?? document.body).append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  };

  /** Copies `data-text` and says so in `data-done`. */
  class Copy extends HTMLElement {
    connectedCallback() {
      this.onclick = async (event) => {
        const button = event.target.closest("button");
        if (!button) return;
        await copyText(this.dataset.text);
        acknowledge(button, this.dataset.done);
      };
    }
  }

  /** The device's own share sheet; where there is none, copies the message and says so. */
  class Share extends HTMLElement {
    connectedCallback() {
      this.onclick = async (event) => {
        const button = event.target.closest("button");
        if (!button) return;
        const { title, text, url, done } = this.dataset;
        if (navigator.share) {
          // Closing the sheet without sharing rejects; that is no error.
          return navigator.share({ title, text, url }).catch(() => undefined);
        }
        await copyText(`${text} ${url}`);
        acknowledge(button, done);
      };
    }
  }

  const VARIANT_EVENTS = ["change", "variant:update", "variant:change", "variantChange"];

  /** Follows the chosen variant: the cart form of the same section, else the page's `?variant=`. */
  class Points extends HTMLElement {
    connectedCallback() {
      if (!this.dataset.points) return;
      this.points = JSON.parse(this.dataset.points);
      this.controller = new AbortController();
      const options = { signal: this.controller.signal };
      for (const name of VARIANT_EVENTS) document.addEventListener(name, () => this.soon(), options);
      addEventListener("popstate", () => this.soon(), options);
      window.navigation?.addEventListener("currententrychange", () => this.soon(), options);
      this.update();
    }

    disconnectedCallback() {
      this.controller?.abort();
    }

    // Themes write the variant into the form or the address a moment after the shopper's click.
    soon() {
      for (const wait of [0, 80, 400]) setTimeout(() => this.update(), wait);
    }

    variant() {
      const fields = [this.closest("[id^='shopify-section']") ?? document, document].flatMap((root) => [
        ...root.querySelectorAll("form[action*='/cart/add'] [name='id']"),
      ]);
      const inAddress = new URLSearchParams(location.search).get("variant");
      return [...fields.map((field) => field.value), inAddress].find((id) => id in this.points);
    }

    update() {
      const text = this.points[this.variant()];
      if (text === undefined || text === this.text) return;
      this.text = text;
      this.hidden = !text;
      this.querySelector("[data-dangol-amount]").textContent = text;
    }
  }

  /** The theme's own page colours, unless the merchant chose others; CSS falls back to the system's. */
  const followTheme = (dialog, widget) => {
    if (widget.style.getPropertyValue("--dangol-paper")) return;
    for (const element of [document.body, document.documentElement]) {
      const { backgroundColor, color } = getComputedStyle(element);
      if (/^rgba?\(.*[ ,/]0\)$/.test(backgroundColor) || backgroundColor === "transparent") continue;
      dialog.style.setProperty("--dangol-paper", backgroundColor);
      dialog.style.setProperty("--dangol-ink", color);
      return;
    }
  };

  /** On a phone the sheet's head can be pulled down to close it. */
  const dragToClose = (head, dialog) => {
    let from;
    const move = (event) => (from === undefined ? 0 : Math.max(0, event.clientY - from));
    const settle = (event) => {
      if (move(event) > 96) dialog.close();
      from = undefined;
      dialog.style.translate = "";
    };
    head.addEventListener("pointerdown", (event) => {
      if (!matchMedia(PHONE).matches || event.target.closest("button")) return;
      from = event.clientY;
      head.setPointerCapture(event.pointerId);
    });
    head.addEventListener("pointermove", (event) => {
      if (from !== undefined) dialog.style.translate = `0 ${move(event)}px`;
    });
    head.addEventListener("pointerup", settle);
    head.addEventListener("pointercancel", settle);
  };

  /** The launcher and its panel, a modal `<dialog>`: the browser keeps the focus inside, closes on Esc, gives it back. */
  class Widget extends HTMLElement {
    connectedCallback() {
      if (this.dialog) return;
      this.dialog = this.querySelector("dialog");
      this.launcher = this.querySelector("[data-dangol-open]");
      this.launcher.setAttribute("role", "button");
      this.launcher.setAttribute("aria-haspopup", "dialog");
      this.mark(false);
      this.launcher.onclick = (event) => this.open(event);
      // Enter too: a link answers it at once, and the key would then press the button that gets the focus.
      this.launcher.onkeydown = (event) => ["Enter", " "].includes(event.key) && this.open(event);
      this.dialog.onclose = () => this.mark(false);
      this.dialog.onclick = (event) => {
        if (event.target === this.dialog || event.target.closest("[data-dangol-close]")) this.dialog.close();
        else if (!this.ready && event.target.closest("[data-act=retry]")) this.load();
      };
      dragToClose(this.querySelector("[data-dangol-drag]"), this.dialog);
      this.welcomeFriend();
    }

    mark(isOpen) {
      this.launcher.setAttribute("aria-expanded", String(isOpen));
    }

    open(event) {
      event.preventDefault();
      if (this.dialog.open) return;
      followTheme(this.dialog, this);
      this.dialog.showModal();
      this.mark(true);
      if (this.dataset.state === "member" || this.friendCode) this.load();
    }

    load() {
      // A module that failed to arrive is asked for again under another name, or the browser answers from memory.
      const name = this.tries ? `${this.dataset.panel}#${this.tries}` : this.dataset.panel;
      import(name).then(
        (panel) => {
          this.ready = true;
          panel.start(this);
        },
        () => {
          this.tries = (this.tries ?? 0) + 1;
          this.say();
        },
      );
    }

    /** The panel's script itself did not arrive. */
    say() {
      const { failed, offline } = JSON.parse(this.dataset.strings);
      const text = navigator.onLine ? failed : offline;
      const codes = this.querySelector("[data-dangol-codes]");
      if (!codes) return (this.querySelector("[data-dangol-toast]").textContent = text);
      const blank = this.querySelector("[data-dangol-tpl=blank]").content.cloneNode(true);
      blank.querySelector("p").textContent = text;
      codes.replaceChildren(blank);
    }

    /** Someone who came by a friend's link finds the gift in the panel, and a word about it on the launcher. */
    welcomeFriend() {
      const section = this.querySelector("[data-dangol-friend]");
      const code = remember(REF_KEY, new URLSearchParams(location.search).get("ref"));
      if (!section || !/^[A-Za-z0-9]{4,20}$/.test(code ?? "")) return;
      this.friendCode = code;
      section.hidden = false;
      this.querySelector(".dangol-launcher__text").textContent = JSON.parse(this.dataset.strings).friend;
    }
  }

  define("dangol-copy", Copy);
  define("dangol-share", Share);
  define("dangol-points", Points);
  define("dangol-widget", Widget);
})();
