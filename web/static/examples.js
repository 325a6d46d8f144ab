/* Example questions: four at a time, the next four on request. Nothing moves by itself. */
import { exampleQuestions } from "./words.js";

const SHOWN = 4;

export function setUpExamples() {
  const list = document.getElementById("examples");
  if (!list) return;
  let first = 0;
  const draw = () => {
    const questions = exampleQuestions();
    const next = questions.map((_, place) => questions[(first + place) % questions.length]).slice(0, SHOWN);
    list.replaceChildren(...next.map((question) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button";
      button.dataset.ask = question;
      button.textContent = question;
      item.append(button);
      return item;
    }));
  };
  document.getElementById("other-examples")?.addEventListener("click", () => {
    first = (first + SHOWN) % Math.max(1, exampleQuestions().length);
    draw();
  });
  document.addEventListener("tongbao:language", () => { first = 0; draw(); });
}
