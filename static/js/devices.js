"use strict";
/* Camera, microphone and screen of a call, for call.js, and of a check of them, for check.js: what there is of them, why not, one's own picture. When
   something changes while they are in use, the event "devices" says so. What somebody switches off stays off, whatever befalls the device: it is kept here, not with a track. */
for (const box of document.querySelectorAll("#call[data-href], #check")) {
  const ours = box.querySelector("[data-call=ours]"), tracks = {}, wanted = { audio: true, video: true }, KINDS = Object.keys(wanted);
  const VIDEO = { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { max: 30 }, facingMode: "user" };
  const NAMES = { audio: "microphone", video: "camera" };
  const REASONS = {
    NotAllowedError: "This browser does not let the page use it: look beside the address.",
    NotFoundError: "None was found.",
  };
  const interrupted = new Set();
  let inUse, lacks = "", screen, why = {}, chosen = {}, taking = Promise.resolve();

  const mirror = () => {
    const picture = screen ?? tracks.video;
    ours.srcObject = picture ? new MediaStream([picture]) : null;
    ours.hidden = !picture;
  };
  const drop = (kind) => {
    const track = tracks[kind];
    interrupted.delete(kind);
    if (!track) return;
    track.onended = track.onmute = track.onunmute = null;
    track.stop();
    delete tracks[kind];
  };
  const changed = () => { mirror(); box.dispatchEvent(new Event("devices")); };

  const keep = (track) => {
    const { kind } = track;
    if (!inUse || tracks[kind]) return track.stop();
    tracks[kind] = track;
    track.enabled = wanted[kind];
    track.onended = () => again(kind);
    track.onmute = () => { interrupted.add(kind); };
    track.onunmute = back;
    return undefined;
  };
  /* What there is not yet: both, else one of them, else none; and why. Of several those that were chosen, by their ids. */
  const capture = async (which = chosen) => {
    const exact = (kind) => which[kind] ? { deviceId: { exact: which[kind] } } : undefined;
    let first;
    inUse = true;
    why = {};
    chosen = which;
    const missing = KINDS.filter((kind) => !tracks[kind]);
    for (const kinds of missing.length > 1 ? [missing, ["audio"], ["video"]] : [missing]) {
      try {
        if (!kinds.length) break;
        const stream = await navigator.mediaDevices.getUserMedia({
          audio: kinds.includes("audio") && (exact("audio") ?? true), video: kinds.includes("video") && { ...VIDEO, ...exact("video") },
        });
        stream.getTracks().forEach(keep);
        break;
      } catch (error) {
        first ??= error?.name;
        for (const kind of kinds) why[kind] = error?.name;
      }
    }
    const reason = REASONS[first] ?? "Something else may be using it.";
    lacks = tracks.audio && tracks.video ? "" : tracks.audio ? `Without your camera: sound only. ${reason}`
      : tracks.video ? `Without your microphone you are seen and not heard. ${reason}`
        : `Without camera and microphone you are neither seen nor heard. ${reason} Write a message, or go on by telephone.`;
    mirror();
  };
  /* A telephone call, another program or a hand at the plug has taken it away: asked for anew, and the other one is left alone. */
  const again = (...kinds) => {
    if (!inUse) return;
    kinds.forEach(drop);
    taking = taking.then(async () => {
      if (!inUse) return;
      await capture();
      changed();
    });
  };
  /* After a telephone call (iOS) a track may say that it is alive, and give nothing any more: that it was interrupted is remembered. */
  const back = () => {
    const lost = KINDS.filter((kind) => interrupted.has(kind) || tracks[kind]?.readyState === "ended");
    if (!document.hidden && lost.length) again(...lost);
  };
  const release = () => {
    inUse = false;
    KINDS.forEach(drop);
    screen?.stop();
    screen = undefined;
    mirror();
  };
  const want = (kind, is) => {
    wanted[kind] = is;
    if (tracks[kind]) tracks[kind].enabled = is;
  };

  const share = async () => {
    if (screen) {
      screen.stop();
      screen = undefined;
    } else {
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: true }).catch(() => {});
      screen = stream?.getVideoTracks()[0];
      if (!inUse) return release();
      if (screen) screen.onended = () => { screen = undefined; changed(); };
    }
    changed();
  };

  const off = () => KINDS.filter((kind) => !wanted[kind]);
  document.addEventListener("visibilitychange", back);
  box.devices = {
    tracks, capture, release, share, want, why: (kind) => tracks[kind] ? undefined : why[kind], off, has: (kind) => Boolean(tracks[kind]), isOn: (kind) => Boolean(tracks[kind]) && wanted[kind], isSharing: () => Boolean(screen),
    lacks: () => [lacks, ...off().filter((kind) => tracks[kind]).map((kind) => `Your ${NAMES[kind]} is off.`)].filter(Boolean).join(" "),
    outgoing: (kind) => kind === "video" && screen || tracks[kind] || null,
  };
}
