"use strict";
/* The call in the room of a visit: the two browsers send picture and sound to each other, and find each other by what the server passes on (call/signals).
   To the server a page that joins is a peer; one that is loaded again is another. Whoever comes makes the offer; when both speak at once the patient's page
   yields. A line that breaks is mended: another way first (ICE restart, with fresh credentials), then another connection. What happens is said in words. */
for (const box of document.querySelectorAll("#call[data-href]")) {
  const { dataset } = box, { href, other } = dataset;
  const room = box.closest(".room").dataset, isPolite = dataset.side === "patient", KEPT = `call ${href}`;
  const part = (name) => box.querySelector(`[data-call=${name}]`);
  const [words, phone, theirs] = ["words", "phone", "theirs"].map(part);
  const { devices, line } = box, { ask, post, say } = line, { tracks, outgoing, release } = devices;
  let pc, ice, isBusy, isThin, stay = 0;
  let offering, ignoring, wasConnected, joinedAt, madeAt, brokenAt, mended, badSince, goodSince, firstFrame, restarts = 0, ticks = 0, loss, rtt;

  const tell = (text) => { if (words.textContent !== text) words.textContent = text; };
  const isConnected = () => pc?.connectionState === "connected";
  const keep = (is) => { try { if (is) sessionStorage.setItem(KEPT, "1"); else sessionStorage.removeItem(KEPT); } catch { /* then the call is joined by hand */ } };

  /* What is shown. */
  const show = () => {
    const state = isBusy ? "calling" : !line.me ? (dataset.state === "none" ? "none" : "ended") : isConnected() ? "connected" : pc && wasConnected ? "reconnecting" : "calling";
    dataset.state = state;
    part("join").hidden = Boolean(line.me || isBusy);
    for (const control of box.querySelectorAll("[data-in-call]")) control.hidden = !line.me && !isBusy;
    for (const [name, kind] of [["microphone", "audio"], ["camera", "video"]]) {
      part(name).disabled = !tracks[kind];
      part(name).setAttribute("aria-pressed", String(Boolean(tracks[kind]?.enabled)));
    }
    part("share").hidden = !line.me || !navigator.mediaDevices?.getDisplayMedia;
    part("share").setAttribute("aria-pressed", String(devices.isSharing()));
    phone.hidden = !(line.me && brokenAt && Date.now() - brokenAt > 20000 || line.me && !pc && Date.now() - joinedAt > 120000 || line.me && !tracks.audio);
    if (!line.me) return;
    const now = { connected: `Connected with ${other}.`, reconnecting: "The line is broken. Another way is being looked for…", calling: pc ? `${other} is there. Connecting…` : `You are in the call. ${wasConnected ? `${other} has left it and can come back` : `Waiting for ${other}`}.` };
    tell([now[state], isThin && state === "connected" ? "The line is thin: no picture for now, to keep the sound." : "", devices.lacks()].filter(Boolean).join(" "));
  };

  const put = async () => {
    for (const one of pc?.getTransceivers() ?? []) await one.sender.replaceTrack(outgoing(one.receiver.track.kind)).catch(() => {});
    show();
  };
  box.addEventListener("devices", put);

  /* The line to the other. */
  const drop = () => {
    pc?.close();
    pc = line.them = brokenAt = isThin = badSince = undefined;
    theirs.srcObject = null;
    show();
  };
  const renew = async () => { ice = await (await ask("ice")).json(); };
  const connect = (to, offers) => {
    const broken = brokenAt;
    drop();
    brokenAt = broken;
    line.them = to;
    madeAt = Date.now();
    offering = ignoring = mended = false;
    const own = pc = new RTCPeerConnection({ iceServers: ice.iceServers, iceTransportPolicy: ice.policy }), seen = new MediaStream(), found = [];
    theirs.srcObject = seen;
    own.ontrack = ({ track }) => seen.addTrack(track);
    own.onicecandidate = ({ candidate }) => {
      if (!candidate) return;
      if (!found.length) setTimeout(() => { if (own === pc) say(to, "candidate", found.splice(0)); }, 100);
      found.push(candidate);
    };
    own.onnegotiationneeded = async () => {
      try {
        offering = true;
        await own.setLocalDescription();
        if (own === pc) say(to, "offer", own.localDescription);
      } catch { /* closed meanwhile */ } finally { offering = false; }
    };
    own.onconnectionstatechange = () => {
      if (own !== pc) return;
      if (isConnected()) {
        wasConnected = true;
        brokenAt = mended = undefined;
        theirs.play().catch(() => {});
      }
      show();
      report();
    };
    if (offers) for (const kind of ["audio", "video"]) own.addTransceiver(outgoing(kind) ?? kind, { direction: "sendrecv" });
    show();
  };
  const take = async (of, { from, kind, body }) => {
    if (kind === "bye") return over("The call goes on in another window of yours.");
    try {
      if (kind === "offer" && from !== line.them) {
        await renew();
        if (of !== line.me) return;
        connect(from, false);
      }
      if (from !== line.them) return;
      const own = pc;
      if (kind === "candidate") {
        for (const candidate of body) await own.addIceCandidate(candidate).catch(() => {});
        return;
      }
      ignoring = kind === "offer" && !isPolite && (offering || own.signalingState !== "stable");
      if (ignoring) return;
      await own.setRemoteDescription(body);
      if (kind === "offer") {
        for (const one of own.getTransceivers()) {
          one.direction = "sendrecv";
          await one.sender.replaceTrack(outgoing(one.receiver.track.kind));
        }
        await own.setLocalDescription();
        if (own === pc) say(from, "answer", own.localDescription);
      }
      await limit();
    } catch { /* closed meanwhile, or an answer to what was asked before: the watch below mends what is left */ }
  };
  const limit = async () => {
    const sender = pc?.getTransceivers().find((one) => one.receiver.track.kind === "video")?.sender, sent = sender?.getParameters();
    if (!sent?.encodings?.length) return;
    Object.assign(sent.encodings[0], { maxBitrate: 800000, active: !isThin });
    await sender.setParameters(sent).catch(() => {});
  };
  const restart = async () => {
    const own = pc;
    mended = true;
    restarts += 1;
    try {
      await renew();
      if (own !== pc || isConnected()) return;
      own.setConfiguration({ iceServers: ice.iceServers, iceTransportPolicy: ice.policy });
      own.restartIce();
    } catch { mended = false; }
  };

  /* How it goes, each second. */
  const report = async () => {
    if (!line.me || !pc || !wasConnected) return;
    const fields = { peer: line.me, state: isConnected() ? "connected" : "reconnecting", restarts };
    for (const [name, value] of Object.entries({ path: dataset.path, loss, rtt, first_frame: firstFrame })) if (value || value === 0) fields[name] = value;
    await post("call/report", fields).catch(() => {});
  };
  const judge = (isBad, now) => {
    badSince = isBad ? badSince ?? now : undefined;
    goodSince = isBad ? undefined : goodSince ?? now;
    const thin = isThin ? !(now - goodSince > 30000) : now - badSince > 10000;
    if (Boolean(isThin) === thin) return;
    isThin = thin;
    limit();
  };
  const measure = async (own) => {
    const stats = [...(await own.getStats()).values()];
    if (own !== pc) return;
    const of = (type, test = () => true) => stats.find((one) => one.type === type && test(one)), now = Date.now();
    const pair = of("candidate-pair", (one) => one.id === of("transport")?.selectedCandidatePairId), ends = stats.filter((one) => [pair?.localCandidateId, pair?.remoteCandidateId].includes(one.id));
    if (pair) {
      const relay = ends.find((one) => one.type === "local-candidate" && one.candidateType === "relay") ?? ends.find((one) => one.candidateType === "relay");
      dataset.path = relay ? `relay/${relay.relayProtocol ?? "udp"}` : "direct";
      rtt = Math.round((pair.currentRoundTripTime ?? 0) * 1000);
    }
    dataset.frames = of("inbound-rtp", (one) => one.kind === "video")?.framesDecoded ?? 0;
    if (Number(dataset.frames) && firstFrame === undefined) firstFrame = now - madeAt;
    const lost = of("remote-inbound-rtp", (one) => one.kind === (isThin ? "audio" : "video"))?.fractionLost;
    loss = lost === undefined ? loss : Math.round(Math.min(Math.max(lost, 0), 1) * 100);
    judge(loss > 10 || !isThin && pair?.availableOutgoingBitrate < 100000, now);
  };
  setInterval(async () => {
    if (!line.me) return;
    const now = Date.now();
    ticks += 1;
    if (pc && isConnected()) {
      await measure(pc).catch(() => {});
      if (ticks % 20 === 3) report();
    } else if (pc) {
      brokenAt ??= now;
      if (wasConnected && !mended && (now - brokenAt >= 2000 || pc.connectionState === "failed")) restart();
      /* The two do not begin anew at the same moment. */
      if (now - Math.max(brokenAt, madeAt) >= (isPolite ? 17000 : 12000)) enter();
    }
    show();
  }, 1000);

  /* Coming and going. */
  const over = (why) => {
    line.leave();
    stay += 1;
    isBusy = false;
    dataset.state = "ended";
    delete room.callPeer;
    wasConnected = false;
    drop();
    release();
    keep(false);
    tell(why);
  };
  const WHY = { 401: "You have been signed out. Sign in again in another tab, then join.", 404: "This visit is not yours any more.", 409: "Nobody can be called in this visit now. Look above for where it stands.", 429: "That was too often. Wait a minute, then join again." };
  const enter = async (isPressed) => {
    if (isBusy) return;
    const had = line.me, own = stay;
    isBusy = !had;
    if (had) madeAt = Date.now();
    try {
      show();
      if (!had) {
        tell("Camera and microphone are being switched on…");
        await devices.capture();
        joinedAt = Date.now();
      }
      await renew();
      const joined = await (await post("call", {}, isPressed)).json();
      /* Hung up meanwhile. */
      if (own !== stay) return void post("call/end", { peer: joined.peer }).catch(() => {});
      isBusy = false;
      line.join(joined);
      room.callPeer = line.me;
      keep(true);
      const to = joined.peers.at(-1);
      if (to) connect(to, true); else drop();
    } catch ({ status }) {
      if (own !== stay) return;
      isBusy = false;
      if (!had) over(WHY[status] ?? "The server could not be reached. Try again, or go on by telephone.");
      else if (WHY[status] && status !== 429) over(WHY[status]);
    }
  };

  Object.assign(line, { take, gone: drop, over: () => over("The call is over. The visit is not: you can join again.") });
  part("join").addEventListener("click", () => enter(true));
  part("end").addEventListener("click", () => {
    const peer = line.me;
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
  const back = () => {
    if (!line.me || document.hidden) return;
    if (pc && wasConnected && !isConnected()) restart();
  };
  document.addEventListener("visibilitychange", back);
  addEventListener("online", back);

  /* The room says when somebody can be called; whoever was in the call when the page was loaded again goes on in it. */
  const open = () => {
    const isOpen = /^(waiting|in_progress)-/.test(document.getElementById("now").dataset.stage);
    if (!line.me && !isBusy) box.hidden = !isOpen && dataset.state === "none";
    part("join").disabled = !isOpen;
    return isOpen;
  };
  document.addEventListener("live", open);
  show();
  let isKept = false;
  try { isKept = sessionStorage.getItem(KEPT); } catch { /* joined by hand */ }
  if (open() && isKept) enter();
}
