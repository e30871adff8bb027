"use strict";
// Prints the page with its tables open and its charts as wide as paper has them. Fetches nothing.
(() => {
  const PRINT_WIDTH = 280; // What page.css gives a chart on paper, beside its table.
  const charts = () => [...document.querySelectorAll(".js-plotly-plot")];
  let opened = [];

  addEventListener("click", (event) => {
    if (event.target.closest?.(".print")) print();
  });
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((details) => { details.open = true; });
    charts().forEach((chart) => Plotly.relayout(chart, { width: PRINT_WIDTH, autosize: false }));
  });
  addEventListener("afterprint", () => {
    opened.forEach((details) => { details.open = false; });
    charts().forEach((chart) => Plotly.relayout(chart, { width: null, autosize: true }));
  });
})();
