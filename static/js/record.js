"use strict";
/* A record that nobody keeps is told of changes by another page, which has no word of it (live.js): what that page has goes to its place by itself
   (swap.js). That the rest is not as it was any more is said there as well, and it is shown when that is asked for alone, for whoever opens a record is written
   down. Nothing is loaded anew here: something may be typed. The page is whole without this. */
{
  const main = document.getElementById("main"), mark = (page) => page.getElementById("record-now").dataset;
  let shown = mark(document).recordState;

  /* Whether what stands here is out of date. */
  main.isOld = () => mark(document).recordState !== shown;
  /* The record as it is now, but for what somebody has in hand; else what is in the way. */
  main.showAnew = async () => {
    const before = shown;
    try {
      const answer = await fetch(location.href, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(20000) });
      if (answer.type === "opaqueredirect") return "You are signed out. Sign in in a new tab, then press Show.";
      if (!answer.ok) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      shown = mark(page).recordState;
      document.dispatchEvent(new Event("session-used"));
      document.dispatchEvent(new CustomEvent("live-page", { detail: page }));
      /* Something could not be put in its place: it is still to be shown. */
      if (main.dataset.liveHeld) shown = before;
      return "";
    } catch {
      shown = before;
      return "It could not be loaded. Try again.";
    }
  };
}
