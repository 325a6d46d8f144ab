/* The desk: one box, results while typing, one call at a time. Everything of a call lives in this page and dies with the call. */
import { hidden, sendable } from "./personal.js";

const WAIT_MS = 80;
const SLOW_MS = 800;
const TIMEOUT_MS = 5000;
const SETTLED_MS = 1500;
const RETRY_MS = 4000;
const VERDICTS = { answered: "通报里有", near: "通报写到", not_stated: "通报没有写明", out_of_scope: "不在这份通报里" };
const HITS_NAMES = { answered: "通报原文", near: "写到它的原文", not_stated: "最相近的原文", out_of_scope: "沾边的原文，未必相关" };
const OUTCOMES = { answered: "已解答", not_stated: "通报未写", passed_on: "转办" };

const at = (id) => document.getElementById(id);
const page = at("desk");
const box = at("query");
const kept = window.tongbao?.kept ?? { get: () => null, set: () => {} };

let latest = 0;
let shown = null;
let opened = -1;
let running = null;
let typing = 0;
let settling = 0;
let retrying = 0;
let call = null;
const unsent = [];

/* What the operator is told */

let saying = 0;
function state(kind, words) {
  const line = at("state");
  line.dataset.state = kind;
  line.textContent = words;
  clearTimeout(saying);
  saying = setTimeout(() => { at("state-said").textContent = words; }, 700);
}

function warn(words) {
  at("warning").hidden = !words;
  if (at("warning").textContent !== words) at("warning").textContent = words;
}

/* Talking to the server */

class Refused extends Error {}

async function post(path, body, signal) {
  const reply = await fetch(path, {
    method: "POST", signal, credentials: "same-origin",
    headers: { "content-type": "application/json", "x-csrf": page.dataset.csrf },
    body: JSON.stringify(body ?? {}),
  });
  if (!reply.ok) {
    const refusal = await reply.json().catch(() => ({}));
    const error = new Refused(refusal.error?.message ?? `服务器出错（${reply.status}）`);
    error.status = reply.status;
    throw error;
  }
  return reply.json();
}

const keeping = () => (shown ? "，仍显示上一次的结果" : "");

async function search() {
  clearTimeout(typing);
  clearTimeout(retrying);
  const query = sendable(box.value);
  const number = ++latest;
  running?.abort();
  if (!query) { forget(); return; }
  const control = new AbortController();
  running = control;
  let timedOut = false;
  const limit = setTimeout(() => { timedOut = true; control.abort(); }, TIMEOUT_MS);
  const slow = setTimeout(() => { if (number === latest) state("searching", "服务器较慢，还在查找…"); }, SLOW_MS);
  state("searching", "正在查找…");
  try {
    const reply = await post("/desk/find", { query }, control.signal);
    if (number === latest) show(reply, query);
  } catch (error) {
    if (number === latest) failed(error, timedOut);
  } finally {
    clearTimeout(limit);
    clearTimeout(slow);
  }
}

function failed(error, timedOut) {
  if (error instanceof Refused) {
    state("broken", error.status === 401 ? "登录已过期" + keeping() : error.message + keeping());
    if (error.status === 401) offerLogin();
    return;
  }
  if (timedOut) state("broken", "超时：服务器 5 秒没有回应" + keeping() + "，正在重试");
  else state("broken", (navigator.onLine ? "连不上服务器" : "没有网络") + keeping() + "，会自动重试");
  retrying = setTimeout(search, RETRY_MS);
}

function offerLogin() {
  const link = document.createElement("a");
  link.href = "/login?next=/desk";
  link.target = "_blank";
  link.textContent = "在新窗口登录，再回到这里刷新";
  at("state").append("，", link);
}

/* Showing */

function show(reply, query) {
  shown = { ...reply, query };
  opened = -1;
  const count = reply.hits.length;
  state("ready", count ? `${count} 条原文 · ${Math.round(reply.ms)} 毫秒` : "没有找到相近的原文");
  at("answer").hidden = !reply.aloud;
  at("answer").dataset.status = reply.status;
  at("verdict").textContent = VERDICTS[reply.status] ?? "";
  at("aloud").textContent = reply.aloud;
  at("hits-name").textContent = HITS_NAMES[reply.status] ?? "通报原文";
  at("hits-name").hidden = !count;
  at("hits").replaceChildren(...reply.hits.map(hitItem));
  at("missing-line").hidden = false;
  at("idle").hidden = true;
  if (count) open(0);
  clearTimeout(settling);
  settling = setTimeout(() => remember(query, reply.status), SETTLED_MS);
}

function hitItem(hit, place) {
  const item = at("hit-form").content.firstElementChild.cloneNode(true);
  item.dataset.id = hit.id;
  item.querySelector(".number").textContent = place + 1;
  item.querySelector(".label").textContent = hit.label;
  item.querySelector(".open").dataset.place = place;
  item.querySelector("blockquote").append(...marked(hit));
  item.querySelector(".whole").href = hit.href;
  item.querySelector(".copy").dataset.place = place;
  item.querySelector(".copy").setAttribute("aria-label", `复制到工单：${hit.label}`);
  item.querySelector(".wrong").dataset.place = place;
  item.querySelector(".wrong").setAttribute("aria-label", `这条不对：${hit.label}`);
  return item;
}

