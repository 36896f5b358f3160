/* TelephoneTab: between the tab that is somebody's telephone and their other tabs in this browser.

   tell(state)   by the telephone: what it does now, such as {connected, muted}
   ask()         by another tab: what does the telephone do? It answers with tell
   press(what)   by another tab: "accept" or "mute"
   Events: "told" {state} and "asked" and "pressed" {what}. */
globalThis.TelephoneTab = class extends EventTarget {
  constructor(who) {
    super();
    this.channel = new BroadcastChannel(`telephone-${who}`);
    this.channel.addEventListener("message", ({ data: [name, detail] }) => this.dispatchEvent(new CustomEvent(name, { detail })));
  }

  tell(state) {
    this.channel.postMessage(["told", state]);
  }

  ask() {
    this.channel.postMessage(["asked"]);
  }

  press(what) {
    this.channel.postMessage(["pressed", what]);
  }

  close() {
    this.channel.close();
  }
};
