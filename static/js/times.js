"use strict";
/* Relative times. <time datetime="…Z" data-relative="until|since"> keeps its text; after it stands "in 5 min" or "12 min",
   kept right every half minute. The words are written here because a page may have been rendered a while ago. Now is the server's: a
   PC's clock may be an hour off. How far, is asked once and kept for ten minutes in this tab; the page itself cannot say it, it may be
   from a cache. */
{
  const KEY = "clock-is-off", KEPT = 600000;
  const spans = new Map();
  let off = 0;

  /** By how many milliseconds the server's clock is ahead of this one; 0 if it cannot be asked. */
  const difference = async () => {
    try {
      const [asked, kept] = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
      const age = Date.now() - asked;
      if (age >= 0 && age < KEPT) return kept;
    } catch { /* without storage each page asks */ }
    const sent = Date.now();
    const answer = await fetch("/health/live", { cache: "no-store", credentials: "omit" });
    const server = Date.parse(answer.headers.get("date") ?? "");
    const found = server - (sent + Date.now()) / 2;
    /* The header is cut to whole seconds: what is not more than a few is none. */
    const ahead = Math.abs(found) > 5000 ? found : 0;
    if (Number.isNaN(found)) return 0;
    try { sessionStorage.setItem(KEY, JSON.stringify([Date.now(), ahead])); } catch { /* as above */ }
    return ahead;
  };

  /** 95 → "1 h 35 min"; whole hours from six, days from two. */
  const words = (minutes) => {
    if (minutes >= 2880) return `${Math.floor(minutes / 1440)}\u00a0days`;
    const hours = Math.floor(minutes / 60), rest = hours < 6 ? minutes % 60 : 0;
    return [hours && `${hours}\u00a0h`, (rest || !hours) && `${rest}\u00a0min`].filter(Boolean).join(" ");
  };

  const phrase = (time) => {
    const minutes = (Date.parse(time.dateTime) - Date.now() - off) / 60000;
    if (Number.isNaN(minutes)) return "";
    if (time.dataset.relative === "since") return minutes > 0 ? "" : words(Math.floor(-minutes));
    if (minutes <= -1) return `${words(Math.floor(-minutes))} ago`;
    return minutes < 1 ? "now" : `in ${words(Math.floor(minutes))}`;
  };

  const show = () => {
    for (const [time, span] of spans) {
      const text = phrase(time);
      if (span.textContent !== text) span.textContent = text;
    }
  };

  const find = () => {
    for (const time of spans.keys()) time.isConnected || spans.delete(time);
    for (const time of document.querySelectorAll("time[data-relative]")) {
      if (spans.has(time)) continue;
      const span = document.createElement("span");
      span.className = "relative";
      time.after(" ", span);
      spans.set(time, span);
    }
    show();
  };

  find();
  /* What a page that changes by itself has put in place. */
  document.addEventListener("live", find);
  if (spans.size || document.querySelector("main[data-live]")) {
    setInterval(show, 30000);
    difference().then((ahead) => { off = ahead; show(); }, () => { /* away: this clock has to do */ });
    document.addEventListener("visibilitychange", () => document.hidden || show());
  }
}
