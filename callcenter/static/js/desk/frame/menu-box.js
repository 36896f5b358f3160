/* <menu-box><details class="menu">: closes with Escape, with a click elsewhere, and when the focus goes on. */
customElements.define(
  "menu-box",
  class extends HTMLElement {
    connectedCallback() {
      this.details = this.querySelector("details");
      this.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !this.details.open) return;
        this.details.open = false;
        this.details.querySelector("summary").focus();
      });
      this.addEventListener("focusout", (event) => {
        if (event.relatedTarget && !this.contains(event.relatedTarget)) this.details.open = false;
      });
      this.elsewhere = (event) => {
        if (!this.contains(event.target)) this.details.open = false;
      };
      document.addEventListener("click", this.elsewhere);
    }

    disconnectedCallback() {
      document.removeEventListener("click", this.elsewhere);
    }
  },
);
