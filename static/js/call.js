"use strict";
/* The call in the room of a visit: joining, going, the controls, and what happens, in words (words.js). The browsers send picture and sound to each other
   (line.js), and find each other by what the server passes on (signals.js). To the server a page that joins is a peer; one that is loaded again is another.
   Whoever comes makes the offers. Two meet, and a guest may be with them, whose page has the same call (guest.js says when there is one to join). */
for (const box of document.querySelectorAll("#call[data-href]")) {
  const { dataset, devices, lines, signals } = box, { nameOf, standing, being, WHY, ...SAYS } = box.wording, { href, side } = dataset, { release } = devices, { post } = signals;
  const room = box.closest(".room"), isDoctor = side === "doctor", isGuest = side === "guest", KEPT = `call ${href}`;
  /* Milliseconds until the telephone is offered: the line is lost, nobody comes. */
  const LOST = 15000, ALONE = 120000;
  /* So long after it was left a page that is loaded again goes on in its call by itself; later its person presses. So long it is waited for what became of the visit. */
  const BACK = 60000, STANDS = 1500;
  const part = (name) => box.querySelector(`[data-call=${name}]`);
  const [words, phone, theirs, also] = ["words", "phone", "theirs", "also"].map(part);
  /* Whose picture is the large one, and who else may be there. */
  const main = isDoctor ? "patient" : "doctor", third = isGuest ? "patient" : "guest", pictures = [[theirs, main], [also, third]];
  let isBusy, isHeldBack, entering, hungUp, replaced, stay = 0, call, joinedAt, ticks = 0, isUp, plays = "", wasOpen, isStanding = false, isGone = false;
  words.tabIndex = -1;

  const tell = (text) => { if (words.textContent !== text) words.textContent = text; };
  /* Which call, when this page was in it last, and what was switched off. */
  const keep = () => {
    try {
      if (call) sessionStorage.setItem(KEPT, JSON.stringify({ call, at: Date.now(), off: devices.off() })); else sessionStorage.removeItem(KEPT);
    } catch { /* then the call is joined by hand */ }
  };
  const kept = () => { try { return JSON.parse(sessionStorage.getItem(KEPT)); } catch { return undefined; } };
  const to = (whose) => lines.all().filter(({ who }) => who.side === whose);
  const up = (whose) => to(whose).find((line) => line.isConnected());
  /* How the call stands is told by the other of the two; to a guest by either. */
  const connected = () => up(main) ?? (isGuest ? up(third) : undefined);

  /* Where the visit stands, as the page says it: its status, with whom, how it is held. A guest's page is told whether there is a call. */
  const stage = () => document.getElementById("now")?.dataset.stage ?? "";
  const canCall = () => isGuest ? isStanding : /^(waiting|in_progress)-/.test(stage()) && !/-(phone|in_person)$/.test(stage());

  /* A control that has the keyboard and goes hands it on. */
  const pass = (from) => {
    if (!box.contains(from) || !from.closest("[hidden], [data-call=join]:disabled")) return;
    const next = part(signals.me || isBusy ? "end" : "join");
    (next.disabled ? words : next).focus();
  };
  /* What is shown. */
  const show = () => {
    const focused = document.activeElement;
    const line = connected() ?? to(main)[0] ?? (isGuest ? to(third)[0] : undefined), now = Date.now(), { me } = signals;
    const who = line?.who.side ?? main, { lostAt = Infinity, wasConnected } = lines.of(who);
    const state = isBusy ? "calling" : !me ? (dataset.state === "none" ? "none" : "ended") : connected() ? "connected" : line && wasConnected ? "reconnecting" : "calling";
    dataset.state = state;
    if (line?.path) dataset.path = line.path;
    dataset.frames = line?.frames ?? 0;
    const [, beside] = pictures.map(([picture, whose]) => {
      const one = up(whose) ?? to(whose)[0], seen = one?.seen ?? null;
      if (picture.srcObject !== seen) picture.srcObject = seen;
      return one;
    });
    dataset.also = beside?.frames ?? "";
    also.hidden = !beside;
    also.setAttribute("aria-label", `Picture of ${nameOf(third)}`);
    part("join").hidden = Boolean(me || isBusy);
    for (const control of box.querySelectorAll("[data-in-call]")) control.hidden = !me && !isBusy;
    for (const [name, kind] of [["microphone", "audio"], ["camera", "video"]]) {
      part(name).disabled = !devices.has(kind);
      part(name).setAttribute("aria-pressed", String(devices.isOn(kind)));
    }
    part("share").hidden = !me || !navigator.mediaDevices?.getDisplayMedia;
    part("share").setAttribute("aria-pressed", String(devices.isSharing()));
    part("restart").hidden = !(state === "connected" && (line.isSilent || line.isStill));
    part("play").hidden = !(me && isHeldBack);
    if (phone) phone.hidden = !me || !(state !== "connected" && now - lostAt > LOST || !line && now - joinedAt > ALONE || !devices.has("audio"));
    pass(focused);
    if (!me) return;
    tell(being(state, { line, who, beside: up(third) && who !== third ? third : undefined, wasConnected, isHeldBack }));
  };
  const report = async () => {
    const line = connected() ?? to(main)[0];
    if (!signals.me || !line || !line.who.wasConnected) return;
    const { path, loss, rtt } = line, fields = { peer: signals.me, state: connected() ? "connected" : "reconnecting" };
    for (const [name, value] of Object.entries({ path, loss, rtt, ...lines.figures() })) if (value || value === 0) fields[name] = value;
    await post("call/report", fields).catch(() => {});
  };
  const play = async () => {
    try {
      await Promise.all(pictures.filter(([, whose]) => up(whose)).map(([picture]) => picture.play()));
      isHeldBack = false;
    } catch ({ name }) {
      /* Otherwise another picture came meanwhile. */
      if (name === "NotAllowedError") isHeldBack = true;
    }
    show();
  };
  box.addEventListener("line", () => {
    const is = Boolean(connected()), those = pictures.map(([, whose]) => up(whose)?.to).join();
    show();
    /* While there is nothing to hear but what is said to this page, it is asked for less often. */
    signals.pace = is ? 3000 : 1000;
    if (is !== Boolean(isUp)) {
      isUp = is;
      report();
    }
    /* Somebody has come, or come back. */
    if (those !== plays && those !== ",") play();
    plays = those;
  });
  setInterval(() => {
    ticks += 1;
    if (ticks % 20 === 3 && connected()) report();
    if (ticks % 10 === 0 && call) keep();
  }, 1000);

  /* Coming and going. */
  const over = (why) => {
    signals.leave();
    stay += 1;
    isBusy = isHeldBack = false;
    dataset.state = "ended";
    call = undefined;
    delete room.dataset.callPeer;
    lines.close();
    lines.forget();
    release();
    keep();
    show();
    tell(why);
    box.dispatchEvent(new Event("out"));
  };
  /* The same when the server says so; what became of the visit is on the page in a moment. */
  const overThere = () => {
    over(SAYS.OVER);
    const own = stay;
    if (!isGuest) setTimeout(() => { if (own === stay && !isBusy && !signals.me) tell(standing(stage(), canCall())); }, STANDS);
  };
  /* Hanging up ends the call of the two who meet; a guest goes, and the server says so to both. */
  const end = (peer) => (isGuest ? post("presence", { state: "leaving", call: peer }) : post("call/end", { peer })).catch(() => {});
  /* Joins, or joins anew; whether there is nothing left to do. */
  const enter = async (isPressed) => {
    if (entering === stay) return true;
    const had = signals.me, own = entering = stay;
    isBusy = !had;
    try {
      show();
      if (!had) {
        tell(SAYS.SWITCHING);
        await devices.capture();
        joinedAt = Date.now();
      }
      await lines.renew();
      const joined = await (await post("call", had ? { replaces: had } : {}, isPressed)).json();
      if (own !== stay) {
        /* Hung up meanwhile: by hand, else the call is not this page's to end. A guest ends none. */
        if (hungUp === own || isGuest) end(joined.peer);
        return true;
      }
      isBusy = false;
      ({ call } = joined);
      lines.close();
      signals.join(joined);
      room.dataset.callPeer = signals.me;
      keep();
      lines.openAll(joined.peers, joined.sides);
      show();
    } catch ({ status, why }) {
      if (own !== stay) return true;
      isBusy = false;
      if (!had) over(why ?? WHY[status] ?? SAYS.AWAY);
      else if (status === 409) overThere();
      else if (WHY[status] && status !== 429) over(WHY[status]);
      else if (replaced === had) over(SAYS.ELSEWHERE);
      else return false;
    } finally { if (entering === own) entering = undefined; }
    return true;
  };
  /* The server takes the call to be over. If it could not hear of this page for long, nobody has hung up (visit.js, guest.js). */
  const ended = async (status, of = signals.me) => {
    if (status !== 409) return over(WHY[status]);
    if (!room.wasCutOff()) return overThere();
    if (of === signals.me && !await enter()) setTimeout(ended, 2000, status, of);
    return undefined;
  };
  Object.assign(signals, {
    anew: () => enter(), over: ended,
    take: (of, signal) => {
      /* What comes from this page itself is the server's word. */
      if (signal.kind !== "bye" || signal.from !== of) return lines.take(of, signal);
      /* A page that joins anew takes its own place, and may be told so first. */
      if (entering !== stay) return over(SAYS.ELSEWHERE);
      replaced = of;
      return undefined;
    },
  });

  /* The controls. */
  part("join").addEventListener("click", () => enter(true));
  part("end").addEventListener("click", () => {
    const peer = signals.me;
    hungUp = stay;
    if (peer) end(peer);
    over(SAYS.LEFT);
  });
  for (const [name, kind] of [["microphone", "audio"], ["camera", "video"]]) {
    part(name).addEventListener("click", () => {
      devices.want(kind, !devices.isOn(kind));
      keep();
      show();
    });
  }
  part("share").addEventListener("click", devices.share);
  /* Loaded again, the page is back in the call in a second or two. */
  part("restart").addEventListener("click", () => {
    document.dispatchEvent(new Event("leaving"));
    location.reload();
  });
  part("play").addEventListener("click", play);
  box.addEventListener("devices", show);

  /* The room says when somebody can be called, and what became of a visit that had a call. */
  const open = () => {
    const focused = document.activeElement, isOpen = canCall();
    if (!signals.me && !isBusy) {
      box.hidden = !isOpen && dataset.state === "none";
      if (!isGone && isOpen !== wasOpen && dataset.state === "ended") tell(isGuest ? (isOpen ? SAYS.ONCE_MORE : SAYS.OVER) : standing(stage(), isOpen));
    }
    wasOpen = isOpen;
    part("join").disabled = !isOpen;
    pass(focused);
    return isOpen;
  };
  document.addEventListener("live", () => {
    open();
    /* Who waits to be let in. */
    show();
  });
  addEventListener("pagehide", () => { if (call) keep(); });
  show();
  /* Whoever was in the call a moment ago, when the page was loaded again, goes on in it, as long as it is that one; with what they had switched off. A
     guest's page is told a moment later that there is one. */
  let last = kept();
  const back = () => {
    const isOpen = open(), isThat = isGuest || document.querySelector("#now [data-call-id]")?.dataset.callId === String(last?.call);
    if (isOpen && isThat && last && Date.now() - last.at < BACK) {
      for (const kind of last.off) devices.want(kind, false);
      enter();
    }
    if (isOpen || !isGuest) last = undefined;
  };
  box.addEventListener("standing", ({ detail }) => {
    isStanding = detail.isOpen;
    isGone = detail.isOver;
    if (detail.isOver && (signals.me || isBusy)) over(WHY[410]);
    back();
  });
  back();
}
