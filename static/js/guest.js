"use strict";
/* The page of a guest (a link, and no session): it says that it is there, and is told whether the doctor has let its guest in, whether a call goes on, and
   that the link leads nowhere any more. What it is told goes to the call (call.js) as the event "standing". */
for (const room of document.querySelectorAll("[data-guest-href]")) {
  const href = room.dataset.guestHref, words = room.querySelector("[data-standing]"), box = document.getElementById("call");
  const WAITS = 4000, IN_CALL = 15000;
  /* So long after the last sign (milliseconds) the server may have ended a call by itself. */
  const FORGOTTEN = 90000;
  let timer, isOver, heardAt, cutOffAt;

  /* Whether the server could not hear of this page for so long, a moment ago or still. For call.js. */
  room.wasCutOff = () => Date.now() - heardAt > FORGOTTEN || Date.now() - cutOffAt < FORGOTTEN;

  room.querySelector("[data-look-again]").hidden = true;
  const tell = (text) => { if (words.textContent !== text) words.textContent = text; };
  /* With that of the page goes that of the call. */
  const signed = (state) => new URLSearchParams(room.dataset.callPeer ? { state, call: room.dataset.callPeer } : { state });
  const stand = (isOpen) => box.dispatchEvent(new CustomEvent("standing", { detail: { isOpen, isOver } }));
  const end = () => {
    isOver = true;
    words.dataset.standing = "over";
    tell("This link leads nowhere any more: the visit is over, or the doctor has taken it back. You can close this page.");
    stand(false);
  };

  const sign = async () => {
    clearTimeout(timer);
    try {
      const answer = await fetch(href, { method: "POST", body: signed(document.hidden ? "hidden" : "here"), redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(15000) });
      if ([404, 410].includes(answer.status)) return end();
      if (answer.ok) {
        const now = Date.now();
        if (now - heardAt > FORGOTTEN) cutOffAt = now;
        heardAt = now;
        const { let_in: isLetIn, call, words: said } = await answer.json();
        words.dataset.standing = isLetIn ? "let_in" : "waits";
        tell(said);
        stand(isLetIn && call);
      }
    } catch { /* away: the next sign */ }
    timer = setTimeout(sign, room.dataset.callPeer ? IN_CALL : WAITS);
    return undefined;
  };
  /* The call is over, or its page was put out: whether there is anything to come back to. */
  box.addEventListener("out", () => { if (!isOver) sign(); });

  addEventListener("pagehide", () => {
    clearTimeout(timer);
    if (!isOver) navigator.sendBeacon(href, signed("leaving"));
  });
  addEventListener("pageshow", ({ persisted }) => { if (persisted && !isOver) sign(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && !isOver) sign(); });
  sign();
}
