"use strict";
/* Somebody is invited to the call from the room of its doctor, which is not left for it and shows the link until the next: it is kept nowhere. Letting in
   and removing are forms of the room (room.js). Without this, all of it is forms like any other. */
for (const panel of document.querySelectorAll("#guests")) {
  const form = panel.querySelector("form"), shown = panel.querySelector("[data-invited]"), why = panel.querySelector("[data-not-invited]");
  const link = panel.querySelector("[data-guest-link]"), copy = panel.querySelector("[data-copy]");
  const AWAY = "The server could not be reached. Try again.", OUT = "You are signed out. Sign in in a new tab, then send it again.";
  const refuse = (text) => {
    why.textContent = text;
    why.hidden = !text;
  };
  const invite = async () => {
    const answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" }, redirect: "manual", signal: AbortSignal.timeout(20000),
    });
    const told = await answer.json().catch(() => ({}));
    /* The next one is another; and so is one that is sent once more after this form has invited somebody. */
    if (answer.ok || answer.status === 409) form.elements.token.value = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (answer.ok) document.dispatchEvent(new Event("session-used"));
    return answer.ok && told.link ? told : Promise.reject(Object.assign(new Error(answer.status), { why: told.error ?? (answer.status === 401 ? OUT : "Nobody was invited. Load the page again, then look who there is.") }));
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.hasAttribute("aria-busy")) return;
    form.setAttribute("aria-busy", "true");
    try {
      const told = await invite();
      refuse("");
      shown.hidden = false;
      panel.querySelector("[data-invited-who]").textContent = told.who;
      link.value = told.link;
      for (const field of form.querySelectorAll("#guest-name")) field.value = "";
    } catch (error) { refuse(error.why ?? AWAY); } finally { form.removeAttribute("aria-busy"); }
  });

  /* Once somebody has come with it, it is on the screen of its doctor for nobody's use but a stranger's. */
  document.addEventListener("live", () => {
    const who = panel.querySelector("[data-invited-who]").textContent, rows = [...document.querySelectorAll("#guests-now [data-guest]")];
    const row = rows.find((one) => one.querySelector("bdi").textContent === who);
    if (row && !["invited", "waits"].includes(row.dataset.guest)) shown.hidden = true;
  });
  link.addEventListener("focus", () => link.select());
  copy.hidden = !navigator.clipboard;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(link.value);
      copy.textContent = "Copied";
      setTimeout(() => { copy.textContent = "Copy the link"; }, 3000);
    } catch { link.focus(); }
  });
}
