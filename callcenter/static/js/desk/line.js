/* The line as this page uses it. SimulatedLine implements it; Twilio's Voice SDK comes behind the same few words.

   register(token)  be rung from now on; refresh(token) before the token runs out; leave() no longer
   accept() decline() hangUp() mute(on) say(text)     about the one call that rings or runs

   Events, each a CustomEvent whose detail holds what stands in brackets:
   registration {registered} · expiring · incoming {leg} · cancelled {leg} · connected {leg} · disconnected {leg}
   · heard {who, text, at} (a simulated line only: its voices are words) */
globalThis.Line = class extends EventTarget {
  /** Only a line whose voices are words can be told what to say. */
  get speaksInWords() {
    return false;
  }

  tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
};
