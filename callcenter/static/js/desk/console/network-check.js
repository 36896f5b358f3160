/* <network-check>: does this network let voices and rings through to the telephone company?

   Voices: a candidate of a relay, gathered over one transport alone, shows that the transport gets out. Rings: the
   socket at each edge opens. It never holds up work, and nothing is sent over what it opens.

   data-relays: where our server gives the access to the relays · data-sockets: the edges, first the one in use
   [data-network] begins · [data-found] holds the result · [data-for-admin] is shown with it · [data-copy] copies its text */
const VOICE_WITHIN = 6000;
const SOCKET_WITHIN = 5000;
const UNREACHED = 701; // the browser's own code; any other came from the relay

const VOICE = {
  udp: "声の通り道：届きます。",
  tcp: "声の通り道：TCPだけ届きます。声が途切れたり、届かなかったりすることがあります。",
  none: "声の通り道：届きません。",
  unknown: "声の通り道：いまは確かめられません。少しおいて、もう一度押してください。",
};
const RINGS = {
  first: "呼び出しの通り道：届きます。",
  reserve: "呼び出しの通り道：予備の行き先に届きます。このまま使えます。",
  none: "呼び出しの通り道：届きません。",
};
const CHECKING = "ネットワークを確かめています。10秒ほどかかります。";
const FINE = "このネットワークで、電話を受けられます。";
const AGAIN = "仕事は、そのまま続けられます。";
const AMISS = "下の内容を、ネットワークの管理者に伝えてください。それまでは、電話機か、別のネットワークで受けてください。";
const COPIED = "写しました。メールなどに貼りつけて、管理者に送ってください。";
const NOT_COPIED = "写せませんでした。上の文字を選んで、写してください。";

const transport = (url) => {
  if (url.startsWith("turns:")) return "tls";
  return url.includes("transport=tcp") ? "tcp" : "udp";
};

/** Whether a relay answers over these ways. */
const relayed = async (relays) => {
  if (relays.length === 0) return false;
  const iceServers = relays.map(({ url, username, credential }) => ({ urls: url, username, credential }));
  const peer = new RTCPeerConnection({ iceServers, iceTransportPolicy: "relay" });
  try {
    return await new Promise((done) => {
      setTimeout(() => done(false), VOICE_WITHIN);
      peer.addEventListener("icecandidate", ({ candidate }) => done(candidate?.type === "relay"));
      // Another address or port may still get through; a relay that refuses was reached.
      peer.addEventListener("icecandidateerror", ({ errorCode }) => errorCode < UNREACHED && done(true));
      peer.createDataChannel("check"); // without anything to carry, nothing is gathered
      peer.setLocalDescription().catch(() => done(false));
    });
  } finally {
    peer.close();
  }
};

/** Whether a socket opens there. */
const opens = async (address) => {
  const socket = new WebSocket(address);
  try {
    return await new Promise((done) => {
      setTimeout(() => done(false), SOCKET_WITHIN);
      socket.addEventListener("open", () => done(true));
      socket.addEventListener("close", () => done(false));
    });
  } finally {
    socket.close();
  }
};

customElements.define(
  "network-check",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("click", ({ target }) => {
        if (target.closest("[data-network]")) this.begin();
        else if (target.closest("[data-copy]")) this.copy();
      });
    }

    part(name) {
      return this.querySelector(`[data-${name}]`);
    }

    async begin() {
      if (this.running) return;
      this.running = true;
      this.say([CHECKING]);
      const [voice, rings] = await Promise.all([this.voice(), this.rings()]).finally(() => {
        this.running = false;
      });
      const amiss = rings === RINGS.none || voice === VOICE.tcp || voice === VOICE.none;
      this.part("for-admin").hidden = false;
      this.dataset.result = amiss ? "amiss" : "fine";
      if (amiss) this.say([voice, rings, AMISS]);
      else this.say([voice, rings, voice === VOICE.udp ? FINE : AGAIN]);
    }

    say(sentences) {
      this.part("found").replaceChildren(
        ...sentences.map((words) => Object.assign(document.createElement("p"), { textContent: words })),
      );
    }

    async voice() {
      try {
        const { relays } = await askJson(this.dataset.relays, { form: new FormData() });
        const over = (name) => relayed(relays.filter(({ url }) => transport(url) === name));
        const [udp, ...others] = await Promise.all(["udp", "tcp", "tls"].map(over));
        if (udp) return VOICE.udp;
        return others.some(Boolean) ? VOICE.tcp : VOICE.none;
      } catch (trouble) {
        if (!(trouble instanceof Trouble)) throw trouble;
        return VOICE.unknown;
      }
    }

    async rings() {
      const [first, ...others] = await Promise.all(this.dataset.sockets.split(" ").map(opens));
      if (first) return RINGS.first;
      return others.some(Boolean) ? RINGS.reserve : RINGS.none;
    }

    async copy() {
      const lines = [...this.part("ways-out").children].map(({ textContent }) => textContent.trim());
      const copied = await navigator.clipboard?.writeText(lines.join("\n")).then(
        () => true,
        () => false,
      );
      this.part("copied").textContent = copied ? COPIED : NOT_COPIED;
    }
  },
);
