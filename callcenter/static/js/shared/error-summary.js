/* <error-summary>: the list of what to mend takes the focus, so that nobody has to look for it. */
customElements.define(
  "error-summary",
  class extends HTMLElement {
    connectedCallback() {
      this.tabIndex = -1;
      this.focus();
    }
  },
);
