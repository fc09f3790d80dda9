// Shows an answer sentence by sentence while a language model writes it. Without scripts the page comes when it is whole.
"use strict";

async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let pending = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (pending + value).split("\n\n");
    pending = parts.pop();
    for (const part of parts) {
      const [name, data] = part.split("\n");
      yield [name.slice("event: ".length), JSON.parse(data.slice("data: ".length))];
    }
  }
}

function begin(main) {
  const section = document.createElement("section");
  section.className = "answer";
  section.setAttribute("aria-live", "polite");
  section.setAttribute("aria-busy", "true");
  const heading = document.createElement("h1");
  heading.textContent = "正在依据原文写回答……";
  section.append(heading);
  main.replaceChildren(main.querySelector("form.search"), section);
  return section;
}

async function ask(form) {
  const address = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`;
  const response = await fetch(address, { headers: { Accept: "text/event-stream" } });
  if (!response.ok) throw new Error(response.statusText);
  const main = document.querySelector("main");
  const section = begin(main);
  for await (const [name, data] of eventsOf(response)) {
    if (name === "sentence") {
      const line = document.createElement("p");
      line.textContent = data;
      section.append(line);
    } else if (name === "page") {
      const page = new DOMParser().parseFromString(data, "text/html");
      document.title = page.title;
      main.replaceWith(page.querySelector("main"));
      document.querySelector("footer").replaceWith(page.querySelector("footer"));
      history.pushState(null, "", address);
      shown = location.search;
      listen();
      return;
    }
  }
  throw new Error("the answer was cut off");
}

function listen() {
  for (const form of document.querySelectorAll("form[data-streams]")) {
    form.addEventListener("submit", (event) => {
      if (!form.elements.q.value.trim()) return;
      event.preventDefault();
      // Whatever fails, the form does what it does without scripts.
      ask(form).catch(() => form.submit());
    });
  }
}

let shown = location.search;
// Not for a link to a source below, which leaves the question as it is.
window.addEventListener("popstate", () => { if (location.search !== shown) location.reload(); });
listen();
