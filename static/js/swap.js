"use strict";
/* Puts the parts of a page that have changed in their place, but nothing under somebody's hands. Before times.js, which writes into what is
   compared here. Afterwards the event "live" tells what came. */
for (const note of document.querySelectorAll("main[data-live] > .unchanged")) {
  const { dataset } = note.parentElement;
  const parts = (root) => [...root.querySelectorAll("[data-live-region][id]")];
  const make = (tag, more) => Object.assign(document.createElement(tag), more);
  /* What stands in a part of its own counts there. */
  const textOf = (part) => {
    const copy = part.cloneNode(true);
    for (const inner of parts(copy)) inner.remove();
    /* A form's own, another each time that it is opened. */
    for (const token of copy.querySelectorAll("input[name=token]")) token.remove();
    return copy.outerHTML;
  };
  const shown = new Map(parts(document).map((part) => [part.id, textOf(part)]));
  const said = make("p", { className: "unseen", role: "status" });
  let bar, fresh, gone, held;
  document.body.append(said);

  const isTyped = (field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked;
  /* Where none is marked the first choice stands, if there is one. */
  const isChosen = ({ options, selectedIndex }) => selectedIndex > -1 && selectedIndex !== Math.max([...options].findIndex((option) => option.defaultSelected), 0);
  /* A form that was sent from here (room.js) is in nobody's hands any more. */
  const isSent = (part) => part?.dataset.sent === "yes";
  const region = (part) => part.parentElement?.closest("[data-live-region][id]");
  /* What the pointer holds still: all of a list, unless the part says what of it. */
  const isInHand = (part) => part && !isSent(part) && (part.contains(document.activeElement) || document.querySelector("dialog[open]")
    || part.querySelector("details[open]:not([id])") || part.matches(":hover") && part.querySelector(part.dataset.held ?? "li:not([data-user]), tr, button")
    || [...part.querySelectorAll("input, textarea")].some(isTyped) || [...part.querySelectorAll("select")].some(isChosen));

  /* What the pointer is over stays where it is, so that a press goes to what was aimed at. What stands above it may grow all the same, for whoever rests the
     pointer on one list has to see who comes in another: the page is scrolled by as much. Not left to the browser: it holds still what is first in the
     window, if anything. Where the page cannot be scrolled so far (its end is in the window, or its beginning) the part waits, as one in hand does. */
  const still = (act, undo) => {
    const under = [...document.querySelectorAll("main :hover")].at(-1), top = () => under.getBoundingClientRect().top;
    const before = under && top(), from = scrollY;
    act();
    if (!under?.isConnected || top() === before) return true;
    scrollBy({ top: top() - before, behavior: "instant" });
    if (Math.abs(top() - before) < 1) return true;
    undo();
    scrollTo({ top: from, behavior: "instant" });
    return false;
  };

  /* Where somebody may come who waits: patients in lists, guests in a room; and anywhere the other of the two who meet, in a call. */
  const COMES = { waiting: "[data-appointment],", "guests-now": "[data-guest=waits], [data-guest=in_call]," };
  const waiting = (part) => [...part?.querySelectorAll(`${COMES[part.id] ?? ""}[data-rings]`) ?? []].filter((row) => !row.querySelector("[data-status=in_progress]"));
  const whoOf = (row) => row.dataset.rings ? `call ${row.dataset.rings}` : row.dataset.appointment ?? row.dataset.guest + row.querySelector("bdi").textContent;
  const newcomers = (part, old) => {
    const known = waiting(old).map(whoOf);
    return waiting(part).filter((row) => !known.includes(whoOf(row)));
  };

  const put = () => {
    const came = [];
    let last = note;
    held = false;
    for (const part of fresh) {
      const old = document.getElementById(part.id), text = textOf(part);
      /* It came with what it stands in. */
      if (old === part) shown.set(part.id, text);
      else if (isSent(old) || shown.get(part.id) !== text) {
        let at = last;
        while (region(at) && region(at).id !== region(part)?.id) at = region(at);
        /* The part that it stands in may come later, and then has it as well. */
        const after = at, next = region(part) ? part.cloneNode(true) : part;
        /* What somebody has unfolded stays so. */
        for (const fold of next.querySelectorAll("details[id]")) fold.open = Boolean(document.getElementById(fold.id)?.open);
        const act = () => { if (old) old.replaceWith(next); else after.after(next); }, undo = () => { if (old) next.replaceWith(old); else next.remove(); };
        if (isInHand(old) || !still(act, undo)) held = true;
        else {
          came.push(...newcomers(part, old));
          shown.set(part.id, text);
        }
      }
      const now = document.getElementById(part.id);
      if (now && note.compareDocumentPosition(now) & Node.DOCUMENT_POSITION_FOLLOWING) last = now;
    }
    for (const id of gone) {
      const old = document.getElementById(id), place = document.createComment(""), act = () => old?.replaceWith(place), undo = () => place.replaceWith(old);
      if (isInHand(old) || !still(act, undo)) held = true;
      else {
        place.remove();
        shown.delete(id);
      }
    }
    const sayOf = (row) => row.dataset.rings ? row.textContent.trim() : `${row.querySelector("bdi").textContent} is ${row.dataset.guest === "in_call" ? "in the call" : "waiting"}`;
    if (came.length) said.textContent = [...new Set(came.map(sayOf))].join(". ");
    judge(came.length);
  };

  /* Whether all that stands here is as it is now. */
  const judge = (detail) => {
    offer(held || note.parentElement.isOld?.());
    document.dispatchEvent(new CustomEvent("live", { detail }));
  };

  /* What is held back moves when it is asked for, and so does what only its own page has (record.js, note.js). What was typed stays in any case. */
  const offer = (isOffered) => {
    if (!isOffered) {
      bar = bar?.remove();
      return delete dataset.liveHeld;
    }
    dataset.liveHeld = "yes";
    const { isOld, oldWords, showAnew } = note.parentElement;
    const text = isOld?.() && oldWords?.() || "Something changed here.";
    const [words, button] = bar?.children ?? [make("span", { role: "status" }), make("button", { type: "button", className: "button", textContent: "Show" })];
    if (!bar) {
      bar = make("div", { className: "session" });
      bar.append(words, button);
      document.body.append(bar);
    }
    if (!button.disabled && words.textContent !== text) words.textContent = text;
    button.onclick = async () => {
      if (!isOld?.()) return put();
      button.disabled = true;
      const why = await showAnew();
      button.disabled = false;
      if (why) words.textContent = why;
    };
  };

  document.addEventListener("live-page", ({ detail: page }) => {
    /* Another page's parts are for this one, but not what it is called. Its own page, whole, comes when somebody has asked for it. */
    const isAnother = Boolean(note.parentElement.dataset.liveFrom) && !page.querySelector("main[data-live-from]");
    fresh = parts(page).filter((part) => !isAnother || part.id !== "page-header");
    gone = isAnother ? [] : [...shown.keys()].filter((id) => !page.getElementById(id));
    put();
  });

  /* Said by the page's own script: it knows of something older than what comes. */
  document.addEventListener("record-judged", () => judge(0));
}
