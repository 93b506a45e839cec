/* While somebody types, what stands in the form is kept on the server. Nothing is kept in the browser. */
(function () {
  "use strict";
  var PAUSE = 3000, AGAIN = 8000;
  var form = document.querySelector("form[data-draft]");
  var status = document.querySelector("[data-draft-status]");
  if (!form || !status || !window.fetch || !window.URLSearchParams) return;
  var timer = 0, busy = false, changed = false, trouble = false, stopped = false;

  function say(text, loud) {
    status.textContent = text;
    status.classList.toggle("draft-trouble", Boolean(loud));
  }
  function plan(pause) {
    if (!timer && !stopped) timer = setTimeout(keep, pause);
  }
  function field(name) { return form.elements[name]; }
  function body() {
    field("turn").value = Number(field("turn").value) + 1;
    return new URLSearchParams(new FormData(form));
  }
  function keep() {
    timer = 0;
    if (!changed || stopped || form.dataset.sent) return;
    if (busy || document.documentElement.classList.contains("session-over")) { plan(PAUSE); return; }
    changed = false;
    busy = true;
    send(body()).then(function () { busy = false; if (changed) plan(PAUSE); });
  }
  function send(words) {
    return fetch(form.dataset.draft, {
      method: "POST", body: words, credentials: "same-origin", cache: "no-store", redirect: "error",
      keepalive: words.toString().length < 60000, /* arrives although the page is closed; browsers take no more */
      headers: { Accept: "application/json" }
    }).then(function (answer) {
      if (answer.status !== 409 && !answer.ok) throw new Error(String(answer.status));
      return answer.json();
    }).then(take).catch(function () {
      trouble = true;
      say(status.dataset.trouble, true);
      changed = true;
      plan(AGAIN);
    });
  }
  function take(answer) {
    if (answer.problem) { stopped = true; say(answer.problem, true); return; }
    if (!answer.key) return;
    field("key").value = answer.key;
    say(answer.words);
    /* Reloading, or coming back after the browser broke down, leads to the draft. */
    if (location.pathname !== answer.url && !form.dataset.sent) history.replaceState(history.state, "", answer.url);
    if (!changed) settle();
  }
  /* What is kept need not be asked about when one leaves. */
  function settle() {
    if (form.dataset.keep === "sent") return;
    Array.prototype.forEach.call(form.querySelectorAll("textarea, input[type=text]"), function (box) {
      box.defaultValue = box.value;
    });
  }
  function touched() {
    changed = true;
    if (trouble) { clearTimeout(timer); timer = 0; trouble = false; }
    plan(PAUSE);
  }
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  /* Before the page goes out of sight: a phone may close it there. */
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden || !changed) return;
    clearTimeout(timer);
    timer = 0;
    keep();
  });
  window.addEventListener("online", function () { if (changed) plan(0); });
})();
