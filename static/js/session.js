/* Before a session ends: a question. After: a sheet over the page with the log-in on it, and then on with the work.
   The server decides when it is over; this file only asks it. Nothing that was typed is kept anywhere but in the page. */
(function () {
  "use strict";
  var root = document.documentElement;
  var box = document.getElementById("session");
  if (!box || !window.fetch || !window.DOMParser) return;
  var warn = document.getElementById("session-warn");
  var firm = document.getElementById("session-firm");
  var over = document.getElementById("session-over");
  var place = over.querySelector("[data-session-form]");
  var word = over.querySelector("[data-session-word]");
  var data = box.dataset;
  var warning = Number(data.warning) * 1000;
  var every = Number(data.every) * 1000;
  var deadline = Date.now() + Number(data.limit) * 1000;
  var heard = Date.now(); /* when the server last knew that somebody is here */
  var asked = 0;
  var exact = false; /* whether the deadline comes from the server; before that it may be nearer than it seems */
  var loading = false;
  var timer = 0;
  var shown = null;
  var closed = false; /* "all right" was said to a session that ends whatever one does */
  var before = null;
  var ownTitle = document.title;

  /* 1. What the server says. */
  function ask(url, options) {
    var settings = { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } };
    Object.keys(options || {}).forEach(function (name) { settings[name] = options[name]; });
    asked = Date.now();
    return fetch(url, settings).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    });
  }
  function check() {
    return ask(data.state).then(take, offline);
  }
  function here() {
    heard = Date.now();
    return ask(data.state).then(function (state) {
      if (!state.left || state.who !== data.who) return take(state);
      var body = new URLSearchParams({ csrfmiddlewaretoken: state.token });
      return ask(data.here, { method: "POST", body: body }).then(take, offline);
    }, offline);
  }
  function take(state) {
    if (state.left && state.who !== data.who) return wipe();
    exact = true;
    if (!state.left) {
      deadline = Date.now();
      close();
      if (!place.firstChild && !loading) open();
      return plan();
    }
    deadline = Date.now() + state.left * 1000 + 1000;
    renew(state.token);
    say("");
    if (state.left * 1000 > warning + 500) { closed = false; show(null); }
    else if (!closed) show(state.firm ? firm : warn);
    else show(null);
    plan();
  }
  function offline() {
    var left = deadline - Date.now();
    if (left <= 0) close();
    else if (left <= warning && !shown && !closed) show(warn);
    if (shown === over) say(word.dataset.away);
    plan(5000);
  }
  /* Forms that stood here through another log-in get its token. */
  function renew(token) {
    Array.prototype.forEach.call(document.querySelectorAll("input[name=csrfmiddlewaretoken]"), function (field) { field.value = token; });
  }
  /* Somebody else is logged in here now: this page is none of theirs. */
  function wipe() {
    document.body.textContent = "";
    location.replace(location.pathname + location.search);
  }

  /* 2. When to look again. A page that slept looks as soon as it wakes. */
  function plan(least) {
    clearTimeout(timer);
    var left = deadline - Date.now();
    var pause = 1000;
    if (shown === over) pause = document.hidden ? 15000 : 4000;
    else if (shown) { tell(left); pause = left > 0 ? 1000 : 0; }
    else if (closed) pause = Math.max(left, 0);
    else pause = Math.max(left - warning - (exact ? 1000 : every), 200);
    if (least && left > least) pause = Math.max(pause, least);
    timer = setTimeout(tick, Math.min(pause, 2147483647));
  }
  function tick() {
    var left = deadline - Date.now();
    if (left <= 0 && shown !== over) close();
    if (shown && shown !== over && left > 0) {
      /* another tab may have said that somebody is here */
      if (Date.now() - asked > 5000 && !document.hidden) return check();
      return plan();
    }
    check();
  }
  function wake() {
    if (document.hidden) return;
    if (Date.now() >= deadline && shown !== over) close();
    if (Date.now() - asked > 2000) check();
  }
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("focus", wake);
  window.addEventListener("online", wake);
  window.addEventListener("pageshow", function (event) { if (event.persisted) wake(); });
  document.addEventListener("htmx:responseError", function (event) {
    if (event.detail.xhr.status === 401) check();
  });

  /* 3. Signs of life: typing, pressing, touching. One message in so many seconds. */
  function alive(event) {
    if (shown || !event.isTrusted || Date.now() - heard < every) return;
    here();
  }
  ["keydown", "pointerdown", "input", "wheel", "touchmove"].forEach(function (kind) {
    document.addEventListener(kind, alive, { capture: true, passive: true });
  });
  box.addEventListener("click", function (event) {
    if (event.target.closest("[data-session-here]")) here();
    if (event.target.closest("[data-session-hide]")) document.querySelector("[data-hide-screen]").click();
    if (event.target.closest("[data-session-close]")) { closed = true; show(null); plan(); }
  });

  /* 4. The question, and the sheet. */
  function show(part) {
    if (part === shown) return;
    if (!shown) before = document.activeElement;
    [warn, firm, over].forEach(function (one) { one.hidden = one !== part; });
    root.classList.toggle("session-warned", part === warn || part === firm);
    root.classList.toggle("session-over", part === over);
    Array.prototype.forEach.call(document.body.children, function (one) {
      if (one !== box && one.id !== "blank") one.inert = !!part;
    });
    var was = shown;
    shown = part;
    name();
    if (part) { focusIn(); return; }
    if (was === over) place.textContent = "";
    if (before && before.focus && document.contains(before)) before.focus({ preventScroll: true });
    before = null;
  }
  function hidden() { return root.classList.contains("screen-hidden"); }
  function name() { if (!hidden()) document.title = shown === over ? data.title : ownTitle; }
  function focusIn() {
    if (!shown || hidden()) return;
    (shown.querySelector("button, [aria-invalid=true], input:not([type=hidden])") || shown).focus({ preventScroll: true });
  }
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-show-screen]")) setTimeout(function () { name(); focusIn(); }, 0);
  });
  function tell(left) {
    var seconds = Math.max(0, Math.ceil(left / 1000));
    var text = Math.floor(seconds / 60) + ":" + ("0" + seconds % 60).slice(-2);
    Array.prototype.forEach.call(box.querySelectorAll("[data-session-left]"), function (one) { one.textContent = text; });
  }
  function say(text) { if (word.textContent !== text) word.textContent = text; }
  function close() {
    if (shown === over) return;
    show(over);
    open();
    plan();
  }

  /* 5. Logging in here: the log-in's own pages, one form after the other. What needs more opens in another tab. */
  function open() {
    visit(data.login + "?next=" + encodeURIComponent(data.state));
  }
  function visit(url, options) {
    var settings = { credentials: "same-origin", cache: "no-store" };
    Object.keys(options || {}).forEach(function (name) { settings[name] = options[name]; });
    loading = true;
    say(word.dataset.wait);
    return fetch(url, settings).then(function (answer) {
      var kind = answer.headers.get("Content-Type") || "";
      if (kind.indexOf("application/json") === 0) return answer.json().then(take);
      return answer.text().then(function (text) { put(text, answer.url); });
    }).catch(function () { say(word.dataset.away); }).then(function () { loading = false; });
  }
  function put(text, url) {
    if (shown !== over) return;
    var main = new DOMParser().parseFromString(text, "text/html").querySelector("main");
    if (!main) throw new Error("no page");
    place.textContent = "";
    say("");
    var forms = Array.prototype.filter.call(main.querySelectorAll("form[method=post]"), function (form) {
      return !form.querySelector("[name=credential]"); /* a passkey needs the script of its own page */
    });
    var parts = forms.length ? Array.prototype.slice.call(main.querySelectorAll(".error-summary")).concat(forms) : [main.querySelector(".page-head")];
    parts.forEach(function (part) {
      if (!part) return;
      var own = document.importNode(part, true);
      if (own.matches("form")) prepare(own, url);
      place.appendChild(own);
    });
    focusIn();
  }
  function prepare(form, url) {
    var goal = form.getAttribute("action") ? new URL(form.getAttribute("action"), url).href : url;
    form.setAttribute("action", goal);
    Array.prototype.forEach.call(form.querySelectorAll("a[href]"), function (link) { link.target = "_blank"; });
    if (!form.querySelector("input[type=password], input[name=code]")) { form.target = "_blank"; return; }
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      if (!loading) visit(goal, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    });
  }

  tell(warning);
  plan();
})();