/* Offsets count code points, JavaScript counts UTF-16 units. */
function marked(hit) {
  const characters = Array.from(hit.quote);
  const parts = [];
  let place = 0;
  for (const [start, end] of hit.highlights.toSorted((a, b) => a[0] - b[0])) {
    if (start - hit.start < place) continue;
    parts.push(characters.slice(place, start - hit.start).join(""));
    const mark = document.createElement("mark");
    mark.textContent = characters.slice(start - hit.start, end - hit.start).join("");
    parts.push(mark);
    place = end - hit.start;
  }
  parts.push(characters.slice(place).join(""));
  return parts;
}

function open(place, { focus = false } = {}) {
  const items = [...at("hits").children];
  if (!items.length) return;
  opened = Math.max(0, Math.min(place, items.length - 1));
  items.forEach((item, index) => {
    item.classList.toggle("opened", index === opened);
    item.querySelector(".open").setAttribute("aria-expanded", String(index === opened));
  });
  if (focus) {
    items[opened].querySelector(".open").focus({ preventScroll: true });
    items[opened].scrollIntoView({ block: "nearest" });
  }
}

function forget() {
  shown = null;
  opened = -1;
  clearTimeout(settling);
  at("answer").hidden = true;
  at("hits-name").hidden = true;
  at("hits").replaceChildren();
  at("missing-line").hidden = true;
  at("idle").hidden = false;
  state("ready", "可以输入了");
}

function clear() {
  latest += 1;
  running?.abort();
  clearTimeout(typing);
  clearTimeout(retrying);
  box.value = "";
  warn("");
  forget();
  box.focus();
}

/* The ticket */

async function copy(place) {
  const hit = shown?.hits[place];
  if (!hit) return;
  const done = await copied(hit.ticket);
  state(done ? "ready" : "broken", done ? `已复制：${hit.label}` : "没能复制，请选中文字手动复制");
  remember(shown.query, shown.status);
}

/* Offices serve plain http, where browsers have no clipboard object: then the old way. */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    const before = document.activeElement;
    area.value = text;
    area.className = "unseen";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    before?.focus();
    return done;
  }
}

/* The call */

function startCall() {
  if (call) return;
  call = { id: null, started: Date.now(), searched: [], clock: setInterval(tick, 1000) };
  const mine = call;
  mine.registered = post("/desk/call").then((reply) => { mine.id = reply.call; }, () => {});
  drawCall();
}

