/* Security keys: asks the browser for a key's answer and puts it into the form. Without it the codes remain. */
(function () {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const box = document.querySelector("[data-key-options]");
  if (!box) return;
  const said = box.querySelector("[data-key-said]"), button = box.querySelector("[data-key-ask]");
  if (!window.PublicKeyCredential || !window.isSecureContext) {
    said.textContent = "安全密钥要用 https 地址打开本系统才能使用。";
    return;
  }
  button.hidden = false;
  const options = JSON.parse(box.dataset.keyOptions).publicKey;
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of [options.excludeCredentials, options.allowCredentials]) (list || []).forEach((each) => { each.id = bytes(each.id); });

  function answer(credential) {
    const response = credential.response, made = { clientDataJSON: text(response.clientDataJSON) };
    if (response.attestationObject) made.attestationObject = text(response.attestationObject);
    else Object.assign(made, { authenticatorData: text(response.authenticatorData), signature: text(response.signature), userHandle: response.userHandle ? text(response.userHandle) : null });
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: made, clientExtensionResults: {} });
  }

  button.addEventListener("click", async () => {
    said.textContent = "请插好密钥并触碰,或按设备提示验证……";
    try {
      const asked = options.user ? navigator.credentials.create({ publicKey: options }) : navigator.credentials.get({ publicKey: options });
      const form = button.form || document.getElementById(button.dataset.keyAsk);
      form.elements.key_answer.value = answer(await asked);
      form.submit();
    } catch (error) {
      said.textContent = error.name === "InvalidStateError" ? "这把密钥已经登记过。" : "没有完成验证,请再点一次;也可以改用验证码。";
    }
  });
})();
