"use strict";
/* The draft of a note saves itself: three seconds after the last key, at most each five, and when the page goes away. What could not be
   saved stays in the page: after a new sign-in in another tab, or when the server can be reached again, it is saved then. */
{
  const QUIET = 3000;
  const PAUSE = 5000;
  const AGAIN = 10000;
  const form = document.querySelector("form[data-note]");
  const status = form.querySelector("[data-saved]");
  const version = form.elements.version;
  let timer;
  let sending = false;
  let last = 0;
  let stopped = false;

  const body = () => new URLSearchParams(new FormData(form));
  /* The version changes with each answer, and is nothing that anybody typed. */
  const typed = () => { const all = body(); all.delete("version"); return all.toString(); };
  let stored = typed();

  const say = (text, isAlarming) => {
    status.textContent = text;
    status.classList.toggle("alarming", Boolean(isAlarming));
  };

  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };

  const refused = (answer, why) => {
    if (answer.status === 401 || answer.type === "opaqueredirect") {
      say("Not saved: you are signed out. What you typed is still here. Sign in again in a new tab, and it is saved.", true);
      return later(AGAIN);
    }
    if (answer.status >= 500 || answer.status === 429) {
      say("Not saved: the server is not ready. It is tried again.", true);
      return later(AGAIN);
    }
    stopped = true;
    say(`Not saved: ${why || "press “Save the draft” to see why."} Press “Save the draft” to see both texts.`, true);
  };

  async function save() {
    if (sending || stopped) return;
    const sent = typed();
    if (sent === stored) return;
    const wait = last + PAUSE - Date.now();
    if (wait > 0) return later(wait);
    sending = true;
    last = Date.now();
    try {
      const answer = await fetch(form.action, { method: "POST", body: body(), headers: { Accept: "application/json" }, redirect: "manual", cache: "no-store" });
      const told = await answer.json().catch(() => ({}));
      if (answer.ok) {
        version.value = told.version;
        stored = sent;
        say(`Saved ${told.saved_at.slice(11, 19)}`);
        if (typed() !== stored) later(QUIET);
      } else refused(answer, told.error);
    } catch {
      say("Not saved: the server could not be reached. It is tried again.", true);
      later(AGAIN);
    } finally {
      sending = false;
    }
  }

  form.addEventListener("input", () => {
    if (typed() !== stored && !stopped) say("Not saved yet");
    later(QUIET);
  });

  /* The form itself is on its way: nothing is sent beside it. */
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    stopped = true;
    setTimeout(() => { stopped = false; }, AGAIN);
  });

  /* The last words, also of a tab that is closed. A browser takes 64 KiB on the way out. */
  addEventListener("pagehide", () => {
    if (stopped || typed() === stored) return;
    fetch(form.action, { method: "POST", body: body(), headers: { Accept: "application/json" }, redirect: "manual", keepalive: true }).catch(() => {});
  });

  document.addEventListener("visibilitychange", () => later(0));
  addEventListener("online", () => later(0));
}
