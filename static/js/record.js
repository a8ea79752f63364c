"use strict";
/* A record that nobody keeps is told of changes by another page, which has no word of it (live.js): what that page has goes to its place by itself
   (swap.js). That the rest is not as it was is said there as well, and it is shown when that is asked for alone, for whoever opens a record is written down.
   Nothing is loaded anew here: something may be typed. */
{
  const main = document.getElementById("main"), mark = (page) => page.getElementById("record-now").dataset.recordState;
  let shown = mark(document), heard = 0;

  document.addEventListener("live-page", ({ detail: page }) => {
    if (!page.querySelector("main[data-live-from]")) heard += 1;
  });

  main.isOld = () => mark(document) !== shown;

  const show = (page) => {
    shown = mark(page);
    document.title = page.title;
    document.dispatchEvent(new CustomEvent("live-page", { detail: page }));
    /* Something could not be put in its place: it is still to be shown. */
    if (main.dataset.liveHeld) shown = undefined;
  };

  /* The record as it is now, but for what somebody has in hand; else what is in the way. */
  main.showAnew = async () => {
    try {
      for (let left = 3; left > 0; left -= 1) {
        const before = heard;
        const answer = await fetch(location.href, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(20000) });
        if (answer.type === "opaqueredirect") return "You are signed out. Sign in in a new tab, then press Show.";
        if (!answer.ok) throw new Error(answer.statusText);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        document.dispatchEvent(new Event("session-used"));
        /* What came meanwhile may be newer than this. */
        if (heard === before) return show(page);
      }
      return "It is being changed right now. Press Show again.";
    } catch {
      return "It could not be loaded. Try again.";
    }
  };
}
