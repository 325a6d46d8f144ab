/* The whole notice beside the conversation (over it on a narrow screen), at the cited passage. */
const panel = document.getElementById("panel");
const frame = document.getElementById("panel-frame");
const own = document.getElementById("panel-own");
const narrow = matchMedia("(max-width: 63rem)");
let from = null;

export function openNotice(link) {
  const address = new URL(link.href);
  const framed = new URL(address);
  framed.searchParams.set("bare", "1");
  own.href = address.href;
  if (frame.src !== framed.href) frame.src = framed.href;
  else frame.contentWindow?.dispatchEvent(new Event("hashchange"));
  from = link;
  panel.hidden = false;
  document.body.classList.add("with-panel");
  for (const other of document.querySelectorAll(".open-quote.shown")) other.classList.remove("shown");
  link.classList.add("shown");
  cover();
  document.getElementById("panel-close").focus({ preventScroll: true });
}

/** Whether there was a panel to close. */
export function closeNotice() {
  if (panel.hidden) return false;
  panel.hidden = true;
  document.body.classList.remove("with-panel");
  document.querySelector(".open-quote.shown")?.classList.remove("shown");
  cover();
  if (from?.isConnected) from.focus({ preventScroll: true });
  return true;
}

/* Over the conversation, the panel is the only thing that can be reached. */
function cover() {
  const covered = narrow.matches && !panel.hidden;
  for (const part of document.querySelectorAll(".talk, .masthead, .notice-strip, .foot")) part.inert = covered;
}
narrow.addEventListener("change", cover);
frame.addEventListener("load", () => {
  frame.contentWindow?.addEventListener("keydown", (event) => { if (event.key === "Escape") closeNotice(); });
});
