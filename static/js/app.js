/* Small helps. Every page works without this file. */
(function () {
  "use strict";
  var root = document.documentElement;
  var HIDDEN = "screen-hidden";
  var ownTitle = "";

  /* 1. Hide the screen. The mark lives in this tab, so that reloading does not bring the page back. */
  function remember(value) {
    try {
      if (value) sessionStorage.setItem(HIDDEN, "1");
      else sessionStorage.removeItem(HIDDEN);
    } catch (e) { /* storage is off: hiding still works until the page is left */ }
  }
  function remembered() {
    try { return sessionStorage.getItem(HIDDEN) === "1"; } catch (e) { return false; }
  }
  function cover() { return document.getElementById("blank"); }
  function hide() {
    if (root.classList.contains(HIDDEN)) return;
    root.classList.add(HIDDEN);
    remember(true);
    settle();
  }
  function settle() {
    var page = cover();
    if (!page) return;
    ownTitle = document.title;
    document.title = page.dataset.title;
    page.focus({ preventScroll: true });
  }
  function show() {
    root.classList.remove(HIDDEN);
    remember(false);
    document.title = ownTitle;
    if (location.hash === "#blank") history.replaceState(null, "", location.pathname + location.search);
  }
  if (remembered()) root.classList.add(HIDDEN);

  var lastEscape = -Infinity;
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || event.repeat) return;
    if (event.timeStamp - lastEscape < 1000) hide();
    lastEscape = event.timeStamp;
  }, true);
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-hide-screen]")) { event.preventDefault(); hide(); }
    if (event.target.closest("[data-show-screen]")) { event.preventDefault(); show(); }
  });

  if (document.querySelector("[data-print-now]")) window.addEventListener("load", function () { window.print(); });

  /* 2. What was typed is not lost by accident. */
  var leaving = false;
  function typed() {
    if (document.querySelector("form[data-keep=sent]")) return true; /* came back with a question: not stored yet */
    return Array.prototype.some.call(document.querySelectorAll("form[data-keep] textarea, form[data-keep] input[type=text]"), function (field) {
      return field.value !== field.defaultValue;
    });
  }
  window.addEventListener("beforeunload", function (event) {
    if (!leaving && typed()) event.preventDefault();
  });

  /* 3. One click sends once. The button is switched off after the browser has read its name and value. */
  document.addEventListener("submit", function (event) {
    if (event.defaultPrevented) return;
    var form = event.target;
    if (form.matches("[data-again]")) return; /* gives a file, so the page stays */
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    if (form.matches("[data-keep]")) leaving = true;
    setTimeout(function () {
      Array.prototype.forEach.call(form.elements, function (control) {
        if (control.type === "submit") control.disabled = true;
      });
    }, 0);
  });
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    leaving = false;
    Array.prototype.forEach.call(document.forms, function (form) {
      delete form.dataset.sent;
      Array.prototype.forEach.call(form.elements, function (control) {
        if (control.type === "submit") control.disabled = false;
      });
    });
  });

  /* 4. Enter in a search box searches, and Enter on a choice does nothing, instead of sending the whole form. */
  document.addEventListener("keydown", function (event) {
    var box = event.target;
    if (event.key !== "Enter" || !box.dataset) return;
    if (box.type === "radio" || box.type === "checkbox") { event.preventDefault(); return; }
    if (!box.dataset.enter) return;
    var button = document.getElementById(box.dataset.enter);
    if (button) { event.preventDefault(); button.click(); }
  });

  /* 5. Folds stand open on paper. */
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = Array.prototype.filter.call(document.querySelectorAll("main details[data-print-open]"), function (fold) { return !fold.open; });
    opened.forEach(function (fold) { fold.open = true; });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (fold) { fold.open = false; });
    opened = [];
  });

  /* 6. A part of the page that could not be fetched: the sentence of the error page above it. What was typed and chosen
     stays, and the next answer takes the sentence away. A log-in that ended is for session.js. */
  document.addEventListener("htmx:responseError", function (event) {
    var answer = event.detail.xhr, place = event.detail.target;
    if (answer.status === 401) return;
    var lead = new DOMParser().parseFromString(answer.responseText, "text/html").querySelector(".page-head .lead");
    if (!lead || !place) return;
    var note = place.querySelector("[data-failed]") || document.createElement("p");
    note.className = "message message-warning";
    note.dataset.failed = "";
    note.textContent = lead.textContent;
    place.prepend(note);
  });

  document.addEventListener("DOMContentLoaded", function () {
    root.classList.add("js");
    if (root.classList.contains(HIDDEN)) { settle(); return; }
    var summary = document.getElementById("error-summary");
    if (summary) summary.focus();
    /* A menu closes when one clicks beside it or presses Escape. */
    document.addEventListener("click", function (event) { closeMenus(event.target); });
    document.addEventListener("keydown", function (event) {
      if (event.key !== "Escape") return;
      var menu = event.target.closest && event.target.closest("details.menu[open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    });
    function closeMenus(inside) {
      Array.prototype.forEach.call(document.querySelectorAll("details.menu[open]"), function (menu) {
        if (!menu.contains(inside)) menu.open = false;
      });
    }
  });
})();
