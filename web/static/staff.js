/* Small comforts; every page of the staff works without them. */
for (const form of document.querySelectorAll("[data-submit-on-change]")) {
  form.addEventListener("change", (event) => { if (event.target.matches("select")) form.requestSubmit(); });
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
  });
}
window.addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("[data-submit-on-change] :disabled")) field.disabled = false;
});
/* Trying an edit builds an index: a few seconds in which the page must say so. */
for (const form of document.querySelectorAll("form[data-waiting]")) {
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value !== "preview") return;
    const said = form.querySelector("[role=status]");
    said.textContent = form.dataset.waiting;
  });
}
document.getElementById("trial")?.scrollIntoView({ block: "nearest" });
