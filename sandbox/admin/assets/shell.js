/** The shell's own behaviour: the menu on a phone, and the choice of a shop. */
const toggle = document.querySelector("[data-menu-toggle]");
toggle.addEventListener("click", () => {
  const isOpen = document.body.classList.toggle("menu-open");
  toggle.setAttribute("aria-expanded", String(isOpen));
});

document.querySelector("[data-shops]").addEventListener("change", (event) => {
  location.assign(event.target.value);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("menu-open")) toggle.click();
});
