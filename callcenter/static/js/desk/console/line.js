/* The line as this page uses it. SimulatedLine and TwilioLine implement it, and pass the same checks.

   register(token)  be rung from now on; refresh(token) before the token runs out; leave() no longer
   session          what the line keeps while it can be rung by itself again; null: it must be registered anew
   accept() decline() hangUp() mute(on) say(text)     about the one call that rings or runs
   listenWith(id)   take this microphone for the next call; hearAt(id) let voices be heard there, "" where it is usual

   Events, each a CustomEvent whose detail holds what stands in brackets:
   registration {registered, lost} · registration-failed {words} · expiring · incoming {leg} · cancelled {leg} · connected {leg} · disconnected {leg}
   · quality {trouble}: null, "silent", "poor" or "broken" · warned {name, on} · sample {mos, rtt, jitter, loss} · failed {words}
   · heard {who, text, at} (a simulated line only: its voices are words) */
globalThis.Line = class extends EventTarget {
  session = null;

  /** Only a line whose voices are words can be told what to say; any other needs a microphone. */
  get speaksInWords() {
    return false;
  }

  listenWith() {}

  hearAt() {}

  tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
};
