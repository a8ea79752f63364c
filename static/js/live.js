"use strict";
/* Pages that change by themselves (src/live): the stream that says that something has changed, and what the page says of it. The page then asks for
   its own address, or for the one that it takes its parts from, and swap.js puts what differs in its place. */
for (const note of document.querySelectorAll("main[data-live] > .unchanged")) {
  const { dataset } = note.parentElement;
  let at, beat = 15, free, isOut, left, silence, source, taking, wait = 250;

  const off = (why) => {
    dataset.liveState = "off";
    const words = `Not live${why ? `: ${why}` : at ? ` since ${at}` : ""}. `;
    if (note.textContent.startsWith(words)) return;
    note.textContent = words;
    note.append(Object.assign(document.createElement("a"), { href: "", textContent: "Refresh" }));
  };
  const close = () => {
    clearTimeout(silence);
    source = source?.close();
  };
  const out = (why) => { close(); off(why); isOut = true; free = free?.(); };
  const later = (act, most) => { close(); setTimeout(act, most * Math.random()); };
  const lost = (act) => { off(); later(act, wait); wait = Math.min(wait * 2, 16000); };
  const watch = () => {
    clearTimeout(silence);
    silence = setTimeout(lost, beat * 2000 + 5000, open);
  };
  const say = () => {
    dataset.liveState = "live";
    note.textContent = `As of ${at}${dataset.liveHeld ? "" : ", up to date"}`;
  };
  const hear = (time) => {
    at = time.slice(0, 5);
    watch();
    say();
  };

  const open = () => {
    if (source || !free || left) return;
    if (!dataset.live) return load();
    const own = source = new EventSource(`/live?on=${dataset.live}`);
    const on = (name, act) => own.addEventListener(name, ({ data }) => own === source && act(data));
    on("ready", (data) => {
      wait = 250;
      const ready = JSON.parse(data);
      beat = ready.beat;
      hear(ready.at);
    });
    on("beat", hear);
    on("changed", () => later(load, 250));
    on("bye", (why) => {
      if (why === "signed-out") return out("you have been signed out");
      if (why === "superseded") return out("another tab is");
      wait = 2000;
      lost(open);
    });
    /* Closed: it was refused, and the page itself may say why. */
    on("error", () => lost(own.readyState === 2 ? load : open));
    watch();
  };

  const load = async () => {
    try {
      const answer = await fetch(dataset.liveFrom ?? location.href, { headers: { "X-Live": "1" }, redirect: "manual", signal: AbortSignal.timeout(20000) });
      if (answer.type === "opaqueredirect" || answer.status === 401) return out("you have been signed out");
      if ([403, 404].includes(answer.status)) {
        document.dispatchEvent(new Event("live-gone"));
        return out("this is not yours to see any more");
      }
      /* Any other refusal is one for good, unless it says to come again. */
      if (answer.status >= 400 && answer.status < 500 && ![408, 429].includes(answer.status)) return out("it cannot be loaded by itself");
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const { live } = page.querySelector("main").dataset;
      if (left) return;
      if (!answer.ok || !live) throw new Error(answer.statusText);
      document.dispatchEvent(new CustomEvent("live-page", { detail: page }));
      dataset.live = live;
      open();
    } catch {
      lost(load);
    }
  };

  /* A browser opens six connections: four tabs listen, others wait for one of them. A tab that nobody sees or hears gives its place back. */
  const take = async () => {
    const idle = document.hidden && !dataset.sound && !document.querySelector("[data-call-peer]");
    if (idle && free) {
      close();
      free = free();
      off();
    }
    if (idle || free || taking || isOut) return;
    taking = true;
    for (let slot = 0; slot < 4 && !free; slot += 1) {
      await new Promise((done) => navigator.locks.request(`live-${slot}`, { ifAvailable: true }, (lock) => {
        const kept = lock && new Promise((end) => { free = end; });
        done();
        return kept;
      }));
    }
    taking = false;
    if (free) open(); else off("many tabs are open");
  };

  document.addEventListener("live", () => source && at && say());
  addEventListener("pagehide", () => { left = true; close(); });
  /* Taken out of the browser's memory by its Back button. */
  addEventListener("pageshow", ({ persisted }) => { if (persisted) { left = isOut = false; load(); } });
  if (navigator.locks) {
    setInterval(take, 1000);
    take();
  } else {
    free = () => {};
    open();
  }
}
