"use strict";
/* The call in the room of a visit: joining, going, the controls, and in words what happens. The two browsers send picture and sound to each other (line.js),
   and find each other by what the server passes on (signals.js). To the server a page that joins is a peer; one that is loaded again is another. Whoever
   comes makes the offer. */
for (const box of document.querySelectorAll("#call[data-href]")) {
  const { dataset, devices, lines, signals } = box, { href, other } = dataset, { release } = devices, { post } = signals;
  const room = box.closest(".room"), isDoctor = dataset.side === "doctor", KEPT = `call ${href}`;
  /* Milliseconds until the telephone is offered: the line is lost, nobody comes. */
  const LOST = 15000, ALONE = 120000;
  /* So long after it was left a page that is loaded again goes on in its call by itself; later its person presses. So long it is waited for what became of the visit. */
  const BACK = 60000, STANDS = 1500;
  const part = (name) => box.querySelector(`[data-call=${name}]`);
  const [words, phone, theirs] = ["words", "phone", "theirs"].map(part);
  let isBusy, isHeldBack, entering, hungUp, replaced, stay = 0, call, joinedAt, ticks = 0, isUp, wasOpen;
  words.tabIndex = -1;

  const tell = (text) => { if (words.textContent !== text) words.textContent = text; };
  /* Which call, when this page was in it last, and what was switched off. */
  const keep = () => {
    try {
      if (call) sessionStorage.setItem(KEPT, JSON.stringify({ call, at: Date.now(), off: devices.off() })); else sessionStorage.removeItem(KEPT);
    } catch { /* then the call is joined by hand */ }
  };
  const kept = () => { try { return JSON.parse(sessionStorage.getItem(KEPT)); } catch { return undefined; } };
  const connected = () => lines.all().find((line) => line.isConnected());

  /* Where the visit stands, as the page says it: its status, with whom, how it is held. */
  const stage = () => document.getElementById("now")?.dataset.stage ?? "";
  const canCall = () => /^(waiting|in_progress)-/.test(stage()) && !/-(phone|in_person)$/.test(stage());
  const standing = () => {
    const [status] = stage().split("-");
    if (canCall()) return "The call is over. The visit is not: you can join again.";
    if (/-phone$/.test(stage()) && /^(waiting|in_progress)$/.test(status)) return isDoctor ? `The visit goes on by telephone: call ${other}.` : `The visit goes on by telephone: ${other} calls you. Keep the line free.`;
    if (/-in_person$/.test(stage()) && /^(waiting|in_progress)$/.test(status)) return "The visit goes on at the hospital, without a call.";
    return { completed: "The visit is over. What comes after it stands below.", no_show: "The visit is over: it is recorded as missed.", cancelled: "The visit was cancelled. What you can do stands below." }[status]
      ?? "The call is over. Look below for where the visit stands.";
  };

  /* A control that has the keyboard and goes hands it on. */
  const pass = (from) => {
    if (!box.contains(from) || !from.closest("[hidden], [data-call=join]:disabled")) return;
    const to = part(signals.me || isBusy ? "end" : "join");
    (to.disabled ? words : to).focus();
  };
  /* What is shown. */
  const show = () => {
    const focused = document.activeElement;
    const all = lines.all(), line = connected() ?? all[0], now = Date.now(), { me } = signals;
    const state = isBusy ? "calling" : !me ? (dataset.state === "none" ? "none" : "ended") : connected() ? "connected" : line && lines.wasConnected() ? "reconnecting" : "calling";
    dataset.state = state;
    if (line?.path) dataset.path = line.path;
    dataset.frames = line?.frames ?? 0;
    if (theirs.srcObject !== (line?.seen ?? null)) theirs.srcObject = line?.seen ?? null;
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
    phone.hidden = !me || !(state !== "connected" && now - lines.lostAt() > LOST || !line && now - joinedAt > ALONE || !devices.has("audio"));
    pass(focused);
    if (!me) return;
    const being = {
      connected: `Connected with ${other}.`,
      reconnecting: "The line is broken. Another way is being looked for…",
      calling: line ? `${other} is there. Connecting…` : `You are in the call. ${lines.wasConnected() ? `${other} has left it and can come back` : `Waiting for ${other}`}.`,
    };
    tell([being[state], line?.isThin && state === "connected" ? "The line is thin: no picture for now, to keep the sound." : "", line?.isStill && state === "connected" ? `Nothing comes from ${other} at the moment.` : "",
      isHeldBack ? "This browser plays nothing before you press." : "", devices.lacks()].filter(Boolean).join(" "));
  };
  const report = async () => {
    const line = connected() ?? lines.all()[0];
    if (!signals.me || !line || !lines.wasConnected()) return;
    const { path, loss, rtt } = line, fields = { peer: signals.me, state: connected() ? "connected" : "reconnecting" };
    for (const [name, value] of Object.entries({ path, loss, rtt, ...lines.figures() })) if (value || value === 0) fields[name] = value;
    await post("call/report", fields).catch(() => {});
  };
  const play = async () => {
    try {
      await theirs.play();
      isHeldBack = false;
    } catch ({ name }) {
      /* Otherwise another picture came meanwhile. */
      if (name === "NotAllowedError") isHeldBack = true;
    }
    show();
  };
  box.addEventListener("line", () => {
    const is = Boolean(connected());
    show();
    if (is === Boolean(isUp)) return;
    isUp = is;
    report();
    if (is) play();
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
  };
  /* The same when the server says so; what became of the visit is on the page in a moment. */
  const overThere = () => {
    over("The call is over.");
    const own = stay;
    setTimeout(() => { if (own === stay && !isBusy && !signals.me) tell(standing()); }, STANDS);
  };
  const WHY = {
    401: "You have been signed out, and the call is over here. Sign in again in another tab, then join.", 403: "This visit is not yours any more.", 404: "This visit is not yours any more.",
    409: "Nobody can be called in this visit now. Look below for where it stands.", 429: "That was too often. Wait a minute, then join again.",
  };
  const ELSEWHERE = "The call goes on in another window of yours.";
  /* Joins, or joins anew; whether there is nothing left to do. */
  const enter = async (isPressed) => {
    if (entering === stay) return true;
    const had = signals.me, own = entering = stay;
    isBusy = !had;
    try {
      show();
      if (!had) {
        tell("Camera and microphone are being switched on…");
        await devices.capture();
        joinedAt = Date.now();
      }
      await lines.renew();
      const joined = await (await post("call", had ? { replaces: had } : {}, isPressed)).json();
      if (own !== stay) {
        /* Hung up meanwhile: by hand, else the call is not this page's to end. */
        if (hungUp === own) post("call/end", { peer: joined.peer }).catch(() => {});
        return true;
      }
      isBusy = false;
      ({ call } = joined);
      lines.close();
      signals.join(joined);
      room.dataset.callPeer = signals.me;
      keep();
      for (const to of joined.peers.slice(-1)) lines.open(to, true);
      show();
    } catch ({ status, why }) {
      if (own !== stay) return true;
      isBusy = false;
      if (!had) over(why ?? WHY[status] ?? "The server could not be reached. Try again, or go on by telephone.");
      else if (status === 409) overThere();
      else if (WHY[status] && status !== 429) over(WHY[status]);
      else if (replaced === had) over(ELSEWHERE);
      else return false;
    } finally { if (entering === own) entering = undefined; }
    return true;
  };
  /* The server takes the call to be over. If it could not hear of this page for long, nobody has hung up (visit.js). */
  const ended = async (status, of = signals.me) => {
    if (status !== 409) return over(WHY[status]);
    if (!room.wasCutOff()) return overThere();
    if (of === signals.me && !await enter()) setTimeout(ended, 2000, status, of);
    return undefined;
  };
  Object.assign(signals, {
    anew: () => enter(), over: ended,
    take: (of, signal) => {
      if (signal.kind !== "bye") return lines.take(of, signal);
      /* A page that joins anew takes its own place, and may be told so first. */
      if (entering !== stay) return over(ELSEWHERE);
      replaced = of;
      return undefined;
    },
  });

  /* The controls. */
  part("join").addEventListener("click", () => enter(true));
  part("end").addEventListener("click", () => {
    const peer = signals.me;
    hungUp = stay;
    over("You have hung up. The visit goes on: you can join again.");
    if (peer) post("call/end", { peer }).catch(() => {});
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
      if (isOpen !== wasOpen && dataset.state === "ended") tell(standing());
    }
    wasOpen = isOpen;
    part("join").disabled = !isOpen;
    pass(focused);
    return isOpen;
  };
  document.addEventListener("live", open);
  addEventListener("pagehide", () => { if (call) keep(); });
  show();
  /* Whoever was in the call a moment ago, when the page was loaded again, goes on in it, as long as it is that one; with what they had switched off. */
  const last = kept();
  if (open() && last && Date.now() - last.at < BACK && document.querySelector("#now [data-call-id]")?.dataset.callId === String(last.call)) {
    for (const kind of last.off) devices.want(kind, false);
    enter();
  }
}
