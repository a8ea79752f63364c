"use strict";
/* The line from this page to each other page of its call, for call.js: a connection, how the two agree on what goes over it, how it is mended, and how well
   it goes. When both speak at once the patient's page yields (perfect negotiation). A line that is lost is mended another way first (ICE restart, with
   fresh credentials), again and again, then by joining anew, which makes another connection. When something is another, the event "line" says so. */
for (const box of document.querySelectorAll("#call[data-href]")) {
  const { devices, signals } = box, { outgoing } = devices;
  const isPolite = box.dataset.side === "patient";
  /* Milliseconds: the first restart after a line is lost (browsers notice that after five to seven seconds) and those after it; the first of a line that
     was never there; how long until the page joins anew, twice that each time it did not help, and how soon if the other page is gone. The two do not
     begin at the same moment: whoever hears that the other has begun waits. */
  const FIRST = isPolite ? 1500 : 1000, AGAIN = 5000, UNREACHED = 8000, ANEW = isPolite ? 15000 : 10000, GONE = 2500;
  const STILL = 3000, THIN = 100000, MOST = 800000, LOSS = 10;
  const all = new Map(), people = new Map();
  let ice, restarts = 0, firstFrame;

  const changed = () => box.dispatchEvent(new Event("line"));
  const renew = async () => { ice = await (await signals.ask("ice", { signal: AbortSignal.timeout(5000) })).json(); };
  const settings = () => ({ iceServers: ice.iceServers, iceTransportPolicy: ice.policy });

  /* Whose page it is. Two meet, so it is always the other's; what is known of them outlives each of their pages. */
  const whose = () => "other";
  const person = (to) => {
    const name = whose(to);
    if (!people.has(name)) people.set(name, { tries: 0 });
    return people.get(name);
  };

  const make = (to, offers) => {
    const pc = new RTCPeerConnection(settings()), seen = new MediaStream(), found = [], madeAt = Date.now(), who = person(to);
    let offering, mendAt = madeAt + UNREACHED, anewAt, goneAt, badSince, goodSince, sent, sentAt, got, gotAt;
    const own = { to, who, seen, frames: 0, isThin: false, isSilent: false, isStill: false };
    const isOpen = () => all.get(to) === own;
    const isConnected = own.isConnected = () => pc.connectionState === "connected";
    who.lostAt ??= madeAt;
    anewAt = madeAt + ANEW * 2 ** Math.min(who.tries, 4);

    pc.ontrack = ({ track }) => { seen.addTrack(track); changed(); };
    pc.onicecandidate = ({ candidate }) => {
      if (!candidate) return;
      if (!found.length) setTimeout(() => { if (isOpen()) signals.say(to, "candidate", found.splice(0)); }, 100);
      found.push(candidate);
    };
    pc.onnegotiationneeded = async () => {
      try {
        offering = true;
        await pc.setLocalDescription();
        if (isOpen()) signals.say(to, "offer", pc.localDescription);
      } catch { /* closed meanwhile */ } finally { offering = false; }
    };
    pc.onconnectionstatechange = () => {
      if (!isOpen()) return;
      if (isConnected()) {
        Object.assign(who, { lostAt: undefined, wasConnected: true, tries: 0 });
        sentAt = gotAt = Date.now();
      } else if (!who.lostAt) {
        who.lostAt = Date.now();
        mendAt = who.lostAt + FIRST;
        anewAt = who.lostAt + ANEW;
        setTimeout(own.mend, FIRST + 20);
      }
      changed();
    };

    own.hear = async (kind, body) => {
      if (kind === "candidate") {
        for (const candidate of body) await pc.addIceCandidate(candidate).catch(() => {});
        return;
      }
      if (kind === "offer") {
        const collides = () => !isPolite && (offering || pc.signalingState !== "stable");
        if (collides()) return;
        mendAt = Math.max(mendAt, Date.now() + AGAIN);
        /* Another way is looked for from here as well, and the credentials that this page has may be over. */
        if (pc.remoteDescription) {
          await renew().catch(() => {});
          if (!isOpen() || collides()) return;
          pc.setConfiguration(settings());
        }
      }
      goneAt = undefined;
      await pc.setRemoteDescription(body);
      if (kind === "offer") {
        for (const one of pc.getTransceivers()) {
          one.direction = "sendrecv";
          await one.sender.replaceTrack(outgoing(one.receiver.track.kind));
        }
        await pc.setLocalDescription();
        if (isOpen()) signals.say(to, "answer", pc.localDescription);
      }
      await limit();
    };
    /* What goes out is another: a camera that was taken away and is back, a screen. */
    own.put = async () => {
      for (const one of pc.getTransceivers()) await one.sender.replaceTrack(outgoing(one.receiver.track.kind)).catch(() => {});
    };
    const limit = async () => {
      const sender = pc.getTransceivers().find((one) => one.receiver.track.kind === "video")?.sender, asked = sender?.getParameters();
      if (!asked?.encodings?.length) return;
      Object.assign(asked.encodings[0], { maxBitrate: MOST, active: !own.isThin });
      await sender.setParameters(asked).catch(() => {});
    };

    /* Another way, or another connection. Nothing is said to a page that is gone: this one joins anew, unless the other comes by itself. */
    const restart = async () => {
      mendAt = Date.now() + AGAIN;
      restarts += 1;
      try {
        await renew();
        if (!isOpen() || isConnected()) return;
        pc.setConfiguration(settings());
        pc.restartIce();
      } catch ({ status }) { mendAt = Date.now() + (status === 429 ? 3 * AGAIN : 1000); }
    };
    own.mend = () => {
      const now = Date.now();
      if (!isOpen() || isConnected()) return;
      if (now >= (goneAt ? goneAt + GONE : anewAt)) {
        anewAt = now + ANEW;
        if (goneAt) goneAt = now;
        who.tries += 1;
        signals.anew();
      } else if (!goneAt && now >= mendAt) restart();
    };
    own.hurry = () => { mendAt = 0; own.mend(); };
    own.gone = () => { goneAt ??= Date.now(); };
    own.isThere = () => !goneAt;
    own.close = () => { pc.close(); if (isOpen()) all.delete(to); };

    /* How it goes. On a thin line the picture is given up for the sound: browsers do not. */
    const judge = (isBad, now) => {
      badSince = isBad ? badSince ?? now : undefined;
      goodSince = isBad ? undefined : goodSince ?? now;
      const thin = own.isThin ? !(now - goodSince > 30000) : now - badSince > 10000;
      if (own.isThin === thin) return undefined;
      own.isThin = thin;
      return limit();
    };
    own.measure = async () => {
      const stats = [...(await pc.getStats()).values()], now = Date.now();
      if (!isOpen()) return;
      const of = (type, test = () => true) => stats.find((one) => one.type === type && test(one));
      const pair = of("candidate-pair", (one) => one.id === of("transport")?.selectedCandidatePairId), ends = stats.filter((one) => [pair?.localCandidateId, pair?.remoteCandidateId].includes(one.id));
      if (pair) {
        const relay = ends.find((one) => one.type === "local-candidate" && one.candidateType === "relay") ?? ends.find((one) => one.candidateType === "relay");
        own.path = relay ? `relay/${relay.relayProtocol ?? "udp"}` : "direct";
        own.rtt = Math.round((pair.currentRoundTripTime ?? 0) * 1000);
      }
      own.frames = of("inbound-rtp", (one) => one.kind === "video")?.framesDecoded ?? 0;
      if (own.frames) firstFrame ??= now - madeAt;
      const lost = of("remote-inbound-rtp", (one) => one.kind === (own.isThin ? "audio" : "video"))?.fractionLost;
      if (lost !== undefined) own.loss = Math.round(Math.min(Math.max(lost, 0), 1) * 100);
      /* A telephone call may leave behind a microphone that says it is alive and sends nothing. */
      const packets = of("outbound-rtp", (one) => one.kind === "audio")?.packetsSent;
      if (packets !== sent || !outgoing("audio")) sentAt = now;
      sent = packets;
      own.isSilent = now - sentAt > STILL;
      /* Nor does all that comes stop, from a page that is well. */
      const received = stats.reduce((sum, one) => sum + (one.type === "inbound-rtp" ? one.packetsReceived : 0), 0);
      if (received !== got) gotAt = now;
      got = received;
      own.isStill = got > 0 && now - gotAt > STILL;
      await judge(own.loss > LOSS || !own.isThin && pair?.availableOutgoingBitrate < THIN, now);
    };

    all.set(to, own);
    if (offers) for (const kind of ["audio", "video"]) pc.addTransceiver(outgoing(kind) ?? kind, { direction: "sendrecv" });
    return own;
  };

  /* One page of each person: whoever comes with another has left the one before. */
  const open = (to, offers) => {
    for (const one of [...all.values()]) if (one.who === person(to)) one.close();
    make(to, offers);
    changed();
  };
  const close = () => {
    for (const one of [...all.values()]) one.close();
    changed();
  };
  const take = async (of, { from, kind, body }) => {
    try {
      if (kind === "offer" && !all.has(from)) {
        await renew();
        if (of !== signals.me) return;
        open(from, false);
      }
      await all.get(from)?.hear(kind, body);
    } catch { /* closed meanwhile, or an answer to what was asked before: what is left is mended */ }
  };

  const hurry = () => { if (!document.hidden) for (const one of [...all.values()]) one.hurry(); };
  document.addEventListener("visibilitychange", hurry);
  addEventListener("online", hurry);
  navigator.connection?.addEventListener("change", hurry);
  box.addEventListener("devices", () => { for (const one of all.values()) one.put(); });
  setInterval(async () => {
    for (const one of [...all.values()]) {
      if (one.isConnected()) await one.measure().catch(() => {}); else one.mend();
    }
    if (signals.me) changed();
  }, 1000);

  signals.isThere = (to) => Boolean(all.get(to)?.isThere());
  signals.gone = (to) => all.get(to)?.gone();
  box.lines = {
    renew, open, close, take, all: () => [...all.values()], forget: () => people.clear(),
    /* Since when somebody is not reached; whether somebody was. */
    lostAt: () => Math.min(...[...people.values()].map(({ lostAt }) => lostAt ?? Infinity)),
    wasConnected: () => [...people.values()].some((one) => one.wasConnected),
    figures: () => ({ restarts, first_frame: firstFrame }),
  };
}
