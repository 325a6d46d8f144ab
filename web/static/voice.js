/* Reading aloud and listening, by the browser itself. Voices of this device are preferred: others send text away. */
import { language, say } from "./words.js";

const SPOKEN = { "zh-Hans": "zh-CN", "zh-Hant": "zh-TW", en: "en-US" };
let reading = null;

const isChinese = (text) => /[\u4e00-\u9fff]/.test(text);

function voiceFor(tag) {
  const fitting = speechSynthesis.getVoices().filter((voice) => voice.lang.replace("_", "-").startsWith(tag.slice(0, 2)));
  const here = fitting.filter((voice) => voice.localService);
  return here.find((voice) => voice.lang.replace("_", "-") === tag) ?? here[0] ?? null;
}

export function readAloud(texts, { changed, failed }) {
  if (!("speechSynthesis" in window)) { failed(); return; }
  const mine = { changed };
  reading = mine;
  let left = texts.length;
  for (const text of texts) {
    const tag = isChinese(text) ? "zh-CN" : SPOKEN[language()];
    const voice = voiceFor(tag);
    if (!voice) { stopReading(); failed(); return; }
    const spoken = new SpeechSynthesisUtterance(text);
    spoken.lang = tag;
    spoken.voice = voice;
    spoken.rate = 0.9;
    spoken.onend = () => { left -= 1; if (!left && reading === mine) stopReading(); };
    spoken.onerror = () => { if (reading === mine) { stopReading(); failed(); } };
    speechSynthesis.speak(spoken);
  }
  changed(true);
}

export function stopReading() {
  if (!reading) return;
  const { changed } = reading;
  reading = null;
  speechSynthesis.cancel();
  changed(false);
}

/** A function that starts or stops listening; null where the browser cannot. */
export function listen({ heard, told, changed }) {
  const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
  if (!Recognition) return null;
  let recognition = null;
  return () => {
    if (recognition) { recognition.stop(); return; }
    const local = "processLocally" in Recognition.prototype;
    if (!local && !window.tongbao.kept.get("voice") && !confirm(say("speak_consent"))) return;
    if (!local) window.tongbao.kept.set("voice", "yes");
    recognition = new Recognition();
    if (local) recognition.processLocally = true;
    recognition.lang = SPOKEN[language()];
    recognition.interimResults = true;
    recognition.onresult = (event) => {
      const last = event.results[event.results.length - 1];
      heard([...event.results].map((result) => result[0].transcript).join(""), last.isFinal);
    };
    recognition.onerror = () => told("speak_failed");
    recognition.onend = () => { recognition = null; changed(false); };
    try { recognition.start(); told("speaking"); changed(true); } catch { recognition = null; told("speak_failed"); }
  };
}
