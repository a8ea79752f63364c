"use strict";
/* A form that was just sent is not sent again by an impatient second click. The first goes on; a second later the button works as before. */
{
  const PAUSE = 1000;
  const sent = new WeakMap();
  document.addEventListener("submit", (event) => {
    const last = sent.get(event.target);
    if (last !== undefined && performance.now() - last < PAUSE) event.preventDefault();
    else if (!event.defaultPrevented) sent.set(event.target, performance.now());
  });
}
