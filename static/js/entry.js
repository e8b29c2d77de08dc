/* The clerk's entry screen: members in place, what the ID number tells, sums while typing, the draft on the server. */
(function () {
  "use strict";
  const form = document.querySelector("form[data-entry]");
  if (!form) return;
  const $ = (selector, root) => (root || form).querySelector(selector);
  const $$ = (selector, root) => Array.from((root || form).querySelectorAll(selector));
  const token = $("[name=csrfmiddlewaretoken]").value;
  const field = (root, name) => $(`[name$="-${name}"]`, root);

  /* members */
  const holder = $("[data-members]");
  const total = $('[name="members-TOTAL_FORMS"]');
  function addMember() {
    const index = Number(total.value);
    const template = document.getElementById("member-template").innerHTML.replace(/__prefix__/g, index);
    const box = document.createElement("div");
    box.innerHTML = template;
    const row = box.firstElementChild;
    holder.append(row);
    total.value = index + 1;
    $$("details.member", holder).forEach((other) => { other.open = other === row; });
    const ethnicity = field(holder.firstElementChild, "ethnicity");
    if (ethnicity && field(row, "ethnicity")) field(row, "ethnicity").value = ethnicity.value;
    window.upgradeSelects(row);
    title(row);
    const first = $("[data-first]", row);
    if (first) first.focus();
    count();
  }
  function title(row) {
    const name = field(row, "name");
    const relation = field(row, "relation");
    $("[data-title]", row).textContent = (name && name.value.trim()) || "新成员";
    const words = [];
    if (relation && relation.value) words.push(relation.options[relation.selectedIndex].text);
    const sex = field(row, "sex");
    if (sex && sex.value) words.push(sex.value === "1" ? "男" : sex.value === "2" ? "女" : "");
    const birth = field(row, "birth_on");
    if (birth && birth.value) words.push(birth.value);
    $("[data-subtitle]", row).textContent = words.filter(Boolean).join(" · ");
    row.classList.toggle("left", Boolean(field(row, "left_on") && field(row, "left_on").value));
  }
  function count() {
    const present = $$("details.member:not(.removed)", holder).filter((row) => !(field(row, "left_on") && field(row, "left_on").value));
    $$("[data-population]").forEach((place) => { place.textContent = present.length; });
    sums();
  }
  document.addEventListener("keydown", (event) => {
    if (event.altKey && (event.key === "n" || event.key === "N")) { event.preventDefault(); addMember(); }
  });
  $$("[data-add-member]").forEach((button) => button.addEventListener("click", addMember));
  holder.addEventListener("click", (event) => {
    const remove = event.target.closest("[data-remove]");
    if (!remove) return;
    const row = remove.closest("details.member");
    if (row && !field(row, "id").value) { $('[name$="-DELETE"]', row).value = "on"; row.hidden = true; row.classList.add("removed"); count(); touched(); }
  });

  /* what the ID number tells */
  const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const live = (input, text, warning) => {
    const place = $("[data-live]", input.closest(".field"));
    place.textContent = text;
    place.hidden = !text;
    place.className = warning ? "warning" : "error";
  };
  function setSelect(select, value) {
    if (!select || select.value === value) return;
    select.value = value;
    select.dispatchEvent(new Event("refresh"));
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }
  /* what the number has told needs no stop on the way; without a number the fields are typed as before */
  function derived(row, told) {
    [field(row, "birth_on"), field(row, "sex").closest(".combo").querySelector("input")].forEach((place) => {
      place.tabIndex = told ? -1 : 0;
      place.classList.toggle("derived", told);
    });
  }
  async function idNumber(input) {
    const row = input.closest("details.member");
    const number = input.value.replace(/[\s-]/g, "").toUpperCase();
    live(input, "");
    derived(row, false);
    if (!number || number.includes("*")) return;
    if (!/^\d{17}[\dX]$/.test(number)) { if (document.activeElement !== input || number.length > 17) live(input, `身份证号码应为18位,现在是${number.length}位。`); return; }
    const sum = WEIGHTS.reduce((all, weight, i) => all + weight * Number(number[i]), 0);
    if ("10X98765432"[sum % 11] !== number[17]) { live(input, "校验码不符,号码中有一位填错了,请对照证件逐位核对。"); return; }
    const birth = field(row, "birth_on");
    birth.value = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
    setSelect(field(row, "sex"), Number(number[16]) % 2 ? "1" : "2");
    derived(row, true);
    const age = (Date.parse(form.dataset.today) - Date.parse(birth.value)) / 31557600000;
    if (age < 16 && !field(row, "labour").value) setSelect(field(row, "labour"), "4");
    title(row);
    relation(row);
    const twice = $$('[name$="-id_number"]', holder).filter((other) => other !== input && other.value.replace(/\s/g, "").toUpperCase() === number);
    if (twice.length) { live(input, "本户另一位成员填了同一个证件号码。"); return; }
    try {
      const body = new URLSearchParams({ number, household: form.dataset.household || "" });
      const answer = await fetch(form.dataset.checkUrl, { method: "POST", body, headers: { "X-CSRFToken": token, Accept: "application/json" } });
      if (answer.ok) { const said = await answer.json(); live(input, said.message || "", said.level === "warning"); }
    } catch (error) { /* no line: the server checks again on saving */ }
  }
  const MALE = ["03", "06", "07", "09", "11", "13", "15", "17", "19"];
  const FEMALE = ["04", "05", "08", "10", "12", "14", "16", "18", "20"];
  function relation(row) {
    const select = field(row, "relation");
    const sex = field(row, "sex").value;
    const anchor = select.closest(".field");
    const place = $("[data-live]", anchor);
    let text = "";
    if (sex === "2" && MALE.includes(select.value)) text = "性别为女,与这个关系不符。";
    if (sex === "1" && FEMALE.includes(select.value)) text = "性别为男,与这个关系不符。";
    const heads = $$('[name$="-relation"]', holder).filter((other) => other.value === "01" && !(field(other.closest("details"), "left_on") || {}).value);
    if (select.value === "01" && heads.length > 1) text = "一户只能有一位户主。";
    const birth = field(row, "birth_on").value;
    const head = heads[0] && heads[0].closest("details");
    const headBirth = head && head !== row && field(head, "birth_on").value;
    if (!text && birth && headBirth) {
      const years = (Date.parse(birth) - Date.parse(headBirth)) / 31557600000;
      if (["03", "04", "05", "06"].includes(select.value) && years < 12) text = "比户主小不到12岁,请核对。";
      if (["11", "12", "13", "14", "15", "16"].includes(select.value) && years > -12) text = "比户主大不到12岁,请核对。";
    }
    place.textContent = text;
    place.hidden = !text;
    place.className = text.includes("请核对") ? "warning" : "error";
  }
  form.addEventListener("input", (event) => {
    const row = event.target.closest("details.member");
    if (row && /-id_number$/.test(event.target.name || "")) { if (event.target.value.replace(/\s/g, "").length >= 18) idNumber(event.target); }
    if (row) title(row);
  });
  form.addEventListener("change", (event) => {
    const row = event.target.closest("details.member");
    const name = event.target.name || "";
    if (row && /-id_number$/.test(name)) idNumber(event.target);
    if (row && /-(relation|sex|birth_on)$/.test(name)) relation(row);
    if (row && /-left_on$/.test(name)) count();
    if (row) title(row);
  });

  /* income adds up while typing, in whole cents */
  const cents = (input) => { const found = /^\s*(\d{0,12})(?:\.(\d{0,2}))?\s*$/.exec(input.value.replace(/,/g, "")); return found ? Number(found[1] || 0) * 100 + Number((found[2] || "").padEnd(2, "0")) : 0; };
  const yuan = (amount) => (amount / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  function sums() {
    const groups = {};
    $$("[data-sum-group]").forEach((input) => { groups[input.dataset.sumGroup] = (groups[input.dataset.sumGroup] || 0) + cents(input); });
    Object.keys(groups).forEach((group) => { const place = $(`[data-sum="${group}"]`); if (place) place.textContent = yuan(groups[group]); });
    const gross = ["wage", "business", "property", "transfer"].reduce((all, group) => all + (groups[group] || 0), 0);
    const net = gross - (groups.expense || 0);
    const people = Number(($("[data-population]") || {}).textContent || 0);
    const put = (name, text) => { const place = $(`[data-sum="${name}"]`); if (place) place.textContent = text; };
    put("gross", yuan(gross));
    put("net", yuan(net));
    put("per_capita", people ? yuan(Math.sign(net) * Math.round(Math.abs(net) / people)) : "—");
  }
  form.addEventListener("input", (event) => { if (event.target.dataset.sumGroup) sums(); });

  /* the outline at the right */
  function outline() {
    $$("[data-outline]", document).forEach((link) => {
      const part = document.getElementById(link.dataset.outline);
      const bad = part.querySelector(".field.invalid, .error:not([hidden]):not(:empty)");
      const missing = $$("[required]", part).filter((input) => !input.value && input.offsetParent !== null || (input.dataset.select && input.required && !input.value)).length;
      const place = link.querySelector("span");
      place.className = bad ? "state-error" : missing ? "state-missing" : "state-done";
      place.textContent = bad ? "有误" : missing ? `缺 ${missing}` : "已填";
    });
  }

  /* the draft: on the server every few seconds; nothing personal stays on this machine */
  const state = $("[data-draft-state]");
  let changed = false;
  let sending = false;
  let stopped = false;
  function touched() { changed = true; outline(); }
  async function keep() {
    if (!changed || sending || stopped) return;
    sending = true;
    changed = false;
    const body = new URLSearchParams();
    new FormData(form).forEach((value, name) => { if (typeof value === "string" && name !== "csrfmiddlewaretoken") body.append(name, value); });
    const head = $('[name="members-0-name"]');
    body.append("draft_label", `${form.dataset.draftTitle} ${head ? head.value : ""}`.trim());
    try {
      const answer = await fetch(form.dataset.draftUrl, { method: "POST", body, headers: { "X-CSRFToken": token, Accept: "application/json" }, redirect: "manual" });
      if (answer.ok) state.textContent = `已自动保存 ${(await answer.json()).saved_at}`;
      else { changed = true; state.textContent = answer.type === "opaqueredirect" || answer.status === 403 ? "登录已过期:请在新窗口登录后回到本页,内容仍在。" : "自动保存没有成功,稍后重试。"; }
    } catch (error) { changed = true; state.textContent = "网络不通,内容保留在本页,恢复后自动保存。"; }
    sending = false;
  }
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", () => { stopped = true; });
  setInterval(keep, 3000);
  addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });

  $$("details.member", holder).forEach(title);
  count();
  outline();
})();
