"use strict";
/* What a page says to another about their call, and hears: by plain requests, and by the stream that says that there is more to hear. For call.js, which
   says what to do with it. A page has a key for as long as it takes part (`me`); the one that it speaks to has another (`them`). */
for (const box of document.querySelectorAll("#call[data-href]")) {
  const { href } = box.dataset, line = box.line = {};
  let last, silence, source, queue = Promise.resolve();

  const pause = (time) => new Promise((done) => setTimeout(done, time));
  const ask = line.ask = async (path, { isPressed, ...more } = {}) => {
    /* What the page does by itself is no use of the session. */
    const headers = { ...(isPressed ? {} : { "X-Live": "1" }), ...more.headers };
    const answer = await fetch(`${href}/${path}`, { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(15000), ...more, headers });
    if (answer.ok) return answer;
    throw Object.assign(new Error("refused"), { status: answer.type === "opaqueredirect" ? 401 : answer.status });
  };
  line.post = (path, fields, isPressed) => ask(path, { method: "POST", body: new URLSearchParams(fields), isPressed });

  const listen = (of, live) => {
    source?.close();
    clearTimeout(silence);
    if (of !== line.me) return;
    const own = source = live ? new EventSource(`/live?on=${live}`) : undefined;
    const next = (wait) => {
      if (own !== source) return;
      own?.close();
      source = undefined;
      clearTimeout(silence);
      setTimeout(hear, wait, of);
    };
    const watch = () => { if (own !== source) return; clearTimeout(silence); silence = setTimeout(next, 40000, 0); };
    if (!own) return next(1000);
    for (const [name, act] of [["ready", watch], ["beat", watch], ["changed", () => next(0)], ["bye", () => next(1500)], ["error", () => next(1000)]]) own.addEventListener(name, act);
    watch();
  };
  const hear = async (of) => {
    if (of !== line.me) return;
    try {
      const answer = await ask(`call/signals?peer=${of}&after=${last}`), said = await answer.json();
      if (of !== line.me) return;
      for (const signal of said) {
        last = signal.id;
        await line.take(of, signal);
      }
      if (of !== line.me) return;
      if (said.length > 99) hear(of); else listen(of, answer.headers.get("x-live-on"));
    } catch ({ status }) {
      if (of !== line.me) return;
      if ([403, 404, 409].includes(status)) line.over();
      else setTimeout(hear, 2000, of);
    }
  };
  line.say = (to, kind, body) => {
    const of = line.me;
    queue = queue.then(async () => {
      for (let wait = 500; of === line.me && to === line.them; wait = Math.min(wait * 2, 8000)) {
        try {
          return await ask("call/signals", { method: "POST", body: JSON.stringify({ peer: of, to, kind, body }), headers: { "Content-Type": "application/json" } });
        } catch ({ status }) {
          /* Who it was said to is gone, and comes back as another. */
          if (status === 409 && to === line.them) return line.gone();
          if ([403, 404, 413, 422].includes(status)) return undefined;
          await pause(wait);
        }
      }
      return undefined;
    });
  };

  line.join = ({ peer, live }) => {
    line.me = peer;
    last = 0;
    listen(peer, live);
  };
  line.leave = () => {
    source?.close();
    clearTimeout(silence);
    source = line.me = line.them = undefined;
  };
}
