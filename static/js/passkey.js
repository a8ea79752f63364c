"use strict";
/* Passkeys. <div data-passkey="create|get" data-challenge="/where" data-field="name">: asks the server what is to be signed, the device to
   sign it, and sends the form with the answer in that field, as JSON. What stands there hidden is shown; its sentence for browsers without
   scripts goes, and comes back when something is to be said. */
{
  const TRANSPORTS = ["ble", "hybrid", "internal", "nfc", "smart-card", "usb"];
  const SAID = {
    InvalidStateError: "This device has a passkey of yours already.",
    NotAllowedError: "Nothing came from your device: it was refused, or took too long. Try again.",
  };

  /* base64url, as the protocol writes bytes in JSON */
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const known = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));

  const device = {
    async create(asked) {
      const user = { ...asked.user, id: bytes(asked.user.id) };
      const publicKey = { ...asked, user, challenge: bytes(asked.challenge), excludeCredentials: known(asked.excludeCredentials) };
      const made = await navigator.credentials.create({ publicKey });
      const transports = made.response.getTransports?.().filter((way) => TRANSPORTS.includes(way)) ?? [];
      return [made, { attestationObject: text(made.response.attestationObject), transports }];
    },
    async get(asked) {
      const publicKey = { ...asked, challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials) };
      const { id, type, response } = await navigator.credentials.get({ publicKey });
      const signed = { authenticatorData: text(response.authenticatorData), signature: text(response.signature) };
      if (response.userHandle) signed.userHandle = text(response.userHandle);
      return [{ id, type, response }, signed];
    },
  };

  const answer = async (box) => {
    const sent = await fetch(box.dataset.challenge, { method: "POST", redirect: "error" });
    if (!sent.ok) throw new Error(`the server answered ${sent.status}`);
    const [{ id, type, response }, more] = await device[box.dataset.passkey](await sent.json());
    const clientDataJSON = text(response.clientDataJSON);
    return JSON.stringify({ id, rawId: id, type, clientExtensionResults: {}, response: { clientDataJSON, ...more } });
  };

  for (const box of document.querySelectorAll("[data-passkey]")) {
    const [note, part] = [box.querySelector("[data-note]"), box.querySelector("[hidden]")];
    const [form, button] = [box.closest("form") ?? box.querySelector("form"), part.querySelector("button")];
    const say = (words) => {
      note.setAttribute("role", "alert");
      note.textContent = words;
      note.hidden = false;
    };
    const act = async (event) => {
      event.preventDefault();
      note.hidden = button.disabled = true;
      try {
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name: box.dataset.field, value: await answer(box) });
        form.append(field);
        form.submit();
      } catch (error) {
        say(SAID[error.name] ?? "That did not work. Load the page again, then try once more.");
      } finally {
        button.disabled = false;
      }
    };
    if (!window.PublicKeyCredential) {
      say("This browser can use no passkey at this address.");
      continue;
    }
    note.hidden = true;
    part.hidden = false;
    if (button.type === "submit") form.addEventListener("submit", act);
    else button.addEventListener("click", act);
  }
}