function tick() {
  const seconds = Math.floor((Date.now() - call.started) / 1000);
  at("call-time").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function drawCall() {
  at("call-words").textContent = call ? "通话中" : "未在通话";
  page.classList.toggle("calling", Boolean(call));
  at("call-start").hidden = Boolean(call);
  at("call-end").hidden = !call;
  at("call-time").hidden = !call;
  at("call-time").textContent = "0:00";
}

function remember(query, status) {
  if (!call || !query) return;
  const known = call.searched.findIndex((one) => one.query === query);
  if (known >= 0) call.searched.splice(known, 1);
  call.searched.unshift({ query, status });
  at("history").hidden = false;
  at("searched").replaceChildren(...call.searched.map(searchedItem));
}

function searchedItem({ query, status }) {
  const item = document.createElement("li");
  const again = document.createElement("button");
  again.type = "button";
  again.className = "button small";
  again.dataset.again = query;
  again.textContent = query;
  const note = document.createElement("span");
  note.className = "soft";
  note.textContent = VERDICTS[status] ?? "";
  item.append(again, note);
  return item;
}

function askOutcome() {
  if (call && !at("ending").open) at("ending").showModal();
}

function endCall(outcome) {
  const ended = call;
  const searches = ended.searched.map((one) => one.query).reverse();
  unsent.push({ ended, body: { outcome, note: hidden(at("note").value).trim(), searches } });
  clearInterval(ended.clock);
  call = null;
  at("note").value = "";
  at("ending").close();
  at("history").hidden = true;
  at("searched").replaceChildren();
  drawCall();
  clear();
  state("ready", `已记下：${OUTCOMES[outcome]}。可以接下一通`);
  sendEnded();
}

/* Kept in this page alone until the server has it. */
async function sendEnded() {
  while (unsent.length) {
    const { ended, body } = unsent[0];
    try {
      await ended.registered;
      ended.id ??= (await post("/desk/call")).call;
      await post(`/desk/call/${ended.id}/end`, body);
      unsent.shift();
    } catch (error) {
      if (error instanceof Refused && error.status !== 401 && error.status < 500) { unsent.shift(); continue; }
      state("broken", `${unsent.length} 通电话的结果还没送到服务器，会自动重试`);
      setTimeout(sendEnded, RETRY_MS);
      return;
    }
  }
}

/* Telling staff */

let marking = null;
function askMark(place) {
  const hit = place === null ? null : shown.hits[place];
  marking = { query: shown.query, passage: hit?.id ?? "", missing: !hit };
  at("marking-name").textContent = hit ? "这条原文不对" : "应有的原文没找到";
  at("marking-about").textContent = hit ? `${shown.query} → ${hit.label}` : shown.query;
  at("mark-note").value = "";
  at("marking").showModal();
}

async function sendMark() {
  const body = { ...marking, note: hidden(at("mark-note").value).trim() };
  at("marking").close();
  try {
    await post("/desk/mark", body);
    state("ready", "已交给工作人员");
  } catch { state("broken", "没能交给工作人员，请稍后再试"); }
}

/* Keys */

const keysOn = () => at("keys-on").checked;

function pressed(event) {
  if (at("ending").open) { outcomeKey(event); return; }
  if (at("marking").open || event.isComposing || event.ctrlKey || event.metaKey || !keysOn()) return;
  const inBox = event.target === box;
  const onHit = Boolean(event.target.closest?.(".hit .open"));
  if (event.altKey) altKey(event);
  else if (event.key === "Escape") { event.preventDefault(); clear(); }
  else if (!inBox && !onHit) return;
  else if (event.key === "ArrowDown") { event.preventDefault(); open(inBox ? opened : opened + 1, { focus: true }); }
  else if (event.key === "ArrowUp" && onHit) { event.preventDefault(); opened ? open(opened - 1, { focus: true }) : box.focus(); }
  else if (event.key === "Enter") { event.preventDefault(); enter(); }
  else if (onHit && /^[1-9]$/.test(event.key)) { event.preventDefault(); open(Number(event.key) - 1, { focus: true }); }
  else if (onHit && event.key.length === 1 && event.key !== " ") box.focus();
}

function altKey(event) {
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  if (digit) open(Number(digit[1]) - 1, { focus: true });
  else if (event.code === "KeyS") startCall();
  else if (event.code === "KeyE") askOutcome();
  else return;
  event.preventDefault();
}

/* What was typed a moment ago must be what is copied. */
async function enter() {
  if (!shown || shown.query !== sendable(box.value)) await search();
  if (shown && shown.query === sendable(box.value)) copy(Math.max(0, opened));
}

function outcomeKey(event) {
  if (event.target === at("note") || !keysOn() || !/^[123]$/.test(event.key)) return;
  event.preventDefault();
  endCall(Object.keys(OUTCOMES)[Number(event.key) - 1]);
}

function typed() {
  const safe = hidden(box.value);
  if (safe !== box.value) {
    const caret = box.selectionStart;
    box.value = safe;
    box.setSelectionRange(caret, caret);
  }
  warn(safe.includes("●") ? "像是身份证号、电话等个人号码，已经遮住：不发送，不保存。" : "");
  if (safe.trim()) startCall();
  clearTimeout(typing);
  typing = setTimeout(search, WAIT_MS);
}

box.addEventListener("input", (event) => { if (!event.isComposing) typed(); });
box.addEventListener("compositionend", typed);
for (const note of [at("note"), at("mark-note")]) {
  note.addEventListener("input", () => { if (hidden(note.value) !== note.value) note.value = hidden(note.value); });
}
at("ask").addEventListener("submit", (event) => { event.preventDefault(); search(); });
at("clear").addEventListener("click", clear);
at("call-start").addEventListener("click", () => { startCall(); box.focus(); });
at("call-end").addEventListener("click", askOutcome);
at("missing").addEventListener("click", () => askMark(null));
at("mark-send").addEventListener("click", sendMark);
at("marking-form").addEventListener("submit", (event) => {
  if (event.submitter === null || document.activeElement === at("mark-note")) { event.preventDefault(); sendMark(); }
});
at("ending-form").addEventListener("submit", (event) => {
  if (document.activeElement === at("note")) event.preventDefault();
});
at("ending").addEventListener("click", (event) => {
  const outcome = event.target.closest("[data-outcome]")?.dataset.outcome;
  if (outcome) endCall(outcome);
});
at("hits").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const place = Number(button.dataset.place);
  if (button.classList.contains("open")) open(place);
  else if (button.classList.contains("copy")) copy(place);
  else askMark(place);
});
at("searched").addEventListener("click", (event) => {
  const query = event.target.closest("[data-again]")?.dataset.again;
  if (query) { box.value = query; box.focus(); search(); }
});
document.addEventListener("keydown", pressed);
window.addEventListener("online", () => { if (sendable(box.value)) search(); else forget(); });
window.addEventListener("offline", () => state("broken", "没有网络" + keeping() + "，会自动重试"));
window.addEventListener("beforeunload", (event) => { if (unsent.length || call) event.preventDefault(); });

at("keys-on").checked = kept.get("keys") !== "off";
at("keys-on").addEventListener("change", () => {
  kept.set("keys", keysOn() ? null : "off");
  page.classList.toggle("no-keys", !keysOn());
});
page.classList.toggle("no-keys", !keysOn());
box.value = "";
box.focus();
