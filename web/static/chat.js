/* The residents' room: takes questions to the server through the chat's form and shows the replies.
   The conversation lives in this page only; a reload or “new conversation” forgets it. */
import { openNotice, closeNotice } from "./panel.js";
import { readAloud, stopReading, listen } from "./voice.js";
import { language, say, setUpLanguages } from "./words.js";
import { setUpExamples } from "./examples.js";
import { act, sendNote, sendWaiting } from "./turn.js";

const HISTORY = 20;
const PATIENCE_MS = 15000;

const $ = (id) => document.getElementById(id);
const turns = $("turns");
const history = [];
let pending = null; // { number, question, element, timer }
let queued = null;
let number = 0;

const box = () => document.querySelector("#question textarea, #question input");
const sendButton = () => $("send");

function setBox(text) {
  const field = box();
  const prototype = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(prototype.prototype, "value").set.call(field, text);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

export function ask(question) {
  if (pending || !sendButton()) return;
  queued = question;
  sendButton().click();
}

/* Called by the chat's form with what was typed; what it returns goes to the server. */
window.tongbao.take = (typed) => {
  const question = (queued ?? typed ?? "").trim();
  queued = null;
  number += 1;
  begin(question);
  setBox("");
  const carried = {
    number, question, history: history.slice(-HISTORY),
    language: language(), frame: window.tongbao.kept.get("language"),
  };
  return [question, JSON.stringify(carried)];
};
const unanswered = (why = "failed") => { if (pending) fail(say(why)); };

/* The form asks a function by its number, with fields that nobody needs; the server takes the two
   strings at one address. The form also tries again in silence when the server is gone; people
   are told at once. */
const ADDRESS = "/gradio_api/run/ask";
const fetchPlainly = window.fetch;
window.fetch = async (address, options) => {
  const asking = String(address?.url ?? address).includes("/gradio_api/run/");
  try {
    const reply = await fetchPlainly(...(asking ? [ADDRESS, plainly(options)] : [address, options]));
    if (asking && !reply.ok) unanswered([429, 503].includes(reply.status) ? "busy" : "failed");
    return reply;
  } catch (error) {
    if (asking) unanswered();
    throw error;
  }
};

function plainly(options) {
  return { ...options, body: JSON.stringify({ data: JSON.parse(options.body).data }) };
}

function begin(question) {
  stopReading();
  sendWaiting();
  $("alert").textContent = "";
  $("welcome").hidden = true;
  document.body.classList.add("asked");
  const element = document.createElement("article");
  element.className = "turn waiting";
  const title = document.createElement("h2");
  title.className = "asked";
  title.textContent = question;
  const wait = document.createElement("p");
  wait.className = "waiting-line";
  wait.textContent = say("searching");
  element.append(title, wait);
  turns.append(element);
  $("status").textContent = say("searching");
  $("stop").hidden = false;
  pending = { number, question, element, timer: setTimeout(() => unanswered(), PATIENCE_MS) };
  show(element);
}

function end() {
  clearTimeout(pending.timer);
  pending = null;
  $("stop").hidden = true;
}

function deliver(reply) {
  if (!pending || Number(reply.dataset.number) !== pending.number) return;
  const turn = reply.querySelector(".turn");
  if (!turn) return;
  const { element, question } = pending;
  end();
  const shown = turn.cloneNode(true);
  element.replaceWith(shown);
  if (shown.dataset.status !== "error") history.push(question);
  const told = [".badge", ".sentence"].map((part) => shown.querySelector(part)?.textContent.trim());
  $("status").textContent = told.filter(Boolean).join(say("label_separator"));
  show(shown);
}

function fail(message) {
  const { element, question } = pending;
  end();
  element.remove();
  $("status").textContent = "";
  $("alert").textContent = message;
  setBox(question);
}

function stop() {
  if (!pending) return;
  const { element, question } = pending;
  end();
  element.remove();
  $("status").textContent = say("stopped");
  setBox(question);
  box().focus();
}

function show(element) {
  requestAnimationFrame(() => element.scrollIntoView({ block: "start" }));
}

function startAnew() {
  if (pending) stop();
  stopReading();
  sendWaiting();
  closeNotice();
  history.length = 0;
  turns.replaceChildren();
  $("alert").textContent = $("status").textContent = "";
  $("welcome").hidden = false;
  document.body.classList.remove("asked");
  setBox("");
  scrollTo({ top: 0 });
  box().focus();
}

/* A blank box, a second Enter, or the Enter that ends a Chinese input method asks nothing. */
function holdBack(event) {
  const typing = event.target === box();
  const sending = event.target.closest?.("#send");
  if (event.type === "keydown" && !(typing && event.key === "Enter")) return;
  if (event.type === "click" && !sending) return;
  const composing = event.isComposing || event.keyCode === 229;
  if (event.type === "keydown" && event.shiftKey && !composing) return;
  const blank = !(queued ?? box().value).trim();
  if (!composing && !blank && !pending) return;
  event.stopImmediatePropagation();
  if (!composing) event.preventDefault();
}

function clicked(event) {
  const target = event.target;
  const question = target.closest("[data-ask]");
  const link = target.closest("[data-open], [data-open-notice]");
  const action = target.closest("[data-act]");
  if (question) ask(question.dataset.ask);
  else if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    openNotice(link);
  } else if (action) act(action, { readAloud, stopReading });
}

function setUpVoice() {
  const button = $("voice");
  const start = listen({
    heard: (text, final) => { setBox(text); if (final) ask(text); },
    told: (key) => { $("status").textContent = key ? say(key) : ""; },
    changed: (on) => {
      button.setAttribute("aria-pressed", String(on));
      button.querySelector("span").textContent = say(on ? "speak_stop" : "speak");
    },
  });
  if (!start) return;
  button.hidden = false;
  button.addEventListener("click", start);
}

function nameForm() {
  const field = box();
  if (!field) return;
  field.placeholder = say("placeholder");
  field.setAttribute("aria-label", say("question_label"));
  field.maxLength = 300;
  field.enterKeyHint = "send";
  field.autocomplete = "off";
  sendButton().textContent = say("send");
}

function ready() {
  $("opening").hidden = true;
  document.documentElement.classList.add("ready");
  nameForm();
  const reply = $("reply");
  new MutationObserver(() => reply.querySelectorAll(".delivered").forEach(deliver))
    .observe(reply, { childList: true, subtree: true, characterData: true, attributes: true });
  if (matchMedia("(hover: hover)").matches) box().focus({ preventScroll: true });
}

setUpLanguages(nameForm);
setUpExamples();
setUpVoice();
document.addEventListener("keydown", holdBack, true);
document.addEventListener("click", holdBack, true);
document.addEventListener("click", clicked);
document.addEventListener("submit", sendNote);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeNotice() || stop(); });
$("new").addEventListener("click", startAnew);
$("stop").addEventListener("click", stop);
$("print").addEventListener("click", () => print());
$("panel-close").addEventListener("click", closeNotice);

if (box() && $("reply")) ready();
else {
  const watch = new MutationObserver(() => {
    if (!box() || !$("reply") || !sendButton()) return;
    watch.disconnect();
    ready();
  });
  watch.observe(document.querySelector("gradio-app"), { childList: true, subtree: true });
}
