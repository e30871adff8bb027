// What a test asks of a page that is open: an object of functions, evaluated in the page. Each
// returns plain values, empty when there is nothing to complain of. Python reads them (demands.py).
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  // For screen readers alone.
  const unseen = (element) => {
    for (let at = element; at; at = at.parentElement) {
      if (getComputedStyle(at).clipPath === "inset(50%)") return true;
    }
    return false;
  };
  const told = (element) => {
    const id = element.id ? `#${element.id}` : "";
    const kind = (element.getAttribute("class") ?? "").trim().split(/\s+/).filter(Boolean);
    const text = element.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
    return `${element.localName}${id}${kind.map((name) => `.${name}`).join("")} «${text}»`;
  };

  // --- Colours ------------------------------------------------------------------------------

  const parsed = (colour) => {
    const [red, green, blue, alpha = 1] = (colour.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
    return { rgb: [red, green, blue], alpha };
  };
  const over = (below, colour, opacity = 1) => {
    const { rgb, alpha } = parsed(colour);
    return below.map((value, i) => value + (rgb[i] - value) * alpha * opacity);
  };
  const luminance = (rgb) => {
    const [red, green, blue] = rgb.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const background = (element) => {
    const chain = [];
    for (let at = element; at; at = at.parentElement) chain.unshift(at);
    const canvas = parsed("255 255 255").rgb;
    return chain.reduce((below, at) => over(below, getComputedStyle(at).backgroundColor), canvas);
  };

  // --- Focus --------------------------------------------------------------------------------

  const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";
  const look = (element) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow, backgroundColor } =
      getComputedStyle(element);
    return { outlineStyle, outlineWidth, outlineColor, boxShadow, backgroundColor };
  };
  window.nora_stops ??= [];

  return {
    /** Everything that Tab must stop at, in the order of the page. */
    stops: () => {
      window.nora_stops = all(FOCUSABLE)
        .filter((element) => element.tabIndex >= 0 && !element.disabled && shown(element))
        .map((element) => ({ element, look: look(element) }));
      return window.nora_stops.map(({ element }) => told(element));
    },

    /** Which of the stops get the focus from now on, in order; -1 for anything else. */
    listen: () => {
      window.nora_order = [];
      addEventListener("focusin", ({ target }) => {
        window.nora_order.push(window.nora_stops.findIndex(({ element }) => element === target));
      });
    },
    order: () => window.nora_order,

    /** Stops on which the focus is not seen: no outline, or with too little width or contrast. */
    faint: (least) => {
      const faint = window.nora_stops.filter((stop) => {
        stop.element.focus({ preventScroll: true });
        const now = look(stop.element);
        const width = now.outlineStyle === "none" ? 0 : parseFloat(now.outlineWidth);
        const around = background(stop.element.parentElement);
        return (
          document.activeElement !== stop.element ||
          JSON.stringify(now) === JSON.stringify(stop.look) ||
          width < least.width ||
          contrast(over(around, now.outlineColor), around) < least.contrast
        );
      });
      document.activeElement.blur();
      return faint.map(({ element }) => told(element));
    },

    // --- Room -------------------------------------------------------------------------------

    /** What makes the page scroll sideways. */
    sideways: () => {
      const { scrollWidth, clientWidth } = document.documentElement;
      if (scrollWidth <= clientWidth) return [];
      const wide = all("body *")
        .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
        .filter((element) => !element.closest("svg, .scroll"))
        .map(told);
      return [`${scrollWidth} px of ${clientWidth}`, ...wide];
    },

    /** Boxes that cut their own content, other than what is meant to be unseen or scrolls. */
    cut: () =>
      all("body *")
        .filter((element) => shown(element) && !element.closest("svg, .chart") && !unseen(element))
        .filter((element) => {
          const { overflowX, overflowY } = getComputedStyle(element);
          const cuts = (overflow) => ["hidden", "clip"].includes(overflow);
          return (
            (cuts(overflowX) && element.scrollWidth > element.clientWidth + 1) ||
            (cuts(overflowY) && element.scrollHeight > element.clientHeight + 1)
          );
        })
        .map(told),

    /** Words of the page outside its charts, in order, as they are shown. */
    words: () =>
      all("main h1, main h2, main h3, main h4, main p, main dt, main dd, main th, main td, main summary")
        .filter(shown)
        .map((element) => element.textContent.trim().replace(/\s+/g, " ")),

    // --- Charts -----------------------------------------------------------------------------

    /** Charts that are not drawn, not described, or have no table beside them. */
    undrawn: () =>
      all(".chart").flatMap((chart) => {
        const figure = chart.closest("article, section, main");
        const wanting = {
          drawing: !all("svg path, svg text", chart).some((mark) => mark.getBBox().width > 0),
          description: chart.getAttribute("role") !== "img" || !chart.getAttribute("aria-label"),
          table: !figure.querySelector("table"),
        };
        return Object.keys(wanting)
          .filter((what) => wanting[what])
          .map((what) => `${chart.id}: ${what}`);
      }),

    /** Text of charts that leaves its chart, or stands on other text. */
    illegible: () =>
      all(".chart").flatMap((chart) => {
        const room = chart.getBoundingClientRect();
        const texts = all("svg text", chart)
          .map((text) => [text.textContent, text.getBoundingClientRect()])
          .filter(([, box]) => box.width > 0);
        const outside = texts.filter(
          ([, box]) =>
            box.left < room.left - 1 ||
            box.right > room.right + 1 ||
            box.top < room.top - 1 ||
            box.bottom > room.bottom + 1,
        );
        const collides = (a, b) => {
          const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
          const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
          // Boxes are higher than their letters.
          return width > 3 && height > 0.4 * Math.min(a.height, b.height);
        };
        const on = texts.flatMap(([text, box], i) =>
          texts
            .slice(i + 1)
            .filter(([, other]) => collides(box, other))
            .map(([other]) => `«${text}» on «${other}»`),
        );
        return [...outside.map(([text]) => `«${text}» outside`), ...on].map(
          (what) => `${chart.id}: ${what}`,
        );
      }),

    /** Text of charts that a line, a bar or another mark runs through; inside a bar is no fault. */
    struck: () =>
      all(".chart").flatMap((chart) => {
        const marks = all("svg path, svg rect", chart)
          .filter((mark) => !mark.closest("defs, clipPath, .bglayer, .js-fill"))
          .filter((mark) => !/\b(bg|drag|nsewdrag|js-fill)\b/.test(mark.getAttribute("class") ?? ""))
          .map((mark) => ({ mark, style: getComputedStyle(mark), matrix: mark.getScreenCTM() }))
          .filter(({ mark, matrix }) => matrix && mark.getTotalLength && mark.getTotalLength() > 0)
          .map(({ mark, style, matrix }) => {
            const seen = (colour, opacity) => colour !== "none" && parsed(colour).alpha * opacity > 0;
            const stroked = seen(style.stroke, style.strokeOpacity) && parseFloat(style.strokeWidth) > 0;
            const filled = seen(style.fill, style.fillOpacity);
            const length = mark.getTotalLength();
            const edge = [];
            for (let at = 0; stroked || filled ? at <= length : false; at += 1.5) {
              edge.push(mark.getPointAtLength(at).matrixTransform(matrix));
            }
            return { mark, filled, edge, inverse: matrix.inverse() };
          });
        return all("svg text", chart)
          .filter((text) => text.textContent.trim() && text.getBoundingClientRect().width > 0)
          .flatMap((text) => {
            const lines = all("tspan", text).length ? all("tspan", text) : [text];
            return lines.flatMap((line) => {
              const box = line.getBoundingClientRect();
              // Boxes are higher than their letters.
              const [top, bottom] = [box.top + 0.2 * box.height, box.bottom - 0.2 * box.height];
              const within = ({ x, y }) => x > box.left && x < box.right && y > top && y < bottom;
              const middle = new DOMPoint((box.left + box.right) / 2, (top + bottom) / 2);
              const corners = [[box.left, top], [box.right, top], [box.left, bottom], [box.right, bottom]];
              const through = marks.filter(({ mark, filled, edge, inverse }) => {
                const covers = ([x, y]) =>
                  filled && mark.isPointInFill(new DOMPoint(x, y).matrixTransform(inverse));
                const inside = corners.every(covers);
                if (inside) return !mark.closest(".points, .point");
                return edge.some(within) || covers([middle.x, middle.y]);
              });
              return through.slice(0, 1).map(
                ({ mark }) => `${chart.id}: ${mark.localName}.${mark.parentElement.getAttribute("class")}`
                  + ` through «${line.textContent}»`,
              );
            });
          });
      }),

    /** Text of charts with less contrast than `least` to what is drawn under it. */
    pale: (least) =>
      all(".chart").flatMap((chart) => {
        const paper = background(chart);
        const marks = all("svg path, svg rect", chart)
          .filter((mark) => !mark.closest("defs, clipPath"))
          .map((mark) => ({ mark, style: getComputedStyle(mark), matrix: mark.getScreenCTM() }))
          .filter(({ style, matrix }) => style.fill !== "none" && matrix)
          .map((one) => ({ ...one, matrix: one.matrix.inverse() }));
        return all("svg text", chart)
          .filter((text) => text.textContent.trim() && text.getBoundingClientRect().width > 0)
          .flatMap((text) => {
            const box = text.getBoundingClientRect();
            const before = marks.filter(
              ({ mark }) =>
                mark.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING,
            );
            const leaf = text.querySelector("tspan") ?? text;
            return [0.15, 0.5, 0.85].flatMap((part) => {
              const point = new DOMPoint(box.left + part * box.width, box.top + box.height / 2);
              const below = before
                .filter(({ mark, matrix }) => mark.isPointInFill(point.matrixTransform(matrix)))
                .reduce(
                  (under, { style }) => over(under, style.fill, style.fillOpacity * style.opacity),
                  paper,
                );
              const found = contrast(over(below, getComputedStyle(leaf).fill), below);
              return found < least
                ? [`${chart.id}: «${text.textContent}» ${found.toFixed(1)}`]
                : [];
            });
          });
      }),

    /** Text outside the charts with less contrast than `least` to what is behind it. */
    dim: (least) =>
      all("body *")
        .filter((element) => shown(element) && !element.closest(".chart") && !unseen(element))
        .filter((element) => [...element.childNodes].some(
          (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim(),
        ))
        .flatMap((element) => {
          const behind = background(element);
          const found = contrast(over(behind, getComputedStyle(element).color), behind);
          return found < least ? [`${told(element)} ${found.toFixed(1)}`] : [];
        }),

    /** How high each chart is on paper, with its headings and the space above them, in pixels. */
    heights_of_charts: () =>
      Object.fromEntries(all(".chart").map((chart) => {
        const before = chart.closest("article").previousElementSibling;
        const above = before
          ? before.getBoundingClientRect().bottom
          : chart.closest("section").getBoundingClientRect().top;
        return [chart.id, chart.getBoundingClientRect().bottom - above];
      })),

    /** Id of each chart -> its heading and its texts, a line of each at a time. */
    texts_of_charts: () =>
      Object.fromEntries(all(".chart").map((chart) => [
        chart.id,
        [chart.closest("article").querySelector("h3"), ...all("svg text", chart)]
          .flatMap((text) => (all("tspan", text).length ? all("tspan", text) : [text]))
          .map((line) => line.textContent.trim().replace(/\s+/g, " "))
          .filter((text) => text.length > 3),
      ])),

    /** The colours that the marks of the charts are filled with, in order. */
    fills: () => all(".chart svg .point path").map((mark) => getComputedStyle(mark).fill),

    // --- The rest ---------------------------------------------------------------------------

    /** What moves by itself, or would when something changes. */
    moving: () => [
      ...document.getAnimations().map(() => "an animation"),
      ...all("*")
        .filter((element) => {
          const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
          const changes = transitionDuration.split(",").some((time) => parseFloat(time) > 0);
          return changes || animationName !== "none" || scrollBehavior === "smooth";
        })
        .map(told),
    ],

    /** Ids that more than one element has. */
    twice: () => {
      const ids = all("[id]").map((element) => element.id);
      return ids.filter((id, i) => ids.indexOf(id) !== i);
    },

    /** Where the page leads: the address of each link, resolved, with its anchor. */
    links: () => all("a[href]").map((link) => link.href),

    /** The tables: the cells of each row. */
    tables: () =>
      all("table").map((table) => {
        return {
          rows: all("tr", table).map((row) => [...row.cells].map((cell) => cell.innerText)),
        };
      }),
  };
})()
