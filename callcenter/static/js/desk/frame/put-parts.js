/* putParts(html): put each element that has an id in the place of the one that is on the page.

   What has not changed is left alone, so that nothing under a hand or an eye moves without need. Whoever has the
   focus keeps it: on the same control by name, value or key; details with an id stay open. A part in which somebody is choosing or typing waits;
   then putParts returns false and is called again later. */
const FIELDS = "input:not([type=button], [type=submit]), select, textarea";

const drawn = new WeakMap();

const written = (element) =>
  element.outerHTML.replace(/(<elapsed-time[^>]*>)[^<]*/g, "$1").replace(/ data-now="[^"]*"/g, "").replace(/(name="csrf_token" value=")[^"]*/g, "$1");

const sameControl = (element) => {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const key = element.getAttribute("aria-keyshortcuts");
  if (key) return `[aria-keyshortcuts="${CSS.escape(key)}"]`;
  return element.name && element.value ? `[name="${CSS.escape(element.name)}"][value="${CSS.escape(element.value)}"]` : null;
};

globalThis.putParts = (html, { patiently = false } = {}) => {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  let all = true;
  for (const part of fresh.body.querySelectorAll(":scope > [id]")) {
    const old = document.getElementById(part.id);
    if (!old) continue;
    const text = written(part);
    if (part.dataset.now) ElapsedTime.now(part.dataset.now);
    if ((drawn.get(old) ?? written(old)) === text) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    if (patiently && (focused?.matches(FIELDS) || focused?.closest("key-list[open]"))) {
      all = false;
      continue;
    }
    const again = focused && sameControl(focused);
    const here = document.importNode(part, true);
    drawn.set(here, text);
    for (const open of old.querySelectorAll("details[id][open]")) here.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
    old.replaceWith(here);
    if (again) here.querySelector(again)?.focus();
  }
  ElapsedTime.tick();
  return all;
};
