"use strict";
/* Two minutes before the idle limit: a notice that does not take the keyboard away, and a button that stays signed in.
   Any page opened in another tab moves the moment on; nothing that was typed is lost either way. */
{
  const KEY = "session-warns-at";
  /* Counted from the moment this page was opened, by this computer's own clock: asking for the page was the last use. */
  const allowance = (Number(document.body.dataset.sessionMinutes) - 2) * 60000;
  const first = Date.now() + allowance;
  let warnsAt = first;
  let notice;

  const remember = (at) => {
    warnsAt = at;
    try { localStorage.setItem(KEY, String(at)); } catch { /* without storage each tab counts for itself */ }
  };

  const withdraw = () => { notice?.remove(); notice = undefined; };

  const say = (text, label, act) => {
    withdraw();
    notice = document.createElement("div");
    notice.className = "session";
    notice.setAttribute("role", "alert");
    const words = document.createElement("span");
    words.textContent = text;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button primary";
    button.textContent = label;
    button.addEventListener("click", act);
    notice.append(words, button);
    document.body.append(notice);
  };

  const lost = () => say("You have been signed out. What you typed is still here: sign in again in a new tab, then send it.",
    "Sign in", () => window.open("/sign-in", "_blank"));

  const stay = async () => {
    try {
      const answer = await fetch("/profile", { cache: "no-store", redirect: "manual" });
      if (!answer.ok) return lost();
      remember(Date.now() + allowance);
      withdraw();
    } catch {
      say("The server could not be reached.", "Try again", stay);
    }
  };

  const look = () => {
    const now = Date.now();
    if (now < warnsAt) return withdraw();
    if (now > warnsAt + 120000) return lost();
    if (!notice) say("You will be signed out in two minutes: nothing has happened here for a while.", "Stay signed in", stay);
  };

  if (allowance > 0) {
    remember(first);
    addEventListener("storage", (event) => {
      if (event.key === KEY && Number(event.newValue) > warnsAt) warnsAt = Number(event.newValue);
    });
    /* The page has used the session itself, for what was typed. */
    document.addEventListener("session-used", () => { remember(Date.now() + allowance); withdraw(); });
    setInterval(look, 5000);
  }

  /* Going back must not show what was on the screen before somebody signed out. */
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}
