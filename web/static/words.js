/* Interface texts in the reader's language; a choice is remembered in this browser. */
const data = JSON.parse(document.getElementById("texts").textContent);
const HTML_LANGUAGE = { "zh-Hans": "zh-CN", "zh-Hant": "zh-Hant", en: "en" };
let current = data.language;

export const language = () => current;
export const say = (key) => data.texts[current][key] ?? "";
export const exampleQuestions = () => data.examples[current] ?? [];

function apply(code) {
  current = code;
  document.documentElement.lang = HTML_LANGUAGE[code];
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", say(node.dataset.label));
  for (const node of document.querySelectorAll("[data-title]")) node.title = say(node.dataset.title);
  for (const link of document.querySelectorAll("[data-choose-language]")) {
    if (link.dataset.chooseLanguage === code) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  document.dispatchEvent(new CustomEvent("tongbao:language"));
}

export function setUpLanguages(changed) {
  const kept = window.tongbao.kept.get("language");
  if (kept && kept !== current && data.texts[kept]) apply(kept);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-choose-language]");
    if (!link) return;
    event.preventDefault();
    window.tongbao.kept.set("language", link.dataset.chooseLanguage);
    apply(link.dataset.chooseLanguage);
    changed();
  });
}
