/* Asks the browser for a passkey and sends its answer with the form. Only what the Web Authentication API needs. */
(function () {
  "use strict";

  function toBytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (one) { return one.charCodeAt(0); });
  }
  function toText(buffer) {
    var plain = Array.prototype.map.call(new Uint8Array(buffer), function (one) { return String.fromCharCode(one); }).join("");
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  }
  function bytesIn(list) {
    return (list || []).map(function (one) { return Object.assign({}, one, { id: toBytes(one.id) }); });
  }

  function create(options) {
    var key = Object.assign({}, options.publicKey);
    key.challenge = toBytes(key.challenge);
    key.user = Object.assign({}, key.user, { id: toBytes(key.user.id) });
    key.excludeCredentials = bytesIn(key.excludeCredentials);
    return navigator.credentials.create({ publicKey: key }).then(function (made) {
      return answer(made, {
        attestationObject: toText(made.response.attestationObject),
        transports: made.response.getTransports ? made.response.getTransports() : []
      });
    });
  }
  function get(options) {
    var key = Object.assign({}, options.publicKey);
    key.challenge = toBytes(key.challenge);
    key.allowCredentials = bytesIn(key.allowCredentials);
    return navigator.credentials.get({ publicKey: key }).then(function (found) {
      return answer(found, {
        authenticatorData: toText(found.response.authenticatorData),
        signature: toText(found.response.signature),
        userHandle: found.response.userHandle ? toText(found.response.userHandle) : null
      });
    });
  }
  function answer(key, response) {
    response.clientDataJSON = toText(key.response.clientDataJSON);
    return {
      id: key.id,
      rawId: toText(key.rawId),
      type: key.type,
      authenticatorAttachment: key.authenticatorAttachment || null,
      clientExtensionResults: key.getClientExtensionResults(),
      response: response
    };
  }

  function onPage() {
    return Promise.resolve(JSON.parse(document.getElementById("passkey-options").textContent));
  }
  function fromServer(form) {
    return fetch(form.action, { headers: { Accept: "application/json" }, credentials: "same-origin" }).then(function (found) {
      if (!found.ok) throw new Error("no answer");
      return found.json();
    });
  }
  var WAYS = {
    create: function () { return onPage().then(function (found) { return create(found.creation_options); }); },
    get: function () { return onPage().then(function (found) { return get(found.request_options); }); },
    login: function (form) { return fromServer(form).then(function (found) { return get(found.request_options); }); }
  };

  /* A passkey belongs to a name; at a bare address such as 127.0.0.1 no browser makes one. */
  function works() {
    return Boolean(window.PublicKeyCredential && navigator.credentials) && !/^[\d.]+$|:/.test(location.hostname);
  }
  function show(form, name, on) {
    var part = form.querySelector("[data-passkey-" + name + "]");
    if (part) part.hidden = !on;
    return part;
  }
  function ready(form) {
    if (!works()) {
      if (!form.hasAttribute("data-passkey-optional")) show(form, "missing", true);
      show(form, "button", false);
      return;
    }
    form.hidden = false;
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      if (form.dataset.asking) return;
      form.dataset.asking = "1";
      show(form, "failed", false);
      WAYS[form.dataset.passkey](form).then(function (found) {
        form.elements.credential.value = JSON.stringify(found);
        form.submit();
      }).catch(function () {
        delete form.dataset.asking;
        show(form, "failed", true).focus();
      });
    });
  }
  document.addEventListener("DOMContentLoaded", function () {
    Array.prototype.forEach.call(document.querySelectorAll("form[data-passkey]"), ready);
  });
})();
