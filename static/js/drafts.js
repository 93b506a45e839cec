/* While somebody types, what stands in the form is kept on the server. Nothing is kept in the browser. A report is a
   draft with a line that says so; of any other form the words are kept quietly until it is sent. */
(function () {
  "use strict";
  var PAUSE = 3000, AGAIN = 8000, WORTH_IT = 20, SIGNS = "23456789BCDFGHJKMNPQRSTVWXYZ";
  var me = document.currentScript;
  if (!window.fetch || !window.URLSearchParams || !window.crypto) return;
  if (document.body.classList.contains("practising")) return; /* an exercise is kept nowhere but where it is */

  /* One form: sends what stands in it some seconds after it changed, one message at a time. */
  function keeper(form, way) {
    var timer = 0, busy = false, changed = false, trouble = false, stopped = false;
    function plan(pause) { if (!timer && !stopped) timer = setTimeout(keep, pause); }
    function keep() {
      timer = 0;
      if (!changed || stopped || form.dataset.sent) return;
      if (busy || document.documentElement.classList.contains("session-over")) { plan(PAUSE); return; }
      var words = way.words();
      if (!words) return;
      changed = false;
      busy = true;
      send(words).then(function () { busy = false; if (changed) plan(PAUSE); });
    }
    function send(words) {
      return fetch(way.url, {
        method: "POST", body: words, credentials: "same-origin", cache: "no-store", redirect: "error",
        keepalive: words.toString().length < 60000, /* arrives although the page is closed; browsers take no more */
        headers: { Accept: "application/json" }
      }).then(function (answer) {
        if (answer.status !== 409 && answer.status !== 422 && !answer.ok) throw new Error(String(answer.status));
        return answer.json();
      }).then(function (answer) {
        if (way.take(answer) === false) { stopped = true; return; }
        if (!changed) settle();
      }).catch(function () {
        trouble = true;
        if (way.trouble) way.trouble();
        changed = true;
        plan(AGAIN);
      });
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
      keep();
    });
    window.addEventListener("online", function () { if (changed) plan(0); });
  }
  function body(form) {
    var all = new URLSearchParams();
    new FormData(form).forEach(function (value, name) { if (typeof value === "string") all.append(name, value); });
    return all; /* a file is chosen again */
  }

  function draft(form) {
    var status = document.querySelector("[data-draft-status]");
    function say(text, loud) {
      status.textContent = text;
      status.classList.toggle("draft-trouble", Boolean(loud));
    }
    return {
      url: form.dataset.draft,
      words: function () {
        form.elements.turn.value = Number(form.elements.turn.value) + 1;
        return body(form);
      },
      take: function (answer) {
        if (answer.problem) { say(answer.problem, true); return false; }
        if (!answer.key) return true;
        form.elements.key.value = answer.key;
        say(answer.words);
        /* Reloading, or coming back after the browser broke down, leads to the draft. */
        if (location.pathname !== answer.url && !form.dataset.sent) history.replaceState(history.state, "", answer.url);
        return true;
      },
      trouble: function () { say(status.dataset.trouble, true); }
    };
  }

  function words(form) {
    function reference() {
      var found = "";
      crypto.getRandomValues(new Uint8Array(10)).forEach(function (one) { found += SIGNS[one % SIGNS.length]; });
      return found.slice(0, 4) + "-" + found.slice(4, 8) + "-" + found.slice(8);
    }
    function field() {
      var found = form.querySelector("input[name=kept_words]");
      if (found) return found;
      found = document.createElement("input");
      found.type = "hidden";
      found.name = "kept_words";
      found.value = reference();
      return form.appendChild(found);
    }
    function enough() {
      return Array.prototype.some.call(form.querySelectorAll("textarea:not([hidden])"), function (box) {
        return box.value.trim().length >= WORTH_IT && box.value !== box.defaultValue;
      });
    }
    /* Sent sooner than it was kept: what is refused by then is known again by the same mark. */
    form.addEventListener("submit", function () { if (enough()) field(); });
    return {
      url: me.dataset.keepWords,
      words: function () {
        if (!form.querySelector("input[name=kept_words]") && !enough()) return null;
        field();
        var gone = Array.prototype.every.call(form.querySelectorAll("textarea:not([hidden])"), function (box) { return !box.value.trim(); });
        var all = body(form), to = new URL(form.getAttribute("action") || location.href, location.href);
        all.set("kept_path", to.pathname + to.search);
        if (gone) all.set("kept_nothing", "1");
        return all;
      },
      take: function (answer) { return answer.kept; }
    };
  }

  Array.prototype.forEach.call(document.querySelectorAll("form[data-keep]"), function (form) {
    if (form.dataset.draft) keeper(form, draft(form));
    else if (form.querySelector("textarea")) keeper(form, words(form));
  });
})();
