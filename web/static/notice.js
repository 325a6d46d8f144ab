/* The notice page without this script loses only two comforts: centring the marked words, copying a link. */
function centre() {
  if (!location.hash) return;
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const mark = target?.querySelector("mark") || target;
  mark?.scrollIntoView({ block: "center", behavior: "instant" });
}

addEventListener("hashchange", centre);
addEventListener("load", centre);

document.addEventListener("click", async (event) => {
  const anchor = event.target.closest("[data-copy]");
  if (!anchor || !navigator.clipboard) return;
  const address = new URL(location.pathname, location.origin);
  address.hash = anchor.dataset.copy;
  try {
    await navigator.clipboard.writeText(address.href);
    anchor.classList.add("done");
    setTimeout(() => anchor.classList.remove("done"), 1500);
  } catch { /* the link itself is still there to follow */ }
});

/* Inside the panel, the room around the frame changes size and theme. */
addEventListener("storage", (event) => {
  if (!event.key?.startsWith("tongbao.")) return;
  const name = event.key.slice("tongbao.".length);
  if (name === "language") return;
  if (event.newValue) document.documentElement.dataset[name] = event.newValue;
  else delete document.documentElement.dataset[name];
});
