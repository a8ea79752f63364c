"use strict";
/* The page of a thread: what is on it was read once somebody looks at it; and it says that there is more. What was written is fetched when it is
   asked for alone: by itself the page asks /messages/now, which has no word of it (live.js), and says whether it still listens. Nothing here loads the
   page anew: something may be typed in it. It is whole without this. */
{
  const part = () => document.getElementById("thread");
  const ask = (href, more) => fetch(href, { redirect: "manual", signal: AbortSignal.timeout(20000), ...more });
  let bar;

  const read = async () => {
    const form = part().querySelector("form[data-read]");
    if (!form || document.hidden) return;
    try {
      const answer = await ask(form.action, { headers: { "X-Live": "1" }, method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (answer.status === 204) form.remove();
    } catch { /* away: the button is still there */ }
  };

  const offer = (words) => {
    if (!bar) {
      bar = Object.assign(document.createElement("div"), { className: "thread-news", role: "status" });
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: "Show" });
      button.addEventListener("click", show);
      bar.append(document.createElement("span"), button);
      part().after(bar);
    }
    bar.firstChild.textContent = words;
  };

  /* What /messages/now said last, beside what is shown. */
  const look = () => {
    if (document.getElementById("thread-now").dataset.threadState !== part().dataset.threadState) offer("Something new was written or read.");
  };

  const show = async () => {
    try {
      const answer = await ask(location.href);
      if (answer.type === "opaqueredirect") return offer("You are signed out. What you typed is still here: sign in in a new tab, then press Show.");
      const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("thread");
      if (!fresh) throw new Error(answer.status);
      part().replaceWith(fresh);
      bar = bar?.remove();
      read();
    } catch {
      offer("It could not be loaded. Try again.");
    }
  };

  if (part()) {
    if (document.getElementById("thread-now")) document.addEventListener("live", look);
    document.addEventListener("visibilitychange", read);
    read();
  }
}
