/* Sending a file: how far it is, a button to stop, and what to do when the connection is lost. Without this file, or when
   anything unexpected comes back, the form is sent as any other. */
(function () {
  "use strict";
  var panel = document.querySelector("[data-upload]");
  var form = panel && document.querySelector("form[enctype='multipart/form-data']");
  if (!form || !window.FormData || !window.XMLHttpRequest || !("upload" in new XMLHttpRequest())) return;
  var bar = panel.querySelector("progress"), part = panel.querySelector("[data-upload-part]");
  var word = panel.querySelector("[data-upload-word]"), stop = panel.querySelector("[data-upload-stop]");
  var running = null;

  function say(name, text) {
    panel.hidden = false;
    panel.dataset.state = name;
    word.textContent = text || panel.dataset[name];
  }
  function buttons(off) {
    Array.prototype.forEach.call(form.querySelectorAll("[type=submit]"), function (button) { button.disabled = off; });
  }
  function over(name, text) {
    running = null;
    buttons(false);
    say(name, text);
    form.querySelector("[type=submit]").focus();
  }
  /* What was typed arrived: leaving asks nothing. */
  function settle() {
    running = null;
    Array.prototype.forEach.call(form.elements, function (field) { if (field.type === "text") field.defaultValue = field.value; });
    form.dataset.keep = "";
  }
  function show(share) {
    bar.value = share;
    part.textContent = share + " %";
  }
  function plainly() { settle(); buttons(false); form.submit(); }

  function take(request) {
    var answer = null;
    try { answer = JSON.parse(request.responseText); } catch (e) { /* a page: the log-in, or an error page */ }
    if (answer && answer.url) { settle(); location.assign(answer.url); return; }
    if (answer && answer.problem) {
      form.elements.key.value = answer.key; /* another one when this was sent before with another file */
      if (answer.action) form.setAttribute("action", answer.action);
      over("refused", answer.problem);
      return;
    }
    plainly();
  }
  function send() {
    var request = running = new XMLHttpRequest();
    request.open("POST", form.getAttribute("action") || location.href);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = function (event) {
      if (event.lengthComputable) show(Math.floor(100 * event.loaded / event.total));
    };
    request.upload.onload = function () { show(100); say("checking"); }; /* from here it can't be stopped any more */
    request.onload = function () { take(request); };
    request.onerror = function () { over("lost"); };
    request.onabort = function () { over("stopped"); };
    request.send(new FormData(form));
  }

  form.addEventListener("submit", function (event) {
    var file = form.querySelector("input[type=file]").files[0];
    if (event.defaultPrevented || !file) return; /* no file: the page says so */
    event.preventDefault();
    if (running) return; /* a second click */
    show(0);
    say("sending");
    send();
    buttons(true);
    stop.focus();
  });
  stop.addEventListener("click", function () { if (running) running.abort(); });
  window.addEventListener("beforeunload", function (event) { if (running) event.preventDefault(); });
})();
