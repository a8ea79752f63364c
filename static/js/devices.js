"use strict";
/* Camera, microphone and screen of a call, for call.js, and of a check of them, for check.js: what there is of them, why not, one's own picture. When
   something changes while they are in use, the event "devices" says so. */
for (const box of document.querySelectorAll("#call[data-href], #check")) {
  const ours = box.querySelector("[data-call=ours]"), tracks = {};
  const VIDEO = { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { max: 30 }, facingMode: "user" };
  const REASONS = {
    NotAllowedError: "This browser does not let the page use it: look beside the address.",
    NotFoundError: "None was found.",
  };
  let inUse, isTaking, lacks = "", screen, wasInterrupted, why = {}, chosen = {};

  const mirror = () => {
    const picture = screen ?? tracks.video;
    ours.srcObject = picture ? new MediaStream([picture]) : null;
    ours.hidden = !picture;
  };
  const forget = () => {
    for (const kind of ["audio", "video"]) {
      if (tracks[kind]) tracks[kind].onended = tracks[kind].onmute = tracks[kind].onunmute = null;
      tracks[kind]?.stop();
      delete tracks[kind];
    }
  };
  const changed = () => { mirror(); box.dispatchEvent(new Event("devices")); };

  /* Both, else one of them, else none; and why. Of several those that were chosen, by their ids. */
  const capture = async (which = chosen) => {
    const exact = (kind) => which[kind] && { deviceId: { exact: which[kind] } };
    const audio = exact("audio") ?? true, video = { ...VIDEO, ...exact("video") };
    let first;
    inUse = true;
    why = {};
    chosen = which;
    wasInterrupted = false;
    for (const wanted of [{ audio, video }, { audio }, { video }]) {
      try {
        for (const track of (await navigator.mediaDevices.getUserMedia(wanted)).getTracks()) {
          tracks[track.kind] = track;
          track.onended = again;
          track.onmute = () => { wasInterrupted = true; };
          track.onunmute = back;
        }
        break;
      } catch (error) {
        first ??= error?.name;
        for (const kind of Object.keys(wanted)) why[kind] = error?.name;
      }
    }
    const reason = REASONS[first] ?? "Something else may be using it.";
    lacks = tracks.audio && tracks.video ? "" : tracks.audio ? `Without your camera: sound only. ${reason}`
      : tracks.video ? `Without your microphone you are seen and not heard. ${reason}`
        : `Without camera and microphone you are neither seen nor heard. ${reason} Write a message, or go on by telephone.`;
    if (!inUse) forget();
    mirror();
  };
  /* A telephone call or another program has taken it away: asked for anew. What was switched off stays off. */
  const again = async () => {
    if (!inUse || isTaking) return;
    isTaking = true;
    const off = Object.values(tracks).filter((track) => !track.enabled).map((track) => track.kind);
    forget();
    await capture();
    for (const kind of off) if (tracks[kind]) tracks[kind].enabled = false;
    isTaking = false;
    changed();
  };
  /* After a telephone call (iOS) a track may say that it is alive, and give nothing any more: that it was interrupted is remembered. */
  const back = () => {
    if (!document.hidden && (wasInterrupted || Object.values(tracks).some((track) => track.readyState === "ended"))) again();
  };
  const release = () => {
    inUse = false;
    forget();
    screen?.stop();
    screen = undefined;
    mirror();
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

  document.addEventListener("visibilitychange", back);
  box.devices = {
    tracks, capture, release, share, isSharing: () => Boolean(screen), lacks: () => lacks,
    why: (kind) => tracks[kind] ? undefined : why[kind],
    outgoing: (kind) => kind === "video" && screen || tracks[kind] || null,
  };
}
