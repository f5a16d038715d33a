// Comforts on top of pages that work without them: copying, asking before something is destroyed,
// fresh state without reloading, and how long ago a time was.
"use strict";

(() => {
  const copiedText = document.body.dataset.copied || "Copied";

  // Buttons with data-copy="text", or with data-copy-next for the <pre> after them.
  async function copy(button) {
    const text = button.dataset.copy ?? button.parentElement.querySelector("pre").textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without https the clipboard API is missing; selecting and copying still works.
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    const label = button.dataset.label ?? (button.dataset.label = button.textContent);
    button.textContent = copiedText;
    button.classList.add("copied");
    setTimeout(() => {
      button.textContent = label;
      button.classList.remove("copied");
    }, 1600);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.copy");
    if (button) copy(button);
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // <form data-confirm="Really?"> asks first; every form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (form.dataset.sent || (question && !window.confirm(question))) {
      event.preventDefault();
      return;
    }
    if (form.method === "post") {
      form.dataset.sent = "yes";
      event.submitter?.setAttribute("aria-busy", "true");
    }
  });

  // Back from the browser's memory: forms can be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
    }
  });

  // <select data-submit> in a filter bar sends its form when it changes.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  // <section id="x" data-refresh-ms="2000" [data-refresh-url="/path"]>: fetches the page and puts the element of
  // the same id in its place, until the answer has no data-refresh-ms any more.
  function keepFresh(element) {
    const wait = Math.max(500, Number(element.dataset.refreshMs) || 5000);
    setTimeout(() => refresh(element), wait);
  }

  async function refresh(element) {
    if (!element.isConnected) return;
    if (document.hidden || element.contains(document.getSelection()?.anchorNode ?? null) && !document.getSelection().isCollapsed) {
      keepFresh(element);
      return;
    }
    let fresh = null;
    try {
      const answer = await fetch(element.dataset.refreshUrl || location.href, { headers: { "X-Refresh": "1" } });
      if (answer.ok && !answer.redirected) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        fresh = page.getElementById(element.id);
      }
    } catch {
      // Away for a moment; the next round tries again.
    }
    if (!fresh || fresh.isEqualNode(original.get(element))) {
      keepFresh(element);
      return;
    }
    const focused = element.contains(document.activeElement) ? pathTo(element, document.activeElement) : null;
    const opened = [...element.querySelectorAll("details")].map((details) => details.open);
    original.set(fresh, fresh.cloneNode(true));
    element.replaceWith(fresh);
    [...fresh.querySelectorAll("details")].forEach((details, position) => {
      if (opened[position]) details.open = true;
    });
    if (focused) focused.reduce((node, position) => node?.children[position], fresh)?.focus?.({ preventScroll: true });
    tellAges(fresh);
    if (fresh.dataset.refreshMs) keepFresh(fresh);
  }

  function pathTo(root, node) {
    const path = [];
    for (; node !== root; node = node.parentElement) path.unshift([...node.parentElement.children].indexOf(node));
    return path;
  }

  // <time datetime> gets a tooltip such as "3 minutes ago".
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });

  function tellAges(root) {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
      if (Number.isNaN(seconds)) continue;
      const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? units[3];
      const zone = time.dataset.zone ? `${time.dataset.zone} · ` : "";
      time.title = zone + format.format(Math.round(seconds / size), unit);
    }
  }

  // What the server sent, before tooltips changed it: refreshing compares with this.
  const original = new WeakMap();
  for (const element of document.querySelectorAll("[data-refresh-ms][id]")) {
    original.set(element, element.cloneNode(true));
    keepFresh(element);
  }
  tellAges(document);
  // On a narrow screen the sections scroll sideways; the present one is brought into view.
  const list = document.querySelector(".sections ul");
  const current = list?.querySelector("[aria-current]");
  if (current) list.scrollLeft = current.offsetLeft - (list.clientWidth - current.offsetWidth) / 2;
  // The page was just loaded: what copied and confirmed needs nothing more.
  document.documentElement.classList.add("with-script");
})();
