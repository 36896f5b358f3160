/* <speaker-choice>: where it rings, so that nobody misses it with the headset on the desk, and where voices are heard.

   It is shown once the browser names the loudspeakers · select[data-use] chooses one for "ring" or "voice"
   · [data-speaker-gone], which stands outside to be always in sight, says so while a chosen one is unplugged */
const USUAL = "いつものところ";
const UNPLUGGED = "外れているもの";
const GONE = {
  ring: "選んでいたスピーカーが外れています。呼び出し音は、いつものところから鳴ります。",
  voice: "選んでいたヘッドセットが外れています。声は、いつものところから聞こえます。",
};

const option = (value, words) => Object.assign(document.createElement("option"), { value, textContent: words });

customElements.define(
  "speaker-choice",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("change", ({ target }) => Loudspeakers.choose(target.dataset.use, target.value));
      for (const name of ["loudspeakers", "mic-check"]) document.addEventListener(name, () => this.dress());
      this.dress();
    }

    async dress() {
      const there = await Loudspeakers.list();
      const selects = [...this.querySelectorAll("select")];
      for (const select of selects) {
        select.closest("[data-choice]").hidden = !Loudspeakers.offers(select.dataset.use);
        this.fill(select, there ?? []);
      }
      this.hidden = !there?.length || !selects.some(({ dataset }) => Loudspeakers.offers(dataset.use));
      await this.explain(selects.map(({ dataset }) => dataset.use));
    }

    fill(select, there) {
      const chosen = Loudspeakers.chosen(select.dataset.use);
      const options = there.map(({ deviceId, label }, place) => option(deviceId, label || `スピーカー${place + 1}`));
      const known = !chosen || there.some(({ deviceId }) => deviceId === chosen);
      select.replaceChildren(option("", USUAL), ...options, ...(known ? [] : [option(chosen, UNPLUGGED)]));
      select.value = chosen;
    }

    async explain(uses) {
      const gone = await Promise.all(uses.map((use) => Loudspeakers.isGone(use)));
      const words = uses.filter((_, place) => gone[place]).map((use) => GONE[use]);
      const place = document.querySelector("[data-speaker-gone]");
      const text = words.join("");
      if (place.textContent === text) return;
      place.textContent = text;
      if (text) document.querySelector("toast-box")?.say(text, "warn"); // whoever is at the record sees it there
    }
  },
);
