/* <leave-page>: このページをすぐに閉じる. The link works as it is; with scripts the page also leaves the history,
   so that the back button does not show it again. */
customElements.define(
  "leave-page",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("click", (event) => {
        const link = event.target.closest("a");
        if (!link) return;
        event.preventDefault();
        document.documentElement.hidden = true; // nothing is left to read while the other page is on its way
        window.location.replace(link.href);
      });
      // A page that comes back from the browser's memory must not be blank for its reader.
      window.addEventListener("pageshow", () => (document.documentElement.hidden = false));
    }
  },
);
