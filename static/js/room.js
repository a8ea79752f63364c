"use strict";
/* The room of a visit is not left while something goes on in it: its forms go without a navigation, which would end the call and lose what is typed in
   the others, and what has changed is put in its place (swap.js). In a call a link to the room itself shows it as it is now; others open in a new tab (links.js). Where the visit stands changes by itself (live.js);
   forms of another stage stay, since something may be typed in them, and a line leads on. Everything works without this. */
{
  const main = document.getElementById("main"), room = main.querySelector(".room"), anew = main.querySelector("[data-anew]");
  const stage = (page) => page.getElementById("now")?.dataset.stage;
  const hasCall = (page) => Boolean(page.getElementById("call"));
  const make = (tag, more) => Object.assign(document.createElement(tag), more);
  let made = stage(document);

  document.addEventListener("live", () => { anew.hidden = stage(document) === made; });
  document.addEventListener("live-gone", () => {
    anew.replaceChildren("This visit is not yours any more. ", make("a", { href: "/dashboard", textContent: "To your day" }));
    anew.hidden = false;
  });

  const words = (kind, text) => {
    const told = make("p", { className: `flash ${kind}`, textContent: text });
    told.setAttribute("role", kind === "error" ? "alert" : "status");
    return told;
  };
  const FAILED = "The server could not be reached. What you typed is still here: try again.";
  const OUT = "You are signed out. What you typed is still here: sign in in a new tab, then send it again.";

  /* What came of it stands where it was asked for, and has the keyboard, unless that is in use elsewhere. */
  const tell = (panel, told, isFree) => {
    for (const old of main.querySelectorAll(".flash, .error-summary")) old.remove();
    told.tabIndex = -1;
    panel.querySelector("header").after(told);
    if (isFree) told.focus();
  };

  /* The room as it is now, but for what somebody has in hand. */
  const show = (page) => {
    document.dispatchEvent(new CustomEvent("live-page", { detail: page }));
    /* A call needs scripts that this page has not, or has no part in it any more: then the line leads on. */
    if (hasCall(page) === hasCall(document)) made = stage(page);
    anew.hidden = stage(document) === made;
  };
  const load = async (address, more) => {
    const answer = await fetch(address, { cache: "no-store", headers: { Accept: "text/html" }, signal: AbortSignal.timeout(20000), ...more });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const isOut = answer.status === 401 || Boolean(page.querySelector("form[data-kept], form[action='/sign-in']"));
    if (!isOut) document.dispatchEvent(new Event("session-used"));
    return { answer, page, isOut, isRoom: Boolean(page.querySelector("main .room")) };
  };

  const typed = (form, button) => {
    const all = new URLSearchParams(new FormData(form));
    if (button?.name) all.append(button.name, button.value);
    return all;
  };
  /* Out of its dialog, into its part (confirm.js). */
  const home = (form) => new Promise((done) => {
    const dialog = form.closest("dialog");
    if (!dialog) return done();
    dialog.addEventListener("close", done, { once: true });
    return dialog.close();
  });

  const send = async (form, button) => {
    const body = typed(form, button), before = String(body);
    await home(form);
    const own = form.closest(".room > section"), isFree = () => own.contains(document.activeElement) || document.activeElement === document.body;
    form.setAttribute("aria-busy", "true");
    try {
      const { answer, page, isOut, isRoom } = await load(form.action, { method: "POST", body });
      const free = isFree();
      if (isOut) return tell(own, words("error", OUT), free);
      if (isRoom) {
        if (String(typed(form, button)) === before) own.dataset.sent = "yes";
        show(page);
        delete own.dataset.sent;
        const told = page.querySelector("main .error-summary, main .flash") ?? words("success", "It is done.");
        return tell(document.getElementById(own.id) ?? document.getElementById("standing"), told, free);
      }
      if (!answer.ok) return tell(own, words("error", page.querySelector("main .lead")?.textContent ?? FAILED), free);
      const told = words("success", "It is done. ");
      told.append(make("a", { href: answer.url, target: "_blank", rel: "noopener", textContent: page.querySelector("h1")?.textContent ?? "Go on" }));
      return tell(own, told, free);
    } catch {
      return tell(own, words("error", FAILED), isFree());
    } finally { form.removeAttribute("aria-busy"); }
  };
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || form.method !== "post" || !form.closest(".room > section, dialog")) return;
    /* Nothing is lost by leaving. */
    if (!hasCall(document) && !main.hasTyped(form)) return;
    event.preventDefault();
    if (!form.hasAttribute("aria-busy")) send(form, submitter);
  });

  const renew = async () => {
    try {
      const { page, isRoom, isOut } = await load(location.href);
      if (isRoom) show(page);
      else tell(document.getElementById("standing"), words("error", isOut ? OUT : FAILED), true);
    } catch { tell(document.getElementById("standing"), words("error", FAILED), true); }
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || !room.dataset.callPeer || event.defaultPrevented || link.origin !== location.origin || link.target || link.hash || link.pathname !== location.pathname) return;
    event.preventDefault();
    renew();
  });
}
