/**
 * The product form. Choosing an option finds the variant, writes its id into the form, fires `change` on that input,
 * updates `?variant=` in the address and shows its price: what Dawn does, and what apps listen for.
 */
class ProductInfo extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form[data-type='add-to-cart-form']");
    this.variants = JSON.parse(this.querySelector("[data-variants]").textContent);
    this.addEventListener("change", (event) => {
      if (event.target.name?.startsWith("option")) this.choose();
    });
    this.form.addEventListener("submit", (event) => this.add(event));
  }

  choose() {
    const chosen = [...this.querySelectorAll("[name^='option']:checked")].map((input) => input.value);
    const variant = this.variants.find((entry) =>
      entry.options.every((value, index) => value === chosen[index]),
    );
    const button = this.form.querySelector("[name='add']");
    button.disabled = !variant?.available;
    if (!variant) return;
    const input = this.form.querySelector("input[name='id']");
    input.value = variant.id;
    input.disabled = !variant.available;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    history.replaceState({}, "", `${this.dataset.url}?variant=${variant.id}`);
    const price = this.querySelector(`template[data-price-of='${variant.id}']`);
    this.querySelector("[data-price]").replaceChildren(price.content.cloneNode(true));
  }

  async add(event) {
    event.preventDefault();
    const [added, error] = [this.querySelector(".added"), this.querySelector(".error")];
    added.hidden = true;
    error.hidden = true;
    const answer = await fetch("/cart/add.js", { method: "POST", body: new FormData(this.form) });
    const body = await answer.json();
    if (!answer.ok) {
      error.textContent = body.description;
      error.hidden = false;
      return;
    }
    added.hidden = false;
    const cart = await (await fetch("/cart.js")).json();
    const count = document.querySelector("[data-cart-count]");
    count.textContent = cart.item_count;
    count.hidden = cart.item_count === 0;
    document.dispatchEvent(new CustomEvent("cart:updated", { detail: { cart } }));
  }
}

customElements.define("product-info", ProductInfo);
