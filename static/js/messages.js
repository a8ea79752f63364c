"use strict";
/* The page of a thread: what is on it was read once somebody looks at it; and it says that there is more. What was written is fetched when it is
   asked for alone: by itself the page looks at /messages/now, which has no word of it. The page is whole without this. */
{
  const part = () => document.getElementById("thread");
  const parse = (text) => new DOMParser().parseFromString(text, "text/html");
  const ask = (href, more) => fetch(href, { redirect: "manual", signal: AbortSignal.timeout(20000), ...more });
  const quiet = { headers: { "X-Live": "1" } };

  const read = async () => {
    const form = part().querySelector("form[data-read]");
    if (!form || document.hidden) return;
    try {
      await ask(form.action, { ...quiet, method: "POST", body: new URLSearchParams(new FormData(form)) });
      form.remove();
    } catch { /* away: the button is still there */ }
  };

  const show = async () => {
    try {
      const answer = await ask(location.href);
      const fresh = answer.ok && parse(await answer.text()).getElementById("thread");
      if (!fresh) return location.reload();
      part().replaceWith(fresh);
      read();
    } catch { location.reload(); }
  };

  const offer = () => {
    if (document.querySelector(".thread-news")) return;
    const bar = Object.assign(document.createElement("div"), { className: "thread-news", role: "status" });
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: "Show" });
    button.addEventListener("click", () => { bar.remove(); show(); });
    bar.append("Something new was written or read. ", button);
    part().after(bar);
  };

  let source, free;
  const close = () => { source = source?.close(); };

  /* Looks, and then is told when to look again. */
  const look = async () => {
    close();
    const { threadNow, threadState } = part().dataset;
    if (!threadNow || !free) return;
    try {
      const answer = await ask(threadNow, quiet);
      if (answer.type === "opaqueredirect") return;
      const page = parse(await answer.text());
      const now = page.getElementById("thread-now"), { live } = page.querySelector("main").dataset;
      if (now && now.dataset.threadState !== threadState) offer();
      if (!live || !free) return;
      const own = source = new EventSource(`/live?on=${live}`);
      own.addEventListener("changed", look);
      own.addEventListener("bye", ({ data }) => { close(); if (data === "restart") setTimeout(look, 2000 * Math.random()); });
      own.addEventListener("error", () => { if (own === source && own.readyState === 2) { close(); setTimeout(look, 5000); } });
    } catch { setTimeout(look, 5000); }
  };

  /* As in live.js: of the browser's six connections four listen. A tab that nobody sees gives its place back. */
  const take = async () => {
    if (document.hidden) {
      close();
      free = free?.();
      return;
    }
    for (let slot = 0; slot < 4 && !free; slot += 1) {
      await new Promise((done) => navigator.locks.request(`live-${slot}`, { ifAvailable: true }, (lock) => {
        const kept = lock && new Promise((end) => { free = end; });
        done();
        return kept;
      }));
    }
    if (free && !source) look();
  };

  if (part()) {
    if (navigator.locks && part().dataset.threadNow) {
      document.addEventListener("visibilitychange", take);
      addEventListener("pagehide", close);
      addEventListener("pageshow", take);
      take();
    }
    document.addEventListener("visibilitychange", read);
    read();
  }
}
