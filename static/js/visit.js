"use strict";
/* The room of a visit says that somebody is in it: a sign of life every 15 s (each minute, as a browser lets it, when nobody looks at the page: that
   sign counts for longer), and one when the page goes away. Nothing is decided by it, so whatever
   fails is tried again at the next beat; the room is whole without it. The signs are no use of the session (X-Live): an abandoned PC is signed out. But
   whoever speaks with somebody uses it, and then the answer says so. */
{
  const BEAT = 15000;
  /* So long after the last sign (milliseconds) the server may have ended a call by itself. */
  const FORGOTTEN = 90000;
  const room = document.querySelector("[data-presence-href]");
  if (room) {
    const href = room.dataset.presenceHref;
    /* With that of the room goes that of the call (call.js). */
    const signed = (state) => new URLSearchParams(room.dataset.callPeer ? { state, call: room.dataset.callPeer } : { state });
    /* Another tab with the same room: when one is closed the others say, right after it, that they are still there. */
    const tabs = window.BroadcastChannel && new BroadcastChannel(href);
    let timer = 0, isOut = false, heardAt, cutOffAt;

    /* Whether the server could not hear of this page for so long, a moment ago or still. For call.js. */
    room.wasCutOff = () => Date.now() - heardAt > FORGOTTEN || Date.now() - cutOffAt < FORGOTTEN;
    const stop = () => { clearInterval(timer); timer = 0; };

    const sign = async () => {
      try {
        const answer = await fetch(href, {
          method: "POST", body: signed(document.hidden ? "hidden" : "here"), headers: { "X-Live": "1" }, redirect: "manual", cache: "no-store",
        });
        /* Signed out: tried again once somebody signs in, in another tab. Nothing to wait for any more: the page says so when it is loaded. */
        isOut = answer.type === "opaqueredirect" || answer.status === 401;
        if (answer.headers.has("X-Session-Used")) document.dispatchEvent(new Event("session-used"));
        if (answer.ok) {
          const now = Date.now();
          if (now - heardAt > FORGOTTEN) cutOffAt = now;
          heardAt = now;
        }
        if (isOut || [403, 404, 409].includes(answer.status)) stop();
      } catch { /* away: the next beat */ }
    };

    const start = () => {
      if (timer) return;
      sign();
      timer = setInterval(sign, BEAT);
    };

    addEventListener("pagehide", () => {
      if (!timer) return;
      stop();
      navigator.sendBeacon(href, signed("leaving"));
      tabs?.postMessage("leaving");
    });
    /* Taken out of the browser's memory by its Back button. */
    addEventListener("pageshow", start);
    /* A page that is closed is hidden first: a sign after the last one would bring it back. */
    const soon = () => setTimeout(() => { if (timer) sign(); }, 1000);
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) soon();
      else if (timer) sign();
      else if (isOut) start();
    });
    tabs?.addEventListener("message", soon);
    /* session.js of a page that was opened meanwhile. */
    addEventListener("storage", ({ key }) => { if (isOut && !timer && key === "session-warns-at") start(); });
    start();
  }
}
