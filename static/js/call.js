"use strict";
/* The call in the room of a visit: joining, going, the controls, and in words what happens. The two browsers send picture and sound to each other (line.js),
   and find each other by what the server passes on (signals.js). To the server a page that joins is a peer; one that is loaded again is another. Whoever
   comes makes the offer. */
for (const box of document.querySelectorAll("#call[data-href]")) {
  const { dataset, devices, lines, signals } = box, { href, other } = dataset, { tracks, release } = devices, { ask, post } = signals;
  const room = box.closest(".room").dataset, KEPT = `call ${href}`;
  /* Milliseconds until the telephone is offered: the line is lost, nobody comes. */
  const LOST = 15000, ALONE = 120000;
  const part = (name) => box.querySelector(`[data-call=${name}]`);
  const [words, phone, theirs] = ["words", "phone", "theirs"].map(part);
  let isBusy, entering, stay = 0, joinedAt, ticks = 0, isUp;

  const tell = (text) => { if (words.textContent !== text) words.textContent = text; };
  const keep = (is) => { try { if (is) sessionStorage.setItem(KEPT, "1"); else sessionStorage.removeItem(KEPT); } catch { /* then the call is joined by hand */ } };
  const connected = () => lines.all().find((line) => line.isConnected());

  /* What is shown. */
  const show = () => {
    const all = lines.all(), line = connected() ?? all[0], now = Date.now(), { me } = signals;
    const state = isBusy ? "calling" : !me ? (dataset.state === "none" ? "none" : "ended") : connected() ? "connected" : line && lines.wasConnected() ? "reconnecting" : "calling";
    dataset.state = state;
    if (line?.path) dataset.path = line.path;
    dataset.frames = line?.frames ?? 0;
    if (theirs.srcObject !== (line?.seen ?? null)) theirs.srcObject = line?.seen ?? null;
    part("join").hidden = Boolean(me || isBusy);
    for (const control of box.querySelectorAll("[data-in-call]")) control.hidden = !me && !isBusy;
    for (const [name, kind] of [["microphone", "audio"], ["camera", "video"]]) {
      part(name).disabled = !tracks[kind];
      part(name).setAttribute("aria-pressed", String(Boolean(tracks[kind]?.enabled)));
    }
    part("share").hidden = !me || !navigator.mediaDevices?.getDisplayMedia;
    part("share").setAttribute("aria-pressed", String(devices.isSharing()));
    part("restart").hidden = !(me && line?.isSilent);
    phone.hidden = !me || !(state !== "connected" && now - lines.lostAt() > LOST || !line && now - joinedAt > ALONE || !tracks.audio);
    if (!me) return;
    const being = {
      connected: `Connected with ${other}.`,
      reconnecting: "The line is broken. Another way is being looked for…",
      calling: line ? `${other} is there. Connecting…` : `You are in the call. ${lines.wasConnected() ? `${other} has left it and can come back` : `Waiting for ${other}`}.`,
    };
    tell([being[state], line?.isThin && state === "connected" ? "The line is thin: no picture for now, to keep the sound." : "", devices.lacks()].filter(Boolean).join(" "));
  };
  const report = async () => {
    const line = connected() ?? lines.all()[0];
    if (!signals.me || !line || !lines.wasConnected()) return;
    const { path, loss, rtt } = line, fields = { peer: signals.me, state: connected() ? "connected" : "reconnecting" };
    for (const [name, value] of Object.entries({ path, loss, rtt, ...lines.figures() })) if (value || value === 0) fields[name] = value;
    await post("call/report", fields).catch(() => {});
  };
  box.addEventListener("line", () => {
    const is = Boolean(connected());
    show();
    if (is === Boolean(isUp)) return;
    isUp = is;
    report();
    if (is) theirs.play().catch(() => {});
  });
  setInterval(() => {
    ticks += 1;
    if (ticks % 20 === 3 && connected()) report();
  }, 1000);

  /* Coming and going. */
  const over = (why) => {
    signals.leave();
    stay += 1;
    isBusy = false;
    dataset.state = "ended";
    delete room.callPeer;
    lines.close();
    lines.forget();
    release();
    keep(false);
    show();
    tell(why);
  };
  const WHY = { 401: "You have been signed out. Sign in again in another tab, then join.", 404: "This visit is not yours any more.", 409: "Nobody can be called in this visit now. Look above for where it stands.", 429: "That was too often. Wait a minute, then join again." };
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
      const joined = await (await post("call", {}, isPressed)).json();
      if (own !== stay) {
        /* Hung up meanwhile. */
        post("call/end", { peer: joined.peer }).catch(() => {});
        return true;
      }
      isBusy = false;
      lines.close();
      signals.join(joined);
      room.callPeer = signals.me;
      keep(true);
      for (const to of joined.peers.slice(-1)) lines.open(to, true);
      show();
    } catch ({ status }) {
      if (own !== stay) return true;
      isBusy = false;
      if (!had) over(WHY[status] ?? "The server could not be reached. Try again, or go on by telephone.");
      else if (WHY[status] && status !== 429) over(WHY[status]);
      else return false;
    } finally { if (entering === own) entering = undefined; }
    return true;
  };
  /* The server takes the call to be over. If it could not hear of this page for long, nobody has hung up (visit.js). */
  const ended = async (of) => {
    if (!box.closest(".room").wasCutOff()) return over("The call is over. The visit is not: you can join again.");
    if (of === signals.me && !await enter()) setTimeout(ended, 2000, of);
    return undefined;
  };
  Object.assign(signals, {
    anew: () => enter(), over: () => ended(signals.me),
    take: (of, signal) => {
      if (signal.kind !== "bye") return lines.take(of, signal);
      /* A page that joins anew takes its own place, and may be told so first. */
      return entering === stay ? undefined : over("The call goes on in another window of yours.");
    },
  });

  /* The controls. */
  part("join").addEventListener("click", () => enter(true));
  part("end").addEventListener("click", () => {
    const peer = signals.me;
    over("You have hung up. The visit goes on: you can join again.");
    if (peer) post("call/end", { peer }).catch(() => {});
    part("join").focus();
  });
  for (const [name, kind] of [["microphone", "audio"], ["camera", "video"]]) {
    part(name).addEventListener("click", () => {
      tracks[kind].enabled = !tracks[kind].enabled;
      show();
    });
  }
  part("share").addEventListener("click", devices.share);
  /* Loaded again, the page is back in the call in a second or two. */
  part("restart").addEventListener("click", () => location.reload());
  box.addEventListener("devices", show);

  /* The room says when somebody can be called; whoever was in the call when the page was loaded again goes on in it. */
  const open = () => {
    const isOpen = /^(waiting|in_progress)-/.test(document.getElementById("now").dataset.stage);
    if (!signals.me && !isBusy) box.hidden = !isOpen && dataset.state === "none";
    part("join").disabled = !isOpen;
    return isOpen;
  };
  document.addEventListener("live", open);
  show();
  let isKept = false;
  try { isKept = sessionStorage.getItem(KEPT); } catch { /* joined by hand */ }
  if (open() && isKept) enter();
}
