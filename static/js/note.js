"use strict";
/* The draft of a note saves itself: three seconds after the last key, and at the latest five after the first that is not saved. What could not be
   saved stays in the page, which asks before it is closed; after a new sign-in in another tab, or when the server can be reached again, it is saved. */
{
  const QUIET = 3000;
  const PAUSE = 5000;
  const AGAIN = 10000;
  /* In bytes: what a browser sends for a page that is gone, and what the server takes. */
  const LAST_WORDS = 60 * 1024;
  const MOST = 256 * 1024;
  const form = document.querySelector("form[data-note]");
  const status = form.querySelector("[data-saved]");
  const { version } = form.elements;
  let timer, sending, since, last = 0, isRefused = false, isLeaving = false;
  /* Somebody else's words are stored: nothing is saved before both were looked at. */
  let isStopped = form.dataset.note === "stale";

  const body = () => new URLSearchParams(new FormData(form));
  const size = () => body().toString().length;
  /* The version changes with each answer, and is nothing that anybody typed. */
  const typed = () => { const all = body(); all.delete("version"); return all.toString(); };
  let stored = form.dataset.note === "stored" ? typed() : "";
  const isStored = () => typed() === stored;

  /* `draft-3-…-…`: how the note stands, as the page says that this one listens to (live.js), and at the end the mark of what stands around it here: whom
     it is about, when the visit is, what is to be done before it is signed. */
  const marks = () => document.getElementById("record-now").dataset.recordState.split("-");
  const main = document.getElementById("main"), AROUND = ["page-header", "banner", "visit-of", "before-signing"];
  let around = marks()[3];

  const say = (text, isAlarming) => {
    status.textContent = text;
    status.classList.toggle("alarming", Boolean(isAlarming));
  };

  /* From here on something else is stored than this page knows of. */
  const stop = () => {
    isStopped = true;
    document.dispatchEvent(new Event("record-judged"));
  };

  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(wait, 0));
  };

  const refused = ({ status: code, type }, why) => {
    isRefused = true;
    if (code === 401 || type === "opaqueredirect") {
      say("Not saved: you are signed out. What you typed is still here. Sign in again in a new tab, and it is saved.", true);
      return later(AGAIN);
    }
    if (code === 429) {
      say("Not saved yet: it was saved too often within a minute. It is saved again soon.", true);
      return later(AGAIN);
    }
    if (code >= 500) {
      say("Not saved: the server is not ready. It is tried again.", true);
      return later(AGAIN);
    }
    if (code === 422) return say(`Not saved: ${why}`, true);
    if (code === 409 && why) say(`Not saved: ${why} Press “Save the draft” to see both texts.`, true);
    else say("Not saved: this note is not yours to write any more. Look at the visit in another tab. What you typed is still here.", true);
    stop();
  };

  const send = async () => {
    const sent = typed();
    since = undefined;
    last = Date.now();
    try {
      const answer = await fetch(form.action, { method: "POST", body: body(), headers: { Accept: "application/json" }, redirect: "manual", cache: "no-store" });
      const told = await answer.json().catch(() => ({}));
      if (!answer.ok) return refused(answer, told.error);
      version.value = told.version;
      stored = sent;
      isRefused = false;
      document.getElementById("beginnings")?.remove();
      say(`Saved ${told.saved_at.slice(11, 19)}`);
      document.dispatchEvent(new Event("session-used"));
      if (!isStored()) later(last + PAUSE - Date.now());
    } catch {
      isRefused = true;
      say("Not saved: the server could not be reached. It is tried again.", true);
      later(AGAIN);
    }
  };

  const isTooLong = () => {
    if (size() <= MOST) return false;
    say("Not saved: this is longer than a note can be. Shorten it, and it is saved.", true);
    isRefused = true;
    return true;
  };

  async function save() {
    if (sending || isStopped || isStored() || isTooLong()) return sending;
    sending = send().finally(() => { sending = undefined; if (!isRefused) look(); });
    return sending;
  }

  /* Something else was stored meanwhile, in another window or elsewhere. The form is left as it is, whatever stands in it. */
  function look() {
    const [state, stands] = marks();
    const isSigned = state === "signed";
    if (sending || isStopped || !isSigned && Number(stands) <= Number(version.value)) return undefined;
    /* They may be one's own words, of which no answer came: the server says. */
    if (!isStored()) return save();
    say(`The note was ${isSigned ? "signed" : "changed"} in another window. Load this page again to go on.`, true);
    return stop();
  }
  document.addEventListener("live", look);

  /* The page is up to date as long as nothing else is stored, and what stands around the note is so. That comes when it is asked for, for whoever opens a
     record is written down; the note itself stays in any case. */
  main.isOld = () => isStopped && !isLeaving || marks()[3] !== around;
  main.oldWords = () => marks()[3] === around ? status.textContent : "What is said here of the patient or the visit has changed.";
  main.showAnew = async () => {
    try {
      const answer = await fetch(form.action, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(20000) });
      if (answer.type === "opaqueredirect") return "You are signed out. Sign in in a new tab, then press Show.";
      if (!answer.ok) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const [,,, now] = page.getElementById("record-now").dataset.recordState.split("-");
      for (const id of AROUND) {
        const part = page.getElementById(id);
        if (part) document.getElementById(id)?.replaceWith(part);
      }
      document.title = page.title;
      document.dispatchEvent(new Event("session-used"));
      around = now;
      document.dispatchEvent(new Event("record-judged"));
      return isStopped ? status.textContent : "";
    } catch {
      return "It could not be loaded. Try again.";
    }
  };

  form.addEventListener("input", () => {
    if (isStopped || isStored()) return;
    if (!isRefused) say("Not saved yet");
    since ??= Date.now();
    later(Math.max(Math.min(QUIET, since + PAUSE - Date.now()), last + PAUSE - Date.now()));
  });

  /* The form itself goes: what is on its way comes home first, and nothing is sent beside it. */
  form.addEventListener("submit", (event) => {
    if (isTooLong()) return event.preventDefault();
    if (sending) {
      event.preventDefault();
      if (!isLeaving) sending.finally(() => form.requestSubmit(event.submitter));
      isLeaving = true;
      return;
    }
    clearTimeout(timer);
    isLeaving = isStopped = true;
    setTimeout(() => { isLeaving = isStopped = false; }, AGAIN);
  });

  addEventListener("beforeunload", (event) => {
    if (isLeaving || isStored()) return;
    const isBusy = Boolean(sending);
    save();
    if (isBusy || isStopped || isRefused || size() > LAST_WORDS) event.preventDefault();
  });

  /* The last words, also of a tab that is closed. */
  addEventListener("pagehide", () => {
    if (isLeaving || isStopped || isStored() || size() > LAST_WORDS) return;
    fetch(form.action, { method: "POST", body: body(), headers: { Accept: "application/json" }, redirect: "manual", keepalive: true }).catch(() => {});
  });

  document.addEventListener("visibilitychange", save);
  addEventListener("online", save);
  if (isStopped) say("Not saved: put together what is right, then save.", true);
  else if (!isStored()) later(QUIET);
}
