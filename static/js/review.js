/* The reviewer's screen by keyboard: j k move through the people, Enter confirms, r returns, c comments, o opens. */
(function () {
  "use strict";
  const frame = document.querySelector("[data-review]");
  if (!frame) return;
  const links = Array.from(frame.querySelectorAll(".people li > a"));
  const typing = (element) => element && /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
  const current = () => links.findIndex((link) => link.parentNode.classList.contains("current"));
  const pane = (selector) => document.querySelector("#card " + selector);

  function mark(link) {
    links.forEach((other) => {
      other.parentNode.classList.toggle("current", other === link);
      if (other === link) other.setAttribute("aria-current", "true"); else other.removeAttribute("aria-current");
    });
    link.scrollIntoView({ block: "nearest" });
  }
  function move(step) {
    const next = links[Math.max(0, Math.min(links.length - 1, current() + step))];
    if (next) next.click();
  }
  links.forEach((link) => link.addEventListener("click", () => mark(link)));
  if (current() >= 0) links[current()].scrollIntoView({ block: "nearest" });

  function withReason(selector) {
    const button = pane(selector);
    const input = pane("#id_reason");
    if (!button || !input) return;
    if (input.value.trim()) { button.click(); return; }
    input.dataset.then = selector;
    input.focus();
  }
  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (input.id === "id_reason") {
      if (event.key === "Enter") {
        event.preventDefault();
        const button = pane(input.dataset.then || "[data-comment]");
        if (button && input.value.trim()) button.click();
      } else if (event.key === "Escape") { input.dataset.then = ""; input.blur(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(input)) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "Enter" && (input === document.body || input.closest(".people"))) {
      const button = pane("[data-confirm]");
      if (button) { event.preventDefault(); button.click(); }
    } else if (event.key === "r") { event.preventDefault(); withReason("[data-return]"); }
    else if (event.key === "c") { event.preventDefault(); withReason("[data-comment]"); }
    else if (event.key === "o") { const link = pane(".card-head a"); if (link) location.href = link.href; }
  });
})();
