/* Numbers of people, hidden while they are typed: every digit becomes ●, one for one, and is gone from the page. */
const SEPARATORS = "[\\s\\-‐-―－._·()（）—]{0,2}";
const DIGIT = "[0-9０-９●]";
const RUN = new RegExp(`${DIGIT}(?:${SEPARATORS}${DIGIT}){5,}[Xx]?`, "g");
const DATE = /^20\d{2}(0[1-9]|1[0-2])([0-3]\d?)?$/;
const SPACED_DATE = /^(20\d{2}|0?[1-9]|1[0-2])[-.\s－]+\d/;
const MAIL = /[A-Za-z0-9._%+\-●]+[@＠][A-Za-z0-9.\-●]*/g;

/** The text with six or more digits in a row, and any mail address, as ●; dates such as 20241105 stay. */
export function hidden(text) {
  return text
    .replace(RUN, (run) => (DATE.test(run) || calendar(run) ? run : run.replace(/[0-9０-９Xx]/g, "●")))
    .replace(MAIL, (mail) => mail.replace(/[A-Za-z0-9]/g, "●"));
}

/** What may be sent and kept of it: nothing of what is hidden. */
export const sendable = (text) => text.replace(/[●@＠]+/g, " ").replace(/\s+/g, " ").trim();

function calendar(run) {
  return SPACED_DATE.test(run) && run.replace(/\D/g, "").length <= 8 && !run.includes("●");
}
