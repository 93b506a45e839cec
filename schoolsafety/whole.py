"""A page in one piece: what it extends and what it includes is put together when it is loaded.

Django looks for each part again at every request, and works out anew which block stands where. Only what reads the same
either way is put in: a block that uses `block.super`, a part that counts (`cycle`), one whose name comes with the
request and one that holds itself stay as Django has them.
"""

from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from django.template import Context, TemplateDoesNotExist, defaulttags, loader_tags
from django.template.base import FilterExpression, Node, NodeList, Template, TextNode, Variable, VariableNode
from django.template.library import SimpleNode
from django.template.loaders import base
from django.templatetags import i18n

INSIDE: ContextVar[tuple[str, ...]] = ContextVar("inside", default=())
SHOWS = (
    *(TextNode, VariableNode, SimpleNode, i18n.TranslateNode, i18n.BlockTranslateNode, loader_tags.IncludeNode),
    *(defaulttags.IfNode, defaulttags.ForNode, defaulttags.WithNode, defaulttags.URLNode, defaulttags.CsrfTokenNode),
)


class Part(Node):
    """What a block or an included part shows. given: names that it knows beside those of the page."""

    def __init__(self, nodelist: NodeList, given: dict[str, FilterExpression] | None = None) -> None:
        self.nodelist, self.given = nodelist, given or {}

    def render(self, context: Context) -> Any:
        values = {name: value.resolve(context) for name, value in self.given.items()}
        with context.push(**values):
            return self.nodelist.render(context)


def put_together(template: Template, loader: base.Loader) -> None:
    """Make a page that extends another one list of nodes, with each block where it stands."""
    blocks: dict[str, loader_tags.BlockNode] = {}
    found, seen = template, [template.name]
    while (extends := _extends(found)) is not None:
        parent = extends.parent_name
        if not isinstance(parent, FilterExpression) or not is_given(parent) or "block.super" in found.source:
            return
        name = parent.resolve(Context())
        if name in seen:
            return
        seen.append(name)
        blocks = extends.blocks | blocks
        found = base.Loader.get_template(loader, name)  # nobody else's: nodes change places in it
    _put_in(found.nodelist, blocks)
    template.nodelist = found.nodelist


def is_given(value: FilterExpression) -> bool:
    """Whether a value stands in the template itself."""
    literal = not isinstance(value.var, Variable) or value.var.lookups is None
    return literal and not value.filters


def below(node: Node) -> Iterator[NodeList]:
    """The lists of nodes that a node holds, to be changed in place."""
    if isinstance(node, defaulttags.IfNode):  # its `nodelist` is a copy
        yield from (nodes for _condition, nodes in node.conditions_nodelists)
        return
    for name in node.child_nodelists:
        found = getattr(node, name, None)
        if isinstance(found, NodeList):
            yield found


def part_named(node: loader_tags.IncludeNode, template: Template) -> Template | None:
    """What is included, where the page itself names it; None for what would hold itself."""
    name = node.template.resolve(Context()) if is_given(node.template) else None
    inside = (*INSIDE.get(), str(template.name))
    if not isinstance(name, str) or name.startswith(".") or name in inside:
        return None
    before = INSIDE.set(inside)
    try:
        return template.engine.get_template(name)
    except TemplateDoesNotExist:
        return None  # the page says so when it is shown, as it would have
    finally:
        INSIDE.reset(before)


def part_of(node: loader_tags.IncludeNode, template: Template) -> list[Node]:
    """What an included part shows, as nodes of the page; the node itself where it has to stay."""
    part = None if node.isolated_context else part_named(node, template)
    if part is None:
        return [node]
    if not all(isinstance(held, SHOWS) or type(held) is Part for held in part.nodelist.get_nodes_by_type(Node)):
        return [node]
    return [Part(part.nodelist, node.extra_context)] if node.extra_context else spliced(part.nodelist)


def spliced(nodes: NodeList) -> list[Node]:
    """Nodes in the midst of others; with a place of their own for names where one of them sets a name."""
    return [Part(nodes)] if any(_sets_name(node) for node in nodes) else list(nodes)


def _sets_name(node: Node) -> bool:
    if isinstance(node, defaulttags.IfNode):
        return any(_sets_name(inner) for nodes in below(node) for inner in nodes)
    named = any(getattr(node, name, None) for name in ("asvar", "target_var"))
    return named or not isinstance(node, (*SHOWS, Part))


def _extends(template: Template) -> loader_tags.ExtendsNode | None:
    first = next((node for node in template.nodelist if not isinstance(node, TextNode)), None)
    return first if isinstance(first, loader_tags.ExtendsNode) else None


def _put_in(nodes: NodeList, blocks: dict[str, loader_tags.BlockNode]) -> None:
    put: list[Node] = []
    for node in nodes:
        shown = blocks.get(node.name, node) if isinstance(node, loader_tags.BlockNode) else node
        for inner in below(shown):
            _put_in(inner, blocks)
        put.append(Part(shown.nodelist) if isinstance(shown, loader_tags.BlockNode) else shown)
    nodes[:] = put
