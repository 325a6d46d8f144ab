/* Text size, light or dark and language: applied before the first paint, remembered in this browser only. */
(() => {
  const root = document.documentElement;
  const kept = {
    get(name) { try { return localStorage.getItem(`tongbao.${name}`); } catch { return null; } },
    set(name, value) {
      try {
        if (value === null) localStorage.removeItem(`tongbao.${name}`);
        else localStorage.setItem(`tongbao.${name}`, value);
      } catch { /* private browsing: the choice lasts as long as the page */ }
    },
  };
  const apply = (name, value) => {
    if (value) root.dataset[name] = value;
    else delete root.dataset[name];
  };
  const dark = () => root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;

  root.classList.add("scripted");
  apply("theme", kept.get("theme"));
  apply("elder", kept.get("elder"));
  window.tongbao = { kept, dark };

  function show() {
    const elder = root.dataset.elder || "";
    for (const button of document.querySelectorAll("[data-choose-elder]")) {
      const on = button.dataset.chooseElder === "" ? Boolean(elder) : button.dataset.chooseElder === elder;
      button.setAttribute("aria-pressed", String(on));
    }
    for (const group of document.querySelectorAll("[data-elder-sizes]")) group.hidden = !elder;
    for (const button of document.querySelectorAll("[data-choose-theme]")) {
      button.setAttribute("aria-pressed", String(dark()));
    }
    document.body?.classList.toggle("dark", dark());
  }

  function choose(name, value) {
    apply(name, value);
    kept.set(name, value || null);
    show();
    document.dispatchEvent(new CustomEvent("tongbao:display", { detail: { name, value } }));
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-choose-elder], [data-choose-theme]");
    if (!button) return;
    if (button.dataset.chooseTheme !== undefined) choose("theme", dark() ? "light" : "dark");
    else if (button.dataset.chooseElder === "") choose("elder", root.dataset.elder ? "" : "2");
    else choose("elder", button.dataset.chooseElder);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  document.addEventListener("DOMContentLoaded", show);
})();
