"use strict";
/* A short tone when somebody comes to wait, or calls, on a page that changes by itself: switched on by one press, since browsers make no sound before one. */
for (const box of document.querySelectorAll("main[data-live] [data-live-sound]")) {
  const { dataset } = document.querySelector("main");
  const button = box.querySelector("button");
  let audio;
  const ring = () => {
    /* A telephone call stops it for good, unless it is told to go on (iOS). */
    audio.resume();
    const tone = audio.createOscillator();
    tone.connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.3);
  };
  button.addEventListener("click", () => {
    const isOn = !audio;
    if (isOn) audio = new AudioContext();
    else audio = void audio.close();
    button.setAttribute("aria-pressed", String(isOn));
    /* A tab that is to be heard goes on listening while it is hidden. */
    if (isOn) dataset.sound = "on";
    else delete dataset.sound;
    if (isOn) ring();
  });
  document.addEventListener("live", ({ detail }) => { if (detail && audio) ring(); });
  box.hidden = false;
}
