"use strict";
/* The line from this page to each other page of its call, for call.js: a connection, how the two agree on what goes over it, how it is mended, and how well
   it goes. When both speak at once one yields (perfect negotiation): the patient's page to the doctor's, a guest's to both. A line that is lost is mended
   another way first (ICE restart, with fresh credentials), again and again, then by joining anew: another connection. When something is
   another, the event "line" says so. */
for (const box of document.querySelectorAll("#call[data-href]")) {
  const { devices, signals } = box, { outgoing } = devices;
  const ORDER = ["doctor", "patient", "guest"], rank = (side) => ORDER.indexOf(side), own = box.dataset.side;
  /* Milliseconds: restarts after the first (FIRST, below) of a line that is lost, which browsers notice after five to seven seconds; the first of one that was
     never there; how long until the page joins anew (ANEW, twice that each time), and how soon if the other page is gone. The two do not begin at the same
     moment: whoever hears that the other has begun waits. */
  const AGAIN = 5000, UNREACHED = 8000, GONE = 2500;
  const STILL = 3000, THIN = 100000, MOST = 800000, LOSS = 10;
  const all = new Map(), people = new Map(), sides = new Map();
  /* An offer asks for credentials that are a minute old at most, and so many offers not for as many: the other side decides how often it makes one. */
  const FRESH = 60000;
  let ice, iceAt = 0, restarts = 0, firstFrame;

  const changed = () => box.dispatchEvent(new Event("line"));
  const renew = async (fresh = 0) => {
    if (Date.now() - iceAt < fresh) return;
    ice = await (await signals.ask("ice", { signal: AbortSignal.timeout(5000) })).json();
    iceAt = Date.now();
  };
  const settings = () => ({ iceServers: ice.iceServers, iceTransportPolicy: ice.policy });

  /* Whose page it is: of each side there is one person at most, and what is known of them outlives each of their pages. */
  const person = (to) => {
    const side = sides.get(to) ?? ORDER.find((one) => one !== own);
    if (!people.has(side)) people.set(side, { side, tries: 0 });
    return people.get(side);
  };

  const make = (to, offers) => {
    const pc = new RTCPeerConnection(settings()), seen = new MediaStream(), found = [], madeAt = Date.now(), who = person(to);
    const isPolite = rank(own) > rank(who.side), FIRST = isPolite ? 1500 : 1000, ANEW = isPolite ? 15000 : 10000;
    let offering, mendAt = madeAt + UNREACHED, anewAt, goneAt, strain = 0, sent, sentAt, got, gotAt, isTried;
    const line = { to, who, seen, frames: 0, isThin: false };
    const isOpen = () => all.get(to) === line;
    const isConnected = line.isConnected = () => pc.connectionState === "connected";
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
        setTimeout(line.mend, FIRST + 20);
      }
      changed();
    };

    line.hear = async (kind, body) => {
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
          await renew(FRESH).catch(() => {});
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
    line.put = async () => {
      for (const one of pc.getTransceivers()) await one.sender.replaceTrack(outgoing(one.receiver.track.kind)).catch(() => {});
    };
    const limit = async () => {
      const sender = pc.getTransceivers().find((one) => one.receiver.track.kind === "video")?.sender, asked = sender?.getParameters();
      if (!asked?.encodings?.length) return;
      Object.assign(asked.encodings[0], { maxBitrate: MOST, active: !line.isThin });
      await sender.setParameters(asked).catch(() => {});
    };

    /* Another way, or another connection. Nothing is said to a page that is gone: this one joins anew, unless the other comes by itself. */
    const restart = async () => {
      mendAt = Date.now() + AGAIN;
      restarts += 1;
      try {
        await renew();
        if (!isOpen() || isConnected() && !line.isStill) return;
        pc.setConfiguration(settings());
        pc.restartIce();
      } catch ({ status }) { mendAt = Date.now() + (status === 429 ? 3 * AGAIN : 1000); }
    };
    line.mend = () => {
      const now = Date.now();
      if (!isOpen() || isConnected()) return;
      if (now >= (goneAt ? goneAt + GONE : anewAt)) {
        /* Whoever is gone comes by itself, and so does a guest: no other line is broken off for them. */
        if (who.side === "guest" || goneAt && [...all.values()].some((other) => other.isConnected())) return drop(to);
        anewAt = now + ANEW;
        if (goneAt) goneAt = now;
        who.tries += 1;
        signals.anew();
      } else if (!goneAt && now >= mendAt) restart();
    };
    line.hurry = () => { mendAt = 0; line.mend(); };
    line.gone = () => { goneAt ??= Date.now(); };
    line.isThere = () => !goneAt;
    line.close = () => { pc.close(); if (isOpen()) all.delete(to); };

    /* How it goes. On a thin line the picture is given up for the sound: browsers do not. Too many bad seconds are ten in a row, or two of three
       for twenty: now and then one says that all is well. */
    const judge = (isBad) => {
      strain = Math.min(Math.max(strain + (isBad ? 2 : -1), 0), 30);
      const thin = line.isThin ? strain > 0 : strain >= 20;
      if (line.isThin === thin) return undefined;
      line.isThin = thin;
      strain = thin ? 30 : 0;
      return limit();
    };
    line.measure = async () => {
      const stats = [...(await pc.getStats()).values()], now = Date.now();
      if (!isOpen()) return;
      const of = (type, test = () => true) => stats.find((one) => one.type === type && test(one));
      const pair = of("candidate-pair", (one) => one.id === of("transport")?.selectedCandidatePairId), ends = stats.filter((one) => [pair?.localCandidateId, pair?.remoteCandidateId].includes(one.id));
      if (pair) {
        const relay = ends.find((one) => one.type === "local-candidate" && one.candidateType === "relay") ?? ends.find((one) => one.candidateType === "relay");
        line.path = relay ? `relay/${relay.relayProtocol ?? "udp"}` : "direct";
        line.rtt = Math.round((pair.currentRoundTripTime ?? 0) * 1000);
      }
      line.frames = of("inbound-rtp", (one) => one.kind === "video")?.framesDecoded ?? 0;
      if (line.frames) firstFrame ??= now - madeAt;
      const lost = stats.filter((one) => one.type === "remote-inbound-rtp" && !(line.isThin && one.kind === "video")).map((one) => one.fractionLost ?? 0);
      if (lost.length) line.loss = Math.round(Math.min(Math.max(0, ...lost), 1) * 100);
      /* A telephone call may leave behind a microphone that says it is alive and sends nothing. */
      const packets = of("outbound-rtp", (one) => one.kind === "audio")?.packetsSent;
      if (packets !== sent || !outgoing("audio")) sentAt = now;
      sent = packets;
      line.isSilent = now - sentAt > STILL;
      /* Nor does all stop that comes from a page that is well. */
      const received = stats.reduce((sum, one) => sum + (one.type === "inbound-rtp" ? one.packetsReceived : 0), 0);
      if (received !== got) gotAt = now;
      got = received;
      line.isStill = got > 0 && now - gotAt > STILL;
      /* Sooner than browsers notice a lost line, another way is tried: once: who is well may send nothing. */
      if (!line.isStill) isTried = false;
      else if (!isTried && isConnected() && now - gotAt > STILL + FIRST - 1000) {
        isTried = true;
        restart();
      }
      await judge(line.loss > LOSS || !line.isThin && pair?.availableOutgoingBitrate < THIN);
    };

    all.set(to, line);
    if (offers) for (const kind of ["audio", "video"]) pc.addTransceiver(outgoing(kind) ?? kind, { direction: "sendrecv" });
    return line;
  };

  /* One page of each person: whoever comes with another has left the first. */
  const open = (to, offers) => {
    for (const one of [...all.values()]) if (one.who === person(to)) one.close();
    make(to, offers);
    changed();
  };
  const close = () => {
    for (const one of [...all.values()]) one.close();
    changed();
  };
  /* The page has gone, and with it a guest: nobody waits for one. */
  const drop = (to) => {
    const who = person(to);
    all.get(to)?.close();
    if (who.side === "guest" && ![...all.values()].some((one) => one.who === who)) people.delete(who.side);
    changed();
  };
  const take = async (of, { from, side, kind, body }) => {
    sides.set(from, side);
    if (kind === "bye") return drop(from);
    /* A voice and a picture; each more would be sent another picture. */
    if (kind === "offer" && (body.sdp?.match(/^m=/gm) ?? []).length > 2) return undefined;
    try {
      if (kind === "offer" && !all.has(from)) {
        await renew(FRESH);
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
    renew, close, take, all: () => [...all.values()], forget: () => people.clear(),
    /* To all who are there. */
    openAll: (peers, theirs = {}) => {
      for (const to of peers) {
        sides.set(to, theirs[to]);
        open(to, true);
      }
    },
    /* Since when somebody is not reached, and whether they were. */
    of: (side) => people.get(side) ?? {},
    figures: () => ({ restarts, first_frame: firstFrame }),
  };
}
