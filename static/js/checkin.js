/* Check-in: position once, and a queue on the phone for places without signal. What was sent twice is one check-in (its key). */
(function () {
  "use strict";
  const form = document.querySelector("form[data-check-in]");
  if (!form || !window.fetch) return;
  const said = form.querySelector("[data-said]");
  const waiting = form.querySelector("[data-waiting]");
  const button = form.querySelector("button");
  const photo = form.querySelector("[name=photo]");
  const note = form.querySelector("[name=note]");
  const QUEUE = "check-ins-" + form.dataset.user;
  const WAIT_POSITION = 12000;
  const WAIT_ANSWER = 20000;
  const SIDE = 1280;

  const hex = (count) => Array.from(crypto.getRandomValues(new Uint8Array(count)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const uuid = () => { const text = hex(16); return [text.slice(0, 8), text.slice(8, 12), "4" + text.slice(13, 16), "a" + text.slice(17, 20), text.slice(20)].join("-"); };
  function read() { try { return JSON.parse(localStorage.getItem(QUEUE)) || []; } catch (error) { return []; } }
  function write(queue) { try { localStorage.setItem(QUEUE, JSON.stringify(queue)); return true; } catch (error) { return false; } }
  function device() {
    try {
      if (!localStorage.getItem("device")) localStorage.setItem("device", hex(8));
      return localStorage.getItem("device");
    } catch (error) { return ""; }
  }
  function tell(words, isError) { said.textContent = words; said.classList.toggle("error", Boolean(isError)); }
  function showWaiting() {
    const count = read().length;
    waiting.hidden = !count;
    waiting.textContent = count ? `有 ${count} 次签到存在手机上,有信号后自动补传,请不要清除浏览器数据。` : "";
  }

  function position() {
    return new Promise((resolve) => {
      if (!navigator.geolocation) { resolve({ position: "unavailable" }); return; }
      navigator.geolocation.getCurrentPosition(
        (found) => resolve({ position: "given", longitude: found.coords.longitude.toFixed(6), latitude: found.coords.latitude.toFixed(6), accuracy: Math.round(found.coords.accuracy) }),
        (error) => resolve({ position: error.code === 1 ? "refused" : "unavailable" }),
        { enableHighAccuracy: true, timeout: WAIT_POSITION, maximumAge: 60000 },
      );
    });
  }
  /* a photo is made small before it takes the poor line */
  async function smaller(file) {
    if (!file || !window.createImageBitmap) return file;
    try {
      const image = await createImageBitmap(file);
      const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob || file), "image/jpeg", 0.7));
    } catch (error) { return file; }
  }

  /* "sent", "refused" (for good) or "later" */
  async function send(entry, picture) {
    const data = new FormData();
    Object.keys(entry).forEach((name) => { if (entry[name] !== undefined) data.append(name, entry[name]); });
    data.append("sent", Date.now());
    if (picture) data.append("photo", picture, "photo.jpg");
    const stop = window.AbortController ? new AbortController() : null;
    const timer = setTimeout(() => stop && stop.abort(), WAIT_ANSWER);
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: data, credentials: "same-origin", redirect: "manual", signal: stop && stop.signal,
        headers: { Accept: "application/json", "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
      });
      if (answer.status === 200) { tell((await answer.json()).words); return "sent"; }
      if (answer.status === 409) { tell((await answer.json()).error, true); return "refused"; }
      if (answer.type === "opaqueredirect" || answer.status === 403) tell("登录已过期,签到存在手机上;请重新登录,登录后自动补传。", true);
      else tell("系统没有收到,签到存在手机上,稍后自动补传。", true);
    } catch (error) { tell("没有信号,签到已存在手机上,有信号后自动补传。"); }
    finally { clearTimeout(timer); }
    return "later";
  }

  let busy = false;
  async function flush() {
    if (busy || !read().length) { showWaiting(); return; }
    busy = true;
    for (const entry of read()) {
      const result = await send(entry);
      if (result === "later") break;
      write(read().filter((other) => other.key !== entry.key));
    }
    busy = false;
    showWaiting();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    tell("正在取位置…");
    const taken = Date.now();
    const entry = Object.assign({ key: uuid(), taken: taken, device: device(), note: note.value.trim() }, await position());
    const picture = photo.files[0] ? await smaller(photo.files[0]) : null;
    tell("正在签到…");
    const kept = write(read().concat([entry]));
    const result = await send(entry, picture);
    if (result !== "later" || !kept) write(read().filter((other) => other.key !== entry.key));
    if (result === "sent") { note.value = ""; photo.value = ""; }
    if (result === "later" && !kept) tell("没有信号,手机也不能保存(存储已满或为无痕模式),请稍后再签。", true);
    button.disabled = false;
    showWaiting();
  });
  addEventListener("online", flush);
  setInterval(() => { if (navigator.onLine !== false) flush(); }, 60000);
  flush();
})();
