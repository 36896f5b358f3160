/* <tab-list>: links to parts of the page become tabs. Arrow keys move, Home and End go to the ends.

   <tab-list aria-label="画面の部分" data-narrow>      data-narrow: tabs only below 62rem, elsewhere all parts show
     <a href="#line">回線</a> <a href="#record" data-first>記録</a> …
   </tab-list>

   A part is a <section> or a <div>: a form may not take the role of a tab's panel, so it goes inside one.
   The part in sight carries data-shown; the stylesheet hides the others. Without scripts the links simply jump.
   A link to a part from anywhere else on the page shows it, too, and goes on among its controls.
   Anybody may call show("record"); the element tells of a change with a "tab-shown" event. */
customElements.define(
  "tab-list",
  class extends HTMLElement {
    connectedCallback() {
      this.tabs = [...this.querySelectorAll("a[href^='#']")];
      this.narrow = window.matchMedia("(max-width: 62rem)");
      this.followed = (event) => this.clicked(event);
      document.addEventListener("click", this.followed);
      this.addEventListener("keydown", (event) => this.pressed(event));
      this.narrow.addEventListener("change", () => this.dress());
      this.dataset.ready = "";
      this.dress();
      const first = this.tabs.find((tab) => "first" in tab.dataset) ?? this.tabs[0];
      if (first) this.show(this.partOf(first).id);
    }

    disconnectedCallback() {
      document.removeEventListener("click", this.followed);
    }

    partOf(tab) {
      return document.getElementById(tab.hash.slice(1));
    }

    // On a wide screen every part is in sight: there, nothing is a tab and the links stay links.
    dress() {
      const asTabs = !("narrow" in this.dataset) || this.narrow.matches;
      this.toggleRole(this, "tablist", asTabs);
      for (const tab of this.tabs) {
        const part = this.partOf(tab);
        tab.id ||= `tab-${part.id}`;
        this.toggleRole(tab, "tab", asTabs);
        this.toggleRole(part, "tabpanel", asTabs);
        if (asTabs) tab.setAttribute("aria-controls", part.id);
        else for (const name of ["aria-controls", "aria-selected", "tabindex"]) tab.removeAttribute(name);
      }
      if (asTabs && this.shown) this.show(this.shown);
    }

    toggleRole(element, role, on) {
      if (on) {
        element.dataset.ownRole ??= element.getAttribute("role") ?? "";
        element.setAttribute("role", role);
      } else if (element.dataset.ownRole) {
        element.setAttribute("role", element.dataset.ownRole);
      } else {
        element.removeAttribute("role");
      }
    }

    show(id) {
      this.shown = id;
      for (const tab of this.tabs) {
        const part = this.partOf(tab);
        const chosen = part.id === id;
        part.toggleAttribute("data-shown", chosen);
        if (tab.getAttribute("role") === "tab") {
          tab.setAttribute("aria-selected", String(chosen));
          tab.tabIndex = chosen ? 0 : -1;
        }
      }
      this.dispatchEvent(new CustomEvent("tab-shown", { bubbles: true, detail: { id } }));
    }

    clicked(event) {
      const link = event.target.closest("a[href^='#']");
      const tab = link && this.tabs.find((one) => one.hash === link.hash && one.getAttribute("role") === "tab");
      if (!tab) return;
      event.preventDefault();
      this.show(this.partOf(tab).id);
      if (link !== tab) this.partOf(tab).querySelector("button, a[href], select, textarea, input:not([type=hidden])")?.focus();
    }

    pressed(event) {
      const here = this.tabs.indexOf(event.target.closest("a[role=tab]"));
      if (here < 0) return;
      const last = this.tabs.length - 1;
      const there = {
        ArrowRight: here === last ? 0 : here + 1,
        ArrowLeft: here === 0 ? last : here - 1,
        Home: 0,
        End: last,
        " ": here,
      }[event.key];
      if (there === undefined) return;
      event.preventDefault();
      this.show(this.partOf(this.tabs[there]).id);
      this.tabs[there].focus();
    }
  },
);
