"use strict";
// Fetches the charts of the page, and puts what Dash makes of them into their places.
(() => {
  const charts = fetch(`/data${location.pathname}${location.search}`).then((answer) => {
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  });

  // Dash has one element for all that it makes. Each chart is moved as it comes, before it is
  // drawn, and Dash keeps it up to date wherever it stands.
  const place = (made) => made.querySelectorAll(".drawn").forEach((chart) => {
    document.getElementById(chart.id.replace(/^d-/, "c-"))?.append(chart);
  });
  const waitForDrawing = () => {
    const drawn = [...document.querySelectorAll(".chart")].every((c) => c.querySelector(".main-svg"));
    if (drawn) document.documentElement.dataset.drawn = "yes";
    else requestAnimationFrame(waitForDrawing);
  };

  addEventListener("DOMContentLoaded", () => {
    const made = document.getElementById("dash");
    new MutationObserver(() => place(made)).observe(made, { childList: true, subtree: true });
    waitForDrawing();
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.nora = {
    page: () => charts.catch(() => {
      document.getElementById("ikke-hentet").hidden = false;
      return window.dash_clientside.no_update;
    }),
  };
})();
