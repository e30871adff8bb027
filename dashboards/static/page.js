"use strict";
// Draws the charts of the page, and prints it with its tables open. Fetches nothing.
(() => {
  const printWidth = (chart) => Number(getComputedStyle(chart).getPropertyValue("--on-paper"));
  const data = document.getElementById("charts");
  const { config, figures } = data ? JSON.parse(data.textContent) : { figures: {} };
  const charts = Object.keys(figures).map((id) => document.getElementById(`c-${id}`));
  Object.entries(figures).forEach(([id, { data, layout }]) => {
    Plotly.newPlot(`c-${id}`, data, { ...layout, autosize: true }, config);
  });
  document.documentElement.dataset.drawn = "yes";

  // On a narrow screen the menu would push the numbers away: it opens on demand.
  const narrow = matchMedia("(max-width: 60rem)");
  const fold = () => document.querySelector("details.menu")?.toggleAttribute("open", !narrow.matches);
  narrow.addEventListener("change", fold);
  fold();

  // A table that is wider than the screen says so; closed ones are measured when they open.
  const measure = () => document.querySelectorAll(".scroll").forEach((scroll) => {
    scroll.classList.toggle("wide", scroll.scrollWidth > scroll.clientWidth + 1);
  });
  measure();
  addEventListener("resize", measure);
  document.querySelectorAll("details").forEach((one) => one.addEventListener("toggle", measure));

  document.querySelector(".print")?.addEventListener("click", () => print());
  // The width of paper differs from the window's, and a closed table does not print.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((details) => { details.open = true; });
    charts.forEach((chart) => Plotly.relayout(chart, { width: printWidth(chart), autosize: false }));
  });
  addEventListener("afterprint", () => {
    opened.forEach((details) => { details.open = false; });
    charts.forEach((chart) => Plotly.relayout(chart, { width: null, autosize: true }));
  });
})();
