"use strict";
/* Asks before a page is left in which something was typed and not sent, or a call goes on: for messages and the room. A note saves itself (note.js). */
{
  const main = document.getElementById("main");
  /* Milliseconds: as long as a form may be on its way; as long as a link takes that leads out of no page. */
  const SENDING = 10000, PASSING = 1000;
  let sent, isLeaving = false;

  const fields = (form) => [...form.elements].filter((field) => field.matches("input:not([type=hidden]), textarea"));
  const isTyped = (field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked;
  /* What was refused is shown again as if it belonged there, and is kept nowhere. */
  const isRefused = (form) => main.querySelector(".error-summary") && form.matches(".stack") && fields(form).some(({ value, type }) => value && !["checkbox", "radio"].includes(type));
  const hasTyped = main.hasTyped = (but) => [...document.querySelectorAll("form[method=post]")].some((form) => form !== but && (fields(form).some(isTyped) || isRefused(form)));

  const leave = (time) => {
    isLeaving = true;
    setTimeout(() => { isLeaving = false; }, time);
  };
  document.addEventListener("leaving", () => leave(SENDING));
  /* A telephone number, a file: the page stays. */
  document.addEventListener("click", ({ target }) => {
    const link = target.closest?.("a[href]");
    if (link && (!/^https?:$/.test(link.protocol) || link.closest("[data-attachment]"))) leave(PASSING);
  });
  /* After whoever sends it without leaving the page (room.js). */
  addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    sent = event.target;
    setTimeout(() => { sent = undefined; }, SENDING);
  });
  addEventListener("beforeunload", (event) => {
    if (!isLeaving && (main.querySelector("[data-call-peer]") || hasTyped(sent))) event.preventDefault();
  });
}
