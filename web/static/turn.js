/* What can be done with one answer: read aloud, copy, judge. */
import { say } from "./words.js";

const told = (turn, key) => { turn.querySelector(".told").textContent = say(key); };

export function act(button, { readAloud, stopReading }) {
  const turn = button.closest(".turn");
  if (button.dataset.act === "read") read(turn, button, readAloud, stopReading);
  else if (button.dataset.act === "copy") copy(turn);
  else judge(turn, button);
}

function read(turn, button, readAloud, stopReading) {
  const on = button.getAttribute("aria-pressed") === "true";
  stopReading();
  if (on) return;
  const label = button.querySelector("span");
  const show = (state) => {
    button.setAttribute("aria-pressed", String(state));
    label.textContent = say(state ? "read_stop" : "read_aloud");
  };
  const parts = [turn.querySelector(".sentence"), ...turn.querySelectorAll("blockquote")];
  readAloud(parts.map((part) => part.textContent), { changed: show, failed: () => told(turn, "read_failed") });
}

async function copy(turn) {
  const strip = document.querySelector(".notice-strip p a");
  const date = document.querySelector(".notice-strip time")?.textContent ?? "";
  const lines = [turn.dataset.question, turn.querySelector(".sentence").textContent.trim()];
  for (const card of turn.querySelectorAll(".quote-card")) {
    lines.push("", card.querySelector("blockquote").textContent, `—— ${card.querySelector(".label").textContent}`);
    lines.push(new URL(card.querySelector("a").getAttribute("href"), location.origin).href);
  }
  lines.push("", `${strip?.textContent ?? ""} ${date}`.trim());
  try {
    await navigator.clipboard.writeText(lines.join("\n"));
    told(turn, "copied");
  } catch { told(turn, "copy_failed"); }
}

/* A judgement waits a little for the line that may be added to it, so that it is stored once. */
const WAIT_MS = 20000;
const waiting = new Map();

function judge(turn, button) {
  for (const other of turn.querySelectorAll("[data-act='feedback']")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  turn.querySelector(".note").hidden = false;
  clearTimeout(waiting.get(turn));
  waiting.set(turn, setTimeout(() => send(turn, ""), WAIT_MS));
}

export function sendNote(event) {
  const form = event.target.closest(".note");
  if (!form) return;
  event.preventDefault();
  const turn = form.closest(".turn");
  turn.querySelector("[data-act='feedback'][aria-pressed='true']")?.focus();
  send(turn, form.elements.note.value.trim());
}

export function sendWaiting() {
  for (const turn of [...waiting.keys()]) send(turn, "");
}
addEventListener("pagehide", sendWaiting);

async function send(turn, note) {
  clearTimeout(waiting.get(turn));
  waiting.delete(turn);
  turn.querySelector(".note").hidden = true;
  const chosen = turn.querySelector("[data-act='feedback'][aria-pressed='true']");
  const body = {
    notice: turn.dataset.notice, question: turn.dataset.question, helpful: chosen.dataset.helpful === "true",
    note, citations: turn.dataset.citations.split(" ").filter(Boolean),
  };
  try {
    const reply = await fetch("/api/feedback", {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), keepalive: true,
    });
    told(turn, reply.ok ? "feedback_thanks" : "feedback_failed");
  } catch { told(turn, "feedback_failed"); }
}
