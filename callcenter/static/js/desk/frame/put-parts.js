/* putParts(html): put each element that has an id in the place of the one that is on the page.

   What has not changed is left alone. Whoever has the focus keeps it: on the same control by name, value or key;
   details with an id stay open. With patiently the page is as calm as can be: a part in which somebody is choosing or
   typing waits (then putParts returns false and is called again later), and in the others only what differs is
   touched, so that a marked text, a scrolled list, an open fold and the reading position outlast it.

   With asked, the number that ask() gave the answer, one that comes late never replaces what was asked for after it.

   Links, buttons, forms and elements with a script are never changed in place: they stay as they are while the server
   writes them the same, and are new elements otherwise. So a press that was begun on one never counts for another. */
const FIELDS = "input:not([type=button], [type=submit]), select, textarea";
const CONTROLS = "a, button, form";

const drawn = new WeakMap();
const askedFor = new WeakMap();

const written = (element) =>
  element.outerHTML.replace(/(<elapsed-time[^>]*>)[^<]*/g, "$1").replace(/ data-now="[^"]*"/g, "").replace(/(name="csrf_token" value=")[^"]*/g, "$1");

const sameControl = (element) => {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const key = element.getAttribute("aria-keyshortcuts");
  if (key) return `[aria-keyshortcuts="${CSS.escape(key)}"]`;
  return element.name && element.value ? `[name="${CSS.escape(element.name)}"][value="${CSS.escape(element.value)}"]` : null;
};

/** Whether *node* must not be changed in place; a script whose element may be says so by "static morphs = true". */
const isWhole = (node) =>
  node instanceof Element && (node.matches(CONTROLS) || (node.localName.includes("-") && !customElements.get(node.localName)?.morphs));

/** Whether it, or what it came with, was asked for after *asked*. */
const isNewer = (part, asked) => {
  for (let around = part; around; around = around.parentElement) if (askedFor.get(around) > asked) return true;
  return false;
};

const replace = (old, fresh) => {
  const here = document.importNode(fresh, true);
  drawn.set(here, written(fresh));
  for (const open of old.querySelectorAll("details[id][open]")) here.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
  old.replaceWith(here);
  return here;
};

const morph = (old, fresh) => {
  const others = [];
  Idiomorph.morph(old, fresh, {
    callbacks: {
      beforeNodeMorphed(here, there) {
        if (!isWhole(here)) return true;
        if ((drawn.get(here) ?? written(here)) !== written(there)) others.push([here, there]);
        return false;
      },
      // Whether a fold is open is for whoever looks at it to say.
      beforeAttributeUpdated: (name, element) => name !== "open" || element.localName !== "details",
    },
  });
  for (const [here, there] of others) replace(here, there);
  drawn.set(old, written(fresh));
  return old;
};

globalThis.putParts = (html, { patiently = false, asked } = {}) => {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  let all = true;
  for (const part of fresh.body.querySelectorAll(":scope > [id]")) {
    const old = document.getElementById(part.id);
    if (!old || isNewer(old, asked)) continue;
    if (part.dataset.now) ElapsedTime.now(part.dataset.now);
    if ((drawn.get(old) ?? written(old)) === written(part)) {
      askedFor.set(old, asked);
      continue;
    }
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    if (patiently && (focused?.matches(FIELDS) || focused?.closest("key-list[open]"))) {
      all = false;
      continue;
    }
    const again = focused && sameControl(focused);
    const here = patiently ? morph(old, part) : replace(old, part);
    askedFor.set(here, asked);
    if (again && !focused.isConnected) here.querySelector(again)?.focus();
  }
  ElapsedTime.tick();
  return all;
};
