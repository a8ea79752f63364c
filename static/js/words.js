"use strict";
/* The call in words, for call.js: how it stands, what became of it, and why somebody is not in it; to the two who meet, and to a guest. */
for (const box of document.querySelectorAll("#call[data-href]")) {
  const { dataset, devices } = box, { other, side } = dataset, isDoctor = side === "doctor", isGuest = side === "guest";

  /* Who sits there. */
  const nameOf = (whose) => dataset[whose] ?? (whose !== "guest" ? other : document.querySelector("#guests-now [data-guest=in_call] bdi")?.textContent ?? "the guest");
  /* Of a visit at that stage, whether its call is over for good or not. */
  const standing = (stage, canCall) => {
    const [status] = stage.split("-");
    if (canCall) return "The call is over. The visit is not: you can join again.";
    if (/-phone$/.test(stage) && /^(waiting|in_progress)$/.test(status)) return isDoctor ? `The visit goes on by telephone: call ${other}.` : `The visit goes on by telephone: ${other} calls you. Keep the line free.`;
    if (/-in_person$/.test(stage) && /^(waiting|in_progress)$/.test(status)) return "The visit goes on at the hospital, without a call.";
    return { completed: "The visit is over. What comes after it stands below.", no_show: "The visit is over: it is recorded as missed.", cancelled: "The visit was cancelled. What you can do stands below." }[status]
      ?? "The call is over. Look below for where the visit stands.";
  };
  /* To the doctor, who lets them in below. */
  const waits = () => {
    const who = isDoctor && document.querySelector("#guests-now [data-guest=waits] bdi")?.textContent;
    return who ? `${who} waits to be let in, below.` : "";
  };
  /* While it goes on: `who` is awaited or there, by `line`; and beside them somebody else may be. */
  const being = (state, { line, who, beside, wasConnected, isHeldBack }) => {
    const named = nameOf(who), isConnected = state === "connected";
    const words = {
      connected: `Connected with ${named}${beside ? ` and ${nameOf(beside)}` : ""}.`,
      reconnecting: "The line is broken. Another way is being looked for…",
      calling: line ? `${named} is there. Connecting…` : `You are in the call${beside && !isGuest ? ` with ${nameOf(beside)}` : ""}. ${wasConnected ? `${named} has left it and can come back` : `Waiting for ${named}`}.`,
    }[state];
    return [words.replace(/^./, (first) => first.toUpperCase()), line?.isThin && isConnected ? "The line is thin: no picture for now, to keep the sound." : "",
      line?.isStill && isConnected ? `Nothing comes from ${named} at the moment.` : "", waits(), isHeldBack ? "This browser plays nothing before you press." : "", devices.lacks()].filter(Boolean).join(" ");
  };
  /* What the server's refusals mean here. */
  const WHY = isGuest ? {
    404: "This link leads nowhere.", 409: "There is no call to join just now, or another guest is in it. Try again in a moment.",
    410: "You are out of the call: the doctor has removed you, or the visit is over. You can close this page.", 429: "That was too often. Wait a minute, then join again.",
  } : {
    401: "You have been signed out, and the call is over here. Sign in again in another tab, then join.", 403: "This visit is not yours any more.", 404: "This visit is not yours any more.",
    409: "Nobody can be called in this visit now. Look below for where it stands.", 429: "That was too often. Wait a minute, then join again.",
  };
  box.wording = {
    nameOf, standing, being, WHY,
    SWITCHING: "Camera and microphone are being switched on…",
    AWAY: `The server could not be reached. Try again${isGuest ? "" : ", or go on by telephone"}.`,
    OVER: isGuest ? "The call is over for now." : "The call is over.",
    ONCE_MORE: "A call goes on: you can join it.",
    LEFT: isGuest ? "You have left the call. You can join again while it goes on." : "You have hung up. The visit goes on: you can join again.",
    ELSEWHERE: "The call goes on in another window of yours.",
  };
}
