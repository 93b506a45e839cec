/* Hints while one writes. They stand below the box, stop nothing, and can be put away.
   What is typed stays in this page: nothing is sent or stored. Words and texts are data of the page (signals/writing.py). */
(function () {
  "use strict";
  var WORD = /[\p{L}\p{N}]+(?:[-'’][\p{L}\p{N}]+)*/gu;
  var PAUSE = 700;

  /* The first hint for a text: {kind, text, word}, or null. Pure.
     away: kinds that were put away. known: lower-case words that are no reason, such as the name of whom it is about. */
  function hint(text, data, away, known) {
    var words = split(text);
    for (var i = 0; i < data.kinds.length; i += 1) {
      var kind = data.kinds[i];
      if (away.indexOf(kind.kind) >= 0) continue;
      for (var j = 0; j < words.length; j += 1) {
        var hit = kind.words.length ? listed(words[j], kind.words) : named(words, j, data, known);
        if (hit) return { kind: kind.kind, text: kind.text, word: words[j].word };
      }
    }
    return null;
  }
  /* Words with whether each begins a sentence: the first, or after an end, a line, a quotation mark. */
  function split(text) {
    var found = [];
    var end = 0;
    Array.from(text.matchAll(WORD)).forEach(function (match) {
      var between = text.slice(end, match.index);
      end = match.index + match[0].length;
      var short = found.length && between === ". " && /^(dhr|mw|mr|mrs|ms)$/i.test(found[found.length - 1].word);
      found.push({ word: match[0], first: !found.length || (!short && /[.!?:\n"“”„‘«•]/.test(between)), joined: between === " " || !!short });
    });
    return found;
  }
  function capital(word) { return word !== word.toLowerCase(); }
  /* Whole words only. A capital within a sentence makes a name of a word that is listed without one. */
  function listed(one, words) {
    if (words.indexOf(one.word) >= 0) return true;
    if (capital(one.word)) return one.first && words.indexOf(one.word.toLowerCase()) >= 0;
    return words.some(function (word) { return capital(word) && word.toLowerCase() === one.word; });
  }
  /* A word with one capital, within a sentence, that is no colleague, place or lesson. */
  function named(words, at, data, known) {
    var one = words[at];
    var before = words[at - 1];
    if (one.first || !/^\p{Lu}\p{Ll}+$/u.test(one.word)) return false;
    if (data.noNames.indexOf(one.word) >= 0 || known.indexOf(one.word.toLowerCase()) >= 0) return false;
    if (/(straat|laan|plein|weg|school|college|lyceum|park|station|street|road)$/i.test(one.word)) return false;
    if (data.kinds.some(function (kind) { return kind.words.indexOf(one.word) >= 0; })) return false;
    return !(one.joined && before && (data.beforeOthers.indexOf(before.word.toLowerCase()) >= 0 || /^(Van|De|Der|Den|Ter|Ten|Het)$/.test(before.word)));
  }

  /* Whom it is about may be named: the label of who was chosen. */
  function chosen() {
    var field = document.querySelector("[name=person]:checked");
    var label = field && field.closest("label");
    return label ? Array.from(label.textContent.matchAll(WORD)).map(function (match) { return match[0].toLowerCase(); }) : [];
  }

  function watch(box, data, away) {
    var place = document.createElement("div");
    var words = document.createElement("p");
    var button = document.createElement("button");
    var timer = 0;
    var shown = null;
    place.className = "writing-hint";
    words.setAttribute("aria-live", "polite");
    button.type = "button";
    button.className = "btn btn-quiet";
    button.textContent = data.putAway;
    button.hidden = true;
    place.append(words, button);
    box.after(place);
    function look() {
      clearTimeout(timer);
      shown = hint(box.value, data, away, chosen());
      var line = shown ? shown.text.replace("{word}", shown.word) : "";
      if (words.textContent !== line) words.textContent = line;
      button.hidden = !shown;
    }
    /* Also after leaving the box only a moment later: a line that appears while one clicks moves the button away. */
    function soon() { clearTimeout(timer); timer = setTimeout(look, PAUSE); }
    box.addEventListener("input", soon);
    box.addEventListener("blur", soon);
    button.addEventListener("click", function () {
      if (shown) away.push(shown.kind);
      document.dispatchEvent(new Event("writing-put-away"));
      box.focus();
    });
    document.addEventListener("writing-put-away", look);
    if (box.value) look();
  }

  document.addEventListener("DOMContentLoaded", function () {
    var data = JSON.parse(document.getElementById("writing-hints").textContent);
    var away = [];
    Array.prototype.forEach.call(document.querySelectorAll("main textarea"), function (box) { watch(box, data, away); });
  });
})();
