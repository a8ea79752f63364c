"use strict";
/* What a page says to the others of its call, and hears: by plain requests, and by the stream that says that there is more to hear. For line.js and
   call.js, which say what to do with it. A page has a key for as long as it takes part (`me`). */
for (const box of document.querySelectorAll("#call[data-href]")) {
  const { href } = box.dataset, signals = box.signals = {};
  /* So long nobody is signed in here before it is believed (milliseconds). */
  const OUT = 5000;
  const queues = new Map();
  let last, outSince, silence, source;

  const pause = (time) => new Promise((done) => setTimeout(done, time));
  const ask = signals.ask = async (path, { isPressed, ...more } = {}) => {
    /* What the page does by itself is no use of the session. */
    const headers = { ...(isPressed ? {} : { "X-Live": "1" }), ...more.headers };
    const answer = await fetch(`${href}/${path}`, { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(15000), ...more, headers });
    if (answer.ok) return answer;
    const status = answer.type === "opaqueredirect" ? 401 : answer.status;
    const why = status === 409 ? new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main .lead")?.textContent : undefined;
    throw Object.assign(new Error("refused"), { status, why });
  };
  signals.post = (path, fields, isPressed) => ask(path, { method: "POST", body: new URLSearchParams(fields), isPressed });

  const quiet = () => { clearTimeout(silence); source = source?.close(); };
  const listen = (of, live) => {
    quiet();
    if (of !== signals.me) return;
    const own = source = live ? new EventSource(`/live?on=${live}`) : undefined;
    const next = (wait) => {
      if (own !== source) return;
      quiet();
      setTimeout(hear, wait, of);
    };
    const watch = () => { if (own !== source) return; clearTimeout(silence); silence = setTimeout(next, 40000, 0); };
    if (!own) return next(signals.pace ?? 1000);
    for (const [name, act] of [["ready", watch], ["beat", watch], ["changed", () => next(0)], ["bye", ({ data }) => { if (own === source && data === "signed-out") signals.over(401); else next(1500); }], ["error", () => next(1000)]]) own.addEventListener(name, act);
    watch();
    /* A page that was put aside (iOS) has a stream that is dead and does not say so. */
    signals.again = () => next(0);
  };
  const hear = async (of) => {
    if (of !== signals.me) return;
    try {
      const answer = await ask(`call/signals?peer=${of}&after=${last}`), said = await answer.json();
      for (const signal of said) {
        if (of !== signals.me) return;
        last = signal.id;
        await signals.take(of, signal);
      }
      if (of !== signals.me) return;
      outSince = undefined;
      if (said.length > 99) hear(of); else listen(of, answer.headers.get("x-live-on"));
    } catch ({ status }) {
      if (of !== signals.me) return;
      outSince = status === 401 ? outSince ?? Date.now() : undefined;
      if ([403, 404, 409, 410].includes(status) || Date.now() - outSince > OUT) signals.over(status);
      else setTimeout(hear, 2000, of);
    }
  };
  /* In the order in which it is said, to each page by itself: one that is not to be reached holds up no other. */
  signals.say = (to, kind, body) => {
    const of = signals.me;
    queues.set(to, (queues.get(to) ?? Promise.resolve()).then(async () => {
      for (let wait = 500; of === signals.me && signals.isThere(to); wait = Math.min(wait * 2, 8000)) {
        try {
          return await ask("call/signals", { method: "POST", body: JSON.stringify({ peer: of, to, kind, body }), headers: { "Content-Type": "application/json" } });
        } catch ({ status }) {
          /* Who it was said to is gone, and comes back as another. */
          if (status === 409) return signals.gone(to);
          if ([403, 404, 410, 413, 422].includes(status)) return undefined;
          await pause(wait);
        }
      }
      return undefined;
    }));
  };

  /* Something may have been said before the join was answered, so that no stream tells of it; or the call is over meanwhile. */
  signals.join = ({ peer }) => {
    signals.me = peer;
    last = 0;
    queues.clear();
    outSince = undefined;
    quiet();
    hear(peer);
  };
  signals.leave = () => {
    quiet();
    signals.me = undefined;
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden && source) signals.again(); });
}
