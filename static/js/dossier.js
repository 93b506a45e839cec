/* Follows how far a dossier is. Without this the page reloads itself. */
(function () {
  "use strict";
  var place = document.getElementById("dossier-state");
  if (!place) return;
  function look() {
    fetch(place.dataset.url, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } }).then(function (answer) {
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      return answer.text();
    }).then(function (html) {
      var part = new DOMParser().parseFromString(html, "text/html").querySelector("[data-state]");
      if (!part || part.dataset.state !== "making") { location.reload(); return; }
      if (place.textContent.trim() !== part.textContent.trim()) place.replaceChildren(part);
      setTimeout(look, 1500);
    }).catch(function () { setTimeout(look, 10000); });
  }
  setTimeout(look, 1000);
})();
