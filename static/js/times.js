"use strict";
/* Relative times. <time datetime="…Z" data-relative="until|since"> keeps its text; after it stands "in 5 min" or "12 min",
   kept right every half minute. The words are written here because a page may have been rendered a while ago. */
{
  const spans = new Map();

  /** 95 → "1 h 35 min"; whole hours from six, days from two. */
  const words = (minutes) => {
    if (minutes >= 2880) return `${Math.floor(minutes / 1440)}\u00a0days`;
    const hours = Math.floor(minutes / 60), rest = hours < 6 ? minutes % 60 : 0;
    return [hours && `${hours}\u00a0h`, (rest || !hours) && `${rest}\u00a0min`].filter(Boolean).join(" ");
  };

  const phrase = (time) => {
    const minutes = (Date.parse(time.dateTime) - Date.now()) / 60000;
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

  for (const time of document.querySelectorAll("time[data-relative]")) {
    const span = document.createElement("span");
    span.className = "relative";
    time.after(" ", span);
    spans.set(time, span);
  }
  if (spans.size) {
    show();
    setInterval(show, 30000);
    document.addEventListener("visibilitychange", () => document.hidden || show());
  }
}
