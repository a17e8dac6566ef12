// What scripts add to the pages. Every page works without: forms are plain forms, lists have links to refresh.

document.documentElement.classList.add("js");

const POLL_MS = 4000;
const POLL_HIDDEN_MS = 30000;
const MOST_SHOWN = 200;

followFeed(document.getElementById("feed"));

/** Ask for events after the newest one shown, and put them on top. What comes is a page of our own server. */
function followFeed(list) {
  const address = list?.dataset.live;
  const state = document.getElementById("feed-state");
  const button = document.getElementById("feed-pause");
  if (!address || !state || !button) return;

  let isPaused = false;
  let timer = 0;

  const wait = () => {
    clearTimeout(timer);
    if (!isPaused) timer = setTimeout(ask, document.hidden ? POLL_HIDDEN_MS : POLL_MS);
  };

  async function ask() {
    try {
      const after = list.querySelector("[data-position]")?.dataset.position ?? "0";
      const asked = new URLSearchParams({ after });
      // The block of the last answer: where it has left the chain, what was shown may never have happened.
      if (list.dataset.hash) {
        asked.set("block", list.dataset.block);
        asked.set("hash", list.dataset.hash);
      }
      show(await load(`${address}?${asked}`));
    } catch {
      say(state.dataset.failed);
    }
    wait();
  }

  async function load(where) {
    const answer = await fetch(where, { cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  function show(part) {
    const reading = part.querySelector("[data-freshness]");
    if (reading) document.querySelector(".reading .width")?.replaceChildren(...reading.childNodes);
    const came = part.querySelector("[data-events]");
    const vanished = "vanished" in came.dataset;
    list.dataset.block = came.dataset.block;
    list.dataset.hash = came.dataset.hash;
    if (vanished) list.replaceChildren();
    const items = [...part.querySelectorAll("[data-events] > li")].filter((item) => !isShown(item));
    for (const old of list.querySelectorAll(".new")) old.classList.remove("new");
    for (const item of items) item.classList.add("new");
    list.prepend(...items);
    while (list.children.length > MOST_SHOWN) list.lastElementChild.remove();
    if (items.length) document.getElementById("feed-empty")?.remove();
    if (vanished) say(state.dataset.vanished);
    else if (items.length) say(state.dataset.added.replace("{count}", items.length));
    else if (state.textContent !== state.dataset.vanished) say(state.dataset.following);
  }

  const isShown = (item) => list.querySelector(`[data-position="${CSS.escape(item.dataset.position)}"]`) !== null;

  // Readers by ear are told of changes only.
  const say = (words) => {
    if (state.textContent !== words) state.textContent = words;
  };

  button.addEventListener("click", () => {
    isPaused = !isPaused;
    button.textContent = isPaused ? button.dataset.goOn : button.dataset.pause;
    say(isPaused ? state.dataset.stopped : state.dataset.following);
    if (isPaused) clearTimeout(timer);
    else ask();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !isPaused) ask();
  });
  say(state.dataset.following);
  wait();
}
