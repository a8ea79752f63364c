"use strict";
/* While its page is in a call a link opens in a new tab: to leave the page would end the call. One to the page itself is for room.js. */
for (const room of document.querySelectorAll(".room")) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || !room.dataset.callPeer || event.defaultPrevented || link.origin !== location.origin || link.target || link.pathname === location.pathname) return;
    Object.assign(link, { target: "_blank", rel: "noopener" });
    setTimeout(() => link.removeAttribute("target"));
  });
}
