/* The few things every element of this page does with the document. */

/** Return a fresh copy of <template id="part-…">. */
export function copy(name) {
  return document.importNode(document.getElementById(`part-${name}`).content.firstElementChild, true);
}

/** Return the element inside *root* that the markup calls data-part=*name*. */
export function part(root, name) {
  return root.querySelector(`[data-part="${name}"]`);
}

/** Write text only where it differs: a needless write makes screen readers speak and selections vanish. */
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function show(element, on) {
  if (element.hidden === on) element.hidden = !on;
}

/** Let *parent*'s children follow *items* by key, in their order, keeping every child that is still wanted. */
export function follow(parent, items, keyOf, make, update = () => {}) {
  const wanted = new Set(items.map((item) => String(keyOf(item))));
  const have = new Map();
  for (const child of [...parent.children]) {
    if (wanted.has(child.dataset.id)) have.set(child.dataset.id, child);
    else child.remove();
  }
  let place = parent.firstElementChild;
  for (const item of items) {
    const id = String(keyOf(item));
    const known = have.get(id);
    const child = known ?? make(item);
    child.dataset.id = id;
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
    update(child, item);
  }
}

/** Run what a person asked for; if the line refuses, say why beside the control instead of throwing. */
export async function attempt(wrong, act) {
  try {
    const answer = await act();
    show(wrong, false);
    return answer;
  } catch (error) {
    if (error.name !== "LineRefused") throw error;
    wrong.textContent = error.message;
    wrong.hidden = false;
    return null;
  }
}
