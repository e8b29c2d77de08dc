/* Keys, lists, forms: small additions to pages that work without them. */
(function () {
  "use strict";
  const $ = (selector, root) => (root || document).querySelector(selector);
  const $$ = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const typing = (element) => element && (/^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) || element.isContentEditable);

  /* lists: j k Enter e, and a click on a row */
  const rows = () => $$("table[data-list] tbody tr[data-url]");
  function move(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.classList.contains("current"));
    const next = all[Math.max(0, Math.min(all.length - 1, at + step))];
    all.forEach((row) => row.classList.remove("current"));
    next.classList.add("current");
    next.scrollIntoView({ block: "nearest" });
  }
  const current = () => $("table[data-list] tr.current");

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const form = (document.activeElement && document.activeElement.closest("form")) || $("form[data-guard]");
      const button = form && $("[data-save]", form);
      if (button) { event.preventDefault(); button.click(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const row = current();
    if (event.key === "/") { const search = $("[data-search]"); if (search) { event.preventDefault(); search.focus(); search.select(); } }
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "Enter" && row && event.target === document.body) location.href = row.dataset.url;
    else if (event.key === "x" && row) { const box = $("input[name=pick]", row); if (box) box.checked = !box.checked; }
    else if (event.key === "e") { const edit = $("[data-edit]"); if (edit) edit.click(); }
    else if (event.key === "n") { const add = $("[data-primary]"); if (add) add.click(); }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    if (event.target.matches("[data-pick-page]")) $$("input[name=pick]").forEach((box) => { box.checked = event.target.checked; });
    const row = event.target.closest("table[data-list] tr[data-url]");
    if (row && !event.target.closest("a, button, input, label, td.pick") && !String(getSelection())) location.href = row.dataset.url;
  });

  /* demo users fill the sign-in form */
  function fill(row) {
    const cells = $$("td", row).map((cell) => cell.textContent.trim());
    $("#id_username").value = cells[0];
    $("#id_password").value = cells[1];
    $("form .button.primary").focus();
  }
  const demo = $("[data-demo-users]");
  if (demo) {
    demo.addEventListener("click", (event) => { const row = event.target.closest("tbody tr"); if (row) fill(row); });
    demo.addEventListener("keydown", (event) => { const row = event.target.closest("tbody tr"); if (row && event.key === "Enter") fill(row); });
  }

  /* leaving with changes asks; Enter in a single-line field goes to the next one instead of losing the form */
  $$("form[data-guard]").forEach((form) => {
    let dirty = false;
    form.addEventListener("input", () => { dirty = true; });
    form.addEventListener("submit", () => { dirty = false; });
    addEventListener("beforeunload", (event) => { if (dirty) { event.preventDefault(); event.returnValue = ""; } });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
      const target = event.target;
      if (target.tagName !== "INPUT" && target.tagName !== "SELECT") return;
      event.preventDefault();
      const all = $$("input:not([type=hidden]), select, textarea, button[data-save]", form).filter((element) => element.offsetParent && element.tabIndex >= 0);
      const next = all[all.indexOf(target) + 1];
      if (next) next.focus();
    });
  });
  const first = $("[data-autofocus]");
  if (first) first.focus();

  /* a code list typed by pinyin initials, number or Chinese: the native select stays and holds the value */
  function combobox(select) {
    if (select.dataset.upgraded || select.multiple) return;
    select.dataset.upgraded = "1";
    const box = document.createElement("div");
    box.className = "combo";
    const input = document.createElement("input");
    const list = document.createElement("ul");
    const id = select.id;
    select.parentNode.insertBefore(box, select);
    box.append(input, list, select);
    select.hidden = true;
    select.removeAttribute("id");
    select.dataset.select = id;
    input.id = id;
    list.id = id + "_list";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    ["role:combobox", "aria-autocomplete:list", "aria-expanded:false", "aria-controls:" + list.id, "autocomplete:off"].forEach((pair) => {
      const at = pair.indexOf(":");
      input.setAttribute(pair.slice(0, at), pair.slice(at + 1));
    });
    ["aria-describedby", "aria-invalid"].forEach((name) => { if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name)); });
    const label = () => (select.selectedIndex >= 0 && select.value ? select.options[select.selectedIndex].text : "");
    let found = [];
    let at = 0;
    const show = () => { input.value = label(); };
    function draw() {
      list.textContent = "";
      found.forEach((option, index) => {
        const item = document.createElement("li");
        item.setAttribute("role", "option");
        item.id = list.id + "_" + index;
        item.setAttribute("aria-selected", String(index === at));
        item.append(option.text);
        const code = document.createElement("small");
        code.textContent = option.value;
        item.append(code);
        item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(option); });
        list.append(item);
      });
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      if (found.length) input.setAttribute("aria-activedescendant", list.id + "_" + at); else input.removeAttribute("aria-activedescendant");
      const active = list.children[at];
      if (active) active.scrollIntoView({ block: "nearest" });
    }
    function filter(text) {
      const wanted = text.trim().toLowerCase();
      const all = Array.from(select.options).filter((option) => option.value);
      const rank = (option) => {
        const py = option.dataset.py || "";
        if (!wanted) return 1;
        if (option.value === wanted || Number(option.value) === Number(wanted)) return 4;
        if (option.text === text || py === wanted) return 3;
        if (py.startsWith(wanted) || option.text.startsWith(text)) return 2;
        return option.text.includes(text) || py.includes(wanted) || option.value.startsWith(wanted) ? 1 : 0;
      };
      found = all.map((option) => [rank(option), option]).filter((pair) => pair[0]).sort((a, b) => b[0] - a[0]).map((pair) => pair[1]);
      at = wanted ? 0 : Math.max(0, found.findIndex((option) => option.value === select.value));
      draw();
    }
    function close() { list.hidden = true; found = []; input.setAttribute("aria-expanded", "false"); }
    function choose(option) {
      if (select.value !== option.value) { select.value = option.value; select.dispatchEvent(new Event("change", { bubbles: true })); select.dispatchEvent(new Event("input", { bubbles: true })); }
      show();
      close();
    }
    input.addEventListener("focus", () => { input.select(); });
    input.addEventListener("click", () => filter(""));
    input.addEventListener("input", (event) => { event.stopPropagation(); filter(input.value); });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) { filter(""); return; }
        at = (at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % Math.max(1, found.length);
        draw();
      } else if (event.key === "Escape") { show(); close(); }
      else if ((event.key === "Enter" || event.key === "Tab") && !list.hidden && found[at]) { choose(found[at]); }
    });
    input.addEventListener("blur", () => {
      if (!input.value.trim() && select.querySelector('option[value=""]')) { if (select.value) { select.value = ""; select.dispatchEvent(new Event("change", { bubbles: true })); } }
      show();
      close();
    });
    select.addEventListener("refresh", show);
    show();
  }
  window.upgradeSelects = (root) => $$("select[data-combobox]", root).forEach(combobox);
  window.upgradeSelects(document);
  document.body.addEventListener("htmx:afterSettle", (event) => window.upgradeSelects(event.target));
})();
