"""Dash components as HTML, for the page, and as plain nodes, for what Dash draws in the browser.

Dash makes an element of a page slowly, and a page of tables has thousands: so the server writes
them, and the page is there before any script has run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dash.development.base_component import Component
from markupsafe import escape
from plotly.utils import PlotlyJSONEncoder

Node = Any
"""A text, a number, nothing, a list of nodes, or a component as {type, namespace, props}."""

_ATTRIBUTES = {"className": "class", "tabIndex": "tabindex", "colSpan": "colspan",
               "rowSpan": "rowspan", "htmlFor": "for"}  # fmt: skip
_NOT_ATTRIBUTES = ("children", "style", "n_clicks", "n_clicks_timestamp")
_VOID = ("Br", "Hr", "Img", "Col")


def nodes(component: Component | list[Component]) -> Node:
    """Return components as plain nodes; a property that is None is left out."""
    text = json.dumps(component, cls=PlotlyJSONEncoder)
    return json.loads(text, object_pairs_hook=_said)


def to_json(value: Any) -> bytes:
    """Return plain data as JSON, as short as it can be written."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def to_html(node: Node) -> str:
    """Return a node as HTML, every text escaped."""
    if node is None:
        return ""
    if isinstance(node, list):
        return "".join(to_html(child) for child in node)
    if not isinstance(node, dict):
        return str(escape(node))
    tag = node["type"].lower()
    props: Mapping[str, Any] = node["props"]
    start = f"<{tag}{''.join(_attributes(props))}>"
    if node["type"] in _VOID:
        return start
    return f"{start}{to_html(props.get('children'))}</{tag}>"


def _said(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in pairs if value is not None}


def _attributes(props: Mapping[str, Any]) -> list[str]:
    written = [
        f' {_ATTRIBUTES.get(name, name)}="{escape(value)}"'
        for name, value in props.items()
        if name not in _NOT_ATTRIBUTES and value is not None and not isinstance(value, bool)
    ]
    if style := props.get("style"):
        rules = ";".join(f"{name}:{value}" for name, value in style.items())
        written.append(f' style="{escape(rules)}"')
    return written
