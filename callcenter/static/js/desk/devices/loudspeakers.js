/* Loudspeakers: where calls ring ("ring") and where their voices are heard ("voice"), as chosen in this browser.

   Nothing chosen, or the chosen one unplugged: wherever the browser plays by itself. A "loudspeakers" event goes to the
   document when that may have changed. A browser names its devices only to a page that may use the microphone. */
const WHATEVER_IS_USUAL = ["", "default", "communications"];
const OFFERED = {
  ring: () => "setSinkId" in AudioContext.prototype,
  voice: () => "setSinkId" in HTMLMediaElement.prototype,
};

const tell = () => document.dispatchEvent(new CustomEvent("loudspeakers"));
const keptAs = (use) => `loudspeaker-${use}`;

globalThis.Loudspeakers = {
  offers: (use) => OFFERED[use](),

  chosen: (use) => localStorage.getItem(keptAs(use)) ?? "",

  choose(use, id) {
    if (id) localStorage.setItem(keptAs(use), id);
    else localStorage.removeItem(keptAs(use));
    tell();
  },

  /** What can be chosen; undefined while the browser names nothing. */
  async list() {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    if (!devices.some(({ deviceId }) => deviceId)) return undefined;
    return devices.filter(({ kind, deviceId }) => kind === "audiooutput" && !WHATEVER_IS_USUAL.includes(deviceId));
  },

  async isGone(use) {
    const id = this.chosen(use);
    const there = id && this.offers(use) ? await this.list() : undefined;
    return there !== undefined && !there.some(({ deviceId }) => deviceId === id);
  },

  /** The loudspeaker to use now; "" is the usual one. */
  async now(use) {
    const there = this.offers(use) ? await this.list() : undefined;
    return there?.find(({ deviceId }) => deviceId === this.chosen(use))?.deviceId ?? "";
  },
};

navigator.mediaDevices?.addEventListener("devicechange", tell);
addEventListener("storage", tell); // chosen on another page
