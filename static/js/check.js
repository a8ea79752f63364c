"use strict";
/* The check of camera, microphone and network (GET /device-check): each is tried apart, what comes of it is said in words, and told to the server where it
   is for a visit. The relays are tried by two connections within this page, once for each of their addresses. All of it is switched off at the end, after
   two minutes, and when the page is left. */
for (const box of document.querySelectorAll("#check")) {
  const PATIENCE = 5000, LONGEST = 120000;
  const { devices } = box, { tracks } = devices, { href, seenBy } = box.dataset, form = document.querySelector("#said form");
  const part = (name) => box.querySelector(`[data-check=${name}]`);
  const level = part("level"), meter = level.querySelector("meter");
  const NAMES = { audio: "microphone", video: "camera" }, LISTS = { audio: "microphones", video: "cameras" };
  let run = 0, isOn, isAsking, ears, listening, ending, reach, told;

  const say = (name, text = "", state = "") => {
    const line = part(name);
    line.hidden = !text;
    line.dataset.state = state;
    if (line.textContent !== text) line.textContent = text;
  };

  /* Why a device is not there, and what the server is told of that. */
  const WHY = {
    NotAllowedError: "refused. Look beside the address of this page, allow it, then try again.",
    NotFoundError: "none was found. Connect one, then try again.",
    OverconstrainedError: "it is not there any more. Connect it, or try again with another.",
    TypeError: "this browser does not let pages use it here.",
  };
  const isAbsent = (why) => why === "NotFoundError" || why === "OverconstrainedError";
  const stateOf = (kind) => tracks[kind] ? "ok" : isAbsent(devices.why(kind)) ? "none" : "blocked";
  const showDevice = (kind) => {
    const name = NAMES[kind], title = name[0].toUpperCase() + name.slice(1);
    if (!tracks[kind]) return say(name, `${title}: ${WHY[devices.why(kind)] ?? "something else may be using it. Close other programs with video, then try again."}`, "bad");
    say(name, kind === "video" ? "Camera: it works. Do you see yourself?" : "Microphone: it works. Say something: the bar moves.", "good");
  };

  /* How loud it is, ten times a second. */
  const deafen = () => {
    clearInterval(listening);
    ears?.close().catch(() => {});
    ears = undefined;
    meter.value = 0;
    level.hidden = true;
  };
  const listen = () => {
    deafen();
    if (!tracks.audio || !window.AudioContext) return;
    const own = ears = new AudioContext(), analyser = own.createAnalyser(), wave = new Float32Array(analyser.fftSize);
    own.createMediaStreamSource(new MediaStream([tracks.audio])).connect(analyser);
    own.resume().catch(() => {});
    level.hidden = false;
    listening = setInterval(() => {
      analyser.getFloatTimeDomainData(wave);
      const loud = Math.sqrt(wave.reduce((sum, one) => sum + one * one, 0) / wave.length);
      meter.value = Math.min(1, loud * 4);
      if (loud > 0.01) say("microphone", "Microphone: it works, and hears something.", "good");
    }, 100);
  };

  /* Which there are, once the browser tells. */
  const list = async () => {
    const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    for (const kind of ["audio", "video"]) {
      const label = part(LISTS[kind]), menu = label.querySelector("select");
      const found = all.filter((one) => one.kind === `${kind}input` && one.deviceId), current = tracks[kind]?.getSettings().deviceId;
      menu.replaceChildren(...found.map((one, place) => new Option(one.label || `${NAMES[kind]} ${place + 1}`, one.deviceId, false, one.deviceId === current)));
      label.hidden = found.length < 2 || !tracks[kind];
    }
  };
  const show = async () => {
    for (const kind of ["video", "audio"]) showDevice(kind);
    listen();
    await list();
  };

  /* One address of a relay: whether two connections meet through it. */
  const meet = async (settings) => {
    const ends = [new RTCPeerConnection(settings), new RTCPeerConnection(settings)], [one, other] = ends;
    let agreed, timer;
    const agreement = new Promise((done) => { agreed = done; });
    try {
      return await new Promise((done, failed) => {
        timer = setTimeout(done, PATIENCE, false);
        for (const [from, to] of [[one, other], [other, one]]) {
          from.onicecandidate = async ({ candidate }) => {
            await agreement;
            if (candidate) to.addIceCandidate(candidate).catch(() => {});
          };
        }
        one.createDataChannel("check", { ordered: false, maxRetransmits: 0 }).onopen = () => done(true);
        (async () => {
          await one.setLocalDescription();
          await other.setRemoteDescription(one.localDescription);
          await other.setLocalDescription();
          await one.setRemoteDescription(other.localDescription);
          agreed();
        })().catch(failed);
      });
    } catch { return false; } finally {
      clearTimeout(timer);
      for (const end of ends) end.close();
    }
  };
  const wayOf = (url) => url.startsWith("turns:") ? "tls" : /[?&]transport=tcp/i.test(url) ? "tcp" : "udp";
  const WAYS = ["udp", "tcp", "tls"], inWords = (ways) => ways.map((way) => way.toUpperCase()).join(" and ");
  const tryNetwork = async (own) => {
    part("network").dataset.ways = "";
    say("network", "Network: a way to the hospital's relay is being looked for…");
    let ice;
    try {
      const answer = await fetch(`${href}/ice`, { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(15000) });
      if (!answer.ok) throw new Error("refused");
      ice = await answer.json();
    } catch {
      if (own === run) say("network", "Network: it could not be tried. Load the page again, then try once more.", "bad");
      return undefined;
    }
    const addresses = ice.iceServers.flatMap(({ urls, ...rest }) => [urls].flat().map((url) => ({ way: wayOf(url), server: { urls: [url], ...rest } })));
    if (!addresses.length) {
      if (own === run) say("network", "Network: there is nothing to try here.");
      return undefined;
    }
    const met = await Promise.all(addresses.map(async ({ way, server }) => await meet({ iceServers: [server], iceTransportPolicy: "relay" }) && way));
    if (own !== run) return undefined;
    const open = WAYS.filter((way) => met.includes(way)), shut = WAYS.filter((way) => !open.includes(way) && addresses.some((one) => one.way === way));
    part("network").dataset.ways = open.join(" ");
    const silent = shut.length ? ` By ${inWords(shut)} nothing got through within five seconds.` : "";
    if (!open.length) say("network", `Network: calls may not get through.${silent} Try another network, or ask for a visit by telephone.`, "bad");
    else say("network", `Network: calls get through, by ${inWords(open)}.${silent}${open[0] === "udp" ? "" : " Picture and sound may falter."}`, "good");
    return open[0] ?? "none";
  };

  /* What was found is told; the form beside says the same, if that fails. */
  const tell = async () => {
    if (!href) return;
    const found = { camera: stateOf("video"), microphone: stateOf("audio"), network: reach ?? "" }, text = JSON.stringify(found);
    if (text === told) return;
    told = text;
    form.elements.network.value = found.network;
    for (const name of ["camera", "microphone"]) form.elements[name].value = found[name];
    let status = 0;
    try {
      const answer = await fetch(href, { method: "POST", body: new URLSearchParams(found), headers: { Accept: "application/json" }, redirect: "manual", signal: AbortSignal.timeout(15000) });
      status = answer.type === "opaqueredirect" ? 401 : answer.status;
    } catch { /* away */ }
    if (told !== text) return;
    if (status === 200) document.querySelector("[data-found]")?.remove();
    else told = undefined;
    const WORDS = { 200: `Kept. ${seenBy}`, 401: "Not kept: you have been signed out. Sign in again in another tab, then try again.", 404: "Not kept: this visit is not yours any more.", 409: "Not kept: the visit is over, or not agreed any more.", 429: "Not kept: that was too often. Wait a minute, then try again." };
    say("kept", WORDS[status] ?? "Not kept: the server could not be reached. Try again, or press the button below.", status === 200 ? "good" : "bad");
  };

  const switched = (on) => {
    isOn = on;
    for (const control of box.querySelectorAll("[data-while-on]")) control.hidden = !on;
  };
  const end = (why) => {
    run += 1;
    clearTimeout(ending);
    const hadFocus = document.activeElement === part("end") || document.activeElement?.matches("#check select");
    deafen();
    devices.release();
    switched(false);
    part("begin").textContent = "Try again";
    if (hadFocus) part("begin").focus();
    say("words", why);
  };
  const OFF = "Camera and microphone are switched off.";
  const take = async (own, which) => {
    isAsking = true;
    await devices.capture(which);
    isAsking = false;
    if (own !== run) return devices.release();
    switched(Boolean(tracks.audio || tracks.video));
    await show();
    return undefined;
  };
  const begin = async () => {
    /* The browser still asks. */
    if (isAsking) return;
    const own = run += 1;
    clearTimeout(ending);
    devices.release();
    told = undefined;
    for (const name of ["camera", "microphone", "network", "kept"]) say(name);
    say("words", "Your browser asks whether this page may use camera and microphone: allow it.");
    await take(own);
    if (own !== run) return;
    say("words", href ? "Camera and microphone were tried. Now the network…" : "Camera and microphone were tried.");
    part("begin").textContent = "Try again";
    reach = href ? await tryNetwork(own) : undefined;
    if (own !== run) return;
    say("words", isOn ? "This is what was found. Camera and microphone are still on, for two minutes at most." : "This is what was found.");
    ending = setTimeout(end, LONGEST, OFF);
    await tell();
  };
  const choose = async () => {
    if (isAsking) return;
    const own = run, which = {};
    for (const kind of ["audio", "video"]) {
      const menu = part(LISTS[kind]).querySelector("select");
      if (menu.value) which[kind] = menu.value;
    }
    /* Telephones have one camera at a time. */
    devices.release();
    await take(own, which);
    if (own === run && told) await tell();
  };

  box.addEventListener("devices", () => { if (isOn) show(); });
  part("begin").addEventListener("click", begin);
  part("end").addEventListener("click", () => end(OFF));
  for (const kind of ["audio", "video"]) part(LISTS[kind]).querySelector("select").addEventListener("change", choose);
  addEventListener("pagehide", () => { if (isOn || run) end(OFF); });
  box.hidden = false;
}
