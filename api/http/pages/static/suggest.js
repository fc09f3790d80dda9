// Completions under the search box. Without scripts the box is a plain one.
"use strict";

const PAUSE = 120; // Milliseconds without a key before the server is asked.
const ORIGINS = { term: "提法", title: "标题", organization: "机关", course: "课程", project: "课题", document_number: "文号" };

function complete(input) {
  const list = document.createElement("ul");
  list.id = "completions";
  list.className = "completions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "补全");
  list.hidden = true;
  input.parentElement.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id })) {
    input.setAttribute(name, value);
  }

  let timer = 0;
  let asked = 0;
  let chosen = -1;

  function show(texts) {
    chosen = -1;
    list.replaceChildren(...texts.map(([text, origin], number) => {
      const item = document.createElement("li");
      item.id = `completion-${number}`;
      item.setAttribute("role", "option");
      item.dataset.text = text;
      item.textContent = text;
      const kind = document.createElement("span");
      kind.textContent = origin;
      item.append(kind);
      return item;
    }));
    list.hidden = texts.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  }

  function choose(number) {
    const items = [...list.children];
    chosen = (number + items.length + 1) % (items.length + 1);
    items.forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
    if (chosen < items.length) input.setAttribute("aria-activedescendant", items[chosen].id);
    else input.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    const text = input.value.trim();
    const turn = ++asked;
    if (!text) return show([]);
    try {
      const response = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(text)}`);
      if (!response.ok || turn !== asked) return;
      const found = await response.json();
      if (turn !== asked || document.activeElement !== input) return;
      const names = found.completions.filter((item) => item.text !== text).map((item) => [item.text, ORIGINS[item.origin]]);
      const corrected = found.corrected && !names.some(([name]) => name === found.corrected);
      show(corrected ? [[found.corrected, "是否要找"], ...names] : names);
    } catch {
      show([]); // The server is gone: searching will say so.
    }
  }

  input.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(ask, PAUSE); });
  input.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const items = list.children;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const start = chosen < 0 ? items.length : chosen;
      choose(event.key === "ArrowDown" ? start + 1 : start - 1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      show([]);
    } else if (event.key === "Enter" && chosen >= 0 && chosen < items.length) {
      input.value = items[chosen].dataset.text;
      show([]);
    }
  });
  list.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("li");
    event.preventDefault(); // The box keeps the focus.
    if (!item) return;
    input.value = item.dataset.text;
    show([]);
    input.form.requestSubmit();
  });
  input.addEventListener("blur", () => { asked += 1; show([]); });
}

for (const input of document.querySelectorAll("input[data-suggest]")) complete(input);
